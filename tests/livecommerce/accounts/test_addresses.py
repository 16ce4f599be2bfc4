"""The rules of an address book."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from livecommerce.accounts import addresses
from livecommerce.accounts.models import Address
from livecommerce.errors import DomainError
from tests.factories import make_address, make_user

FACTS = addresses.Facts(
    recipient="韦小山",
    phone="13912345678",
    province="广东省",
    city="东莞市",
    county="",
    street="鸿福路 8 号",
)


@pytest.mark.parametrize(
    "typed",
    [
        "13912345678",
        " 139 1234 5678 ",
        "139-1234-5678",
        "+86 13912345678",
        "+86-139-1234-5678",
        "008613912345678",
        "8613912345678",
        "１３９１２３４５６７８",
        "(+86) 139.1234.5678",
    ],
)
def test_mainland_mobile_as_people_type_it(typed):
    assert addresses.mainland_mobile(typed) == "13912345678"


@pytest.mark.parametrize(
    "typed",
    ["", "1391234567", "139123456789", "12912345678", "+85291234567", "call me", "139１234567a"],
)
def test_mainland_mobile_refuses(typed):
    assert addresses.mainland_mobile(typed) == ""


@pytest.mark.django_db
def test_first_address_becomes_first_choice_by_itself():
    user = make_user()
    one = addresses.add_address(user=user, facts=FACTS)
    two = addresses.add_address(user=user, facts=FACTS)
    assert (one.is_default, two.is_default) == (True, False)


@pytest.mark.django_db
def test_another_put_first_takes_its_place():
    user = make_user()
    one = addresses.add_address(user=user, facts=FACTS)
    two = addresses.add_address(user=user, facts=FACTS, is_first=True)
    one.refresh_from_db()
    assert (one.is_default, two.is_default) == (False, True)
    addresses.put_first(address=one)
    two.refresh_from_db()
    assert (one.is_default, two.is_default) == (True, False)


@pytest.mark.django_db
def test_changed_address_keeps_its_place():
    user = make_user()
    one = addresses.add_address(user=user, facts=FACTS)
    changed = addresses.change_address(address=one, facts={**FACTS, "street": "新街 1 号"})
    assert (changed.street, changed.is_default) == ("新街 1 号", True)


@pytest.mark.django_db
def test_removing_the_first_promotes_the_most_recent():
    user = make_user()
    first = addresses.add_address(user=user, facts=FACTS)
    addresses.add_address(user=user, facts=FACTS)
    recent = addresses.add_address(user=user, facts=FACTS)
    addresses.remove_address(address=first)
    recent.refresh_from_db()
    assert recent.is_default
    assert user.addresses.filter(is_default=True).count() == 1


@pytest.mark.django_db
def test_removing_the_last_leaves_an_empty_book():
    user = make_user()
    addresses.remove_address(address=addresses.add_address(user=user, facts=FACTS))
    assert not user.addresses.exists()


@pytest.mark.django_db
def test_twenty_first_address_is_refused():
    user = make_user()
    for _ in range(addresses.LIMIT):
        make_address(user)
    with pytest.raises(DomainError) as refused:
        addresses.add_address(user=user, facts=FACTS)
    assert (refused.value.code, refused.value.status) == ("address_limit", 409)
    assert user.addresses.count() == addresses.LIMIT


@pytest.mark.django_db
def test_database_refuses_two_first_choices_and_a_foreign_number():
    user = make_user()
    make_address(user, is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_address(user, is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_address(user, is_default=False, phone="85291234567")


def _add_at_once(user, add):
    """Two tabs that add the twentieth address in the same moment."""
    gate, refused = threading.Barrier(2), []

    def work():
        try:
            add(user, gate)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_two_tabs_cannot_pass_the_limit_together():
    user = make_user()
    for _ in range(addresses.LIMIT - 1):
        make_address(user)

    def add(user, gate):
        gate.wait()
        addresses.add_address(user=user, facts=FACTS)

    assert _add_at_once(user, add) == ["address_limit"]
    assert user.addresses.count() == addresses.LIMIT


@pytest.mark.django_db(transaction=True)
def test_two_tabs_without_the_lock_would_pass_it():
    """The twin: the same count and insert without locking the person's row."""
    user = make_user()
    for _ in range(addresses.LIMIT - 1):
        make_address(user)

    def add(user, gate):
        with transaction.atomic():
            kept = user.addresses.count()
            gate.wait()
            if kept < addresses.LIMIT:
                Address.objects.create(user=user, is_default=False, **FACTS)

    assert _add_at_once(user, add) == []
    assert user.addresses.count() == addresses.LIMIT + 1
