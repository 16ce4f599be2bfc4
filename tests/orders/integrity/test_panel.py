"""The panel tells an honest crowd from a made-up one, and tells of no few."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from orders.domain.integrity import told
from orders.domain.integrity.panel import look_at
from orders.domain.integrity.people import people_of
from orders.domain.integrity.words import findings_of, shown_count
from orders.domain.payers import mark_of
from orders.models import Order, OrderLine, OrderNetwork, Payment
from streams.models import ChatMessage
from tests.factories import make_curator, make_product, make_user
from tests.streams.shows import make_show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


def sell(
    show, product, *, buyers, phone=None, street=None, county="天峨县", network=None, paid=True
):
    """An order of 5,000 fen for each buyer."""
    now = timezone.now()
    for number, buyer in enumerate(buyers):
        order = Order.objects.create(
            number=f"N{buyer.pk}-{Order.objects.count()}",
            buyer=buyer,
            key=f"00000000-0000-4000-8000-{Order.objects.count():012}",
            state="paid" if paid else "expired",
            items_fen=5000,
            total_fen=5000,
            placed_at=now,
            expires_at=now,
            paid_at=now if paid else None,
            address={
                "phone": phone or f"139{buyer.pk:08}",
                "province": "广西壮族自治区",
                "city": "河池市",
                "county": county,
                "street": street or f"{number} 号 {buyer.pk}",
            },
        )
        OrderLine.objects.create(
            order=order,
            product=product,
            quantity=1,
            unit_price_fen=5000,
            amount_fen=5000,
            broadcast=show,
        )
        if network is not None:
            OrderNetwork.objects.create(order=order, number=network)


def people(number):
    return [make_user() for _ in range(number)]


def test_accounts_with_one_telephone_are_one_person_however_they_are_joined():
    orders = [
        (1, "13800000001", None),
        (2, "138 0000 0001", None),
        (2, "13900000002", 77),
        (3, "+8613900000002", None),
    ]
    found = people_of([*orders, (4, "13700000000", 78), (5, "", None), (6, "", None)])
    assert len({found[1], found[2], found[3]}) == 1
    assert len({found[account] for account in found}) == 4


def test_accounts_that_pay_with_one_card_are_one_payer():
    show, product = make_show(state="live"), make_product()
    sell(show, product, buyers=people(10))
    for number, order in enumerate(Order.objects.order_by("pk")):
        mark = mark_of("card-of-one") if number < 6 else mark_of(f"card-{number}")
        Payment.objects.create(
            order=order,
            method="card",
            state="succeeded",
            idempotency_key=f"k{number}",
            amount_fen=5000,
            payer_mark=mark if number < 9 else None,
        )
    panel = look_at([show])
    assert (panel.accounts, panel.people, panel.most_person) == (10, 5, 6)
    assert "payer" in {one.code for one in findings_of(panel) if one.is_odd}


def test_a_made_up_crowd_stands_out():
    show, product = make_show(state="live"), make_product()
    sell(
        show,
        product,
        buyers=people(12),
        network=7,
        phone="13900000001",
        street="县府大院",
        county="凤山县",
    )
    sell(show, product, buyers=people(8), network=None)
    sell(show, product, buyers=people(3), paid=False)
    panel = look_at([show])
    assert (panel.orders, panel.accounts, panel.people) == (20, 20, 9)
    assert (panel.most_network, panel.with_network) == (12, 12)
    assert (panel.most_address, panel.most_person) == (12, 12)
    assert (panel.from_home, panel.home_share) == (12, 600)
    odd = {one.code for one in findings_of(panel) if one.is_odd}
    assert odd == {"people", "network", "address", "payer"}


def test_an_honest_crowd_does_not():
    show, product = make_show(state="live"), make_product()
    for number, buyer in enumerate(people(20)):
        sell(show, product, buyers=[buyer], network=number)
    panel = look_at([show])
    assert (panel.people, panel.most_network, panel.most_address) == (20, 1, 1)
    assert not [one for one in findings_of(panel) if one.is_odd]


def test_lines_said_again_and_again_or_too_fast_are_counted():
    show, buyers = make_show(state="live"), people(12)
    lines = [(one, "支持家乡好产品！") for one in buyers] + [(buyers[0], "好吃")] * 12
    lines += [(buyers[1], f"第{n}句话说得真快") for n in range(31)]
    for number, (user, text) in enumerate(lines):
        ChatMessage.objects.create(broadcast=show, user=user, key=f"k{number}", text=text)
    ChatMessage.objects.update(created_at=timezone.now().replace(second=1))
    chat = look_at([show]).chat
    assert (chat.lines, chat.same, chat.fast) == (55, 12, 32)
    assert chat.odd == 12 + 31


def test_what_is_told_of_a_few_is_not_told(client):
    show, product = make_show(state="ended"), make_product()
    sell(show, product, buyers=people(4), network=7)
    page = client.get(f"/integrity/shows/{show.public_id}/").content.decode()
    assert "少于 5" in page
    assert "100.0%" not in page
    assert [shown_count(number) for number in (0, 1, 4, 5)] == ["无", "少于 5", "少于 5", "5"]


def test_staff_see_exact_numbers_and_the_host_does_not_of_their_own(client):
    show, product = make_show(state="ended"), make_product()
    sell(show, product, buyers=people(12), network=7)
    url = f"/integrity/shows/{show.public_id}/"
    assert "12 / 12" not in client.get(url).content.decode()
    client.force_login(show.host.user)
    assert "12 / 12" not in client.get(url).content.decode()
    client.force_login(make_curator(show.region.prefecture))
    assert "12 / 12" in client.get(url).content.decode()


def test_a_show_that_has_not_begun_has_no_panel(client):
    assert client.get(f"/integrity/shows/{make_show().public_id}/").status_code == 404
    assert client.get("/integrity/festivals/none/").status_code == 404
    assert client.get("/integrity/").status_code == 200


@pytest.mark.parametrize("number", [1, 8])
def test_looking_asks_as_often_for_one_show_as_for_many(django_assert_num_queries, number):
    shows = [make_show(state="ended") for _ in range(number)]
    for show in shows:
        told.tell(pressure="quota", text="", broadcast=show)
    cache.clear()
    with django_assert_num_queries(4):
        assert look_at(shows).told.reports == number
