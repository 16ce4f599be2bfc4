"""Identity checks: until when they count, and who is told before they end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from officials.domain import identity
from products.domain import producer_identity
from tests.factories import make_curator, make_official, make_prefecture, make_producer, make_user

pytestmark = pytest.mark.django_db


def in_days(number):
    return timezone.localdate() + timedelta(days=number)


def check(official, by, **changes):
    values = {"paper": "appointment", "number_end": "12a4", "expires_on": in_days(90)}
    return identity.check_official(official=official, by=by, **values | changes)


def test_a_check_is_kept_with_who_saw_what():
    official, curator = make_official(), make_curator()
    made = check(official, curator)
    assert (made.checked_by, made.number_end, official.identity_until) == (
        curator,
        "12A4",
        in_days(90),
    )
    assert AuditEntry.objects.get().action == "officials.check_identity"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires_on": in_days(0)}, "identity_date"),
        ({"expires_on": in_days(2000)}, "identity_date"),
        ({"number_end": "123"}, "identity_number"),
        ({"number_end": "证件号码"}, "identity_number"),
        ({"paper": "library card"}, "identity_paper"),
    ],
)
def test_nonsense_is_refused(changes, code):
    with pytest.raises(DomainError) as refused:
        check(make_official(), make_curator(), **changes)
    assert refused.value.code == code


def test_nobody_checks_themselves_or_another_prefectures():
    both = make_curator()
    official = make_official(user=both)
    for by in (both, make_curator(make_prefecture("450100")), make_user()):
        with pytest.raises(DomainError) as refused:
            check(official, by)
        assert refused.value.status == 403
    assert AuditEntry.objects.filter(is_refused=True).count() == 3


@pytest.mark.parametrize("days", [30, 7, 1, -1])
def test_each_reminder_comes_once_to_both(days):
    official, curator = make_official(identity_until=in_days(days)), make_curator()
    assert identity.remind_officials() == 2
    assert identity.remind_officials() == 0
    told = Notification.objects.filter(kind="identity").values_list("user", flat=True)
    assert set(told) == {official.user_id, curator.pk}


def test_as_time_passes_each_mark_is_told_again():
    make_official(identity_until=in_days(31))
    told = [identity.remind_officials(today=in_days(day)) for day in (0, 1, 2, 24, 25, 30, 31, 32)]
    assert told == [0, 1, 0, 1, 0, 1, 0, 1]


def test_producers_are_reminded_too():
    farm = make_producer(user=make_user(), identity_until=in_days(6))
    make_producer(identity_until=in_days(6))
    assert producer_identity.remind_producers() == 1
    assert Notification.objects.get().user == farm.user
