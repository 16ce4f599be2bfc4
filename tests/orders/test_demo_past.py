"""The demo's invented past shows hold together like real ones, and their reports are not thin."""

from datetime import timedelta

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from officials.models import Official
from orders import demo_past
from orders.domain import payables
from orders.domain.festival_league import count_rows
from orders.domain.reports.report import make_report
from orders.domain.reports.scope import scope_of_festival, scope_of_show
from orders.models import (
    Entry,
    Hold,
    Order,
    OrderEvent,
    Payment,
    PayoutLine,
    Refund,
    Settlement,
)
from products.models import StockPool
from streams import demo_past as past_shows
from tests.factories import make_county, make_festival, make_official, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shows():
    now = timezone.now()
    festival = make_festival(starts_at=now - timedelta(days=17), ends_at=now + timedelta(days=5))
    make_user("boss@example.com", is_staff=True, is_superuser=True)
    county = make_county()
    for number in range(6):
        make_product(county=county, stock=900, seven_day_return=bool(number % 2))
    host = make_official(region=county)
    hosts = Official.objects.select_related("region__parent", "user")
    assert past_shows.seed_past(list(hosts), "nobody@example.com") == 3
    found = past_shows.shows_of_the_past()
    assert {show.host_id for show in found} == {host.pk}
    assert {show.festival_id for show in found} == {festival.pk}
    return found


def test_what_was_bought_agrees_with_stock_books_and_parcels(shows):
    made = demo_past.seed_past(lambda _: None)

    assert made == Order.objects.count() > 15
    for pool in StockPool.objects.all():
        sold = Hold.objects.filter(pool=pool, state="sold").aggregate(n=Sum("quantity", default=0))
        assert (pool.sold, pool.held) == (sold["n"], 0)
    assert Settlement.objects.count() == Payment.objects.count()
    assert Entry.objects.aggregate(n=Sum("amount_fen"))["n"] == 0
    clearing = Entry.objects.filter(account__kind="clearing").aggregate(n=Sum("amount_fen"))["n"]
    kept = Payment.objects.aggregate(n=Sum(F("amount_fen") - F("refunded_fen")))["n"]
    assert clearing == kept
    assert Refund.objects.exists()
    now = timezone.now()
    assert not Order.objects.filter(placed_at__gt=now).exists()
    assert not OrderEvent.objects.filter(at__gt=now).exists()
    for order in Order.objects.filter(delivered_at__isnull=False):
        assert order.settlement.payable_at == payables.payable_from(order)
        assert order.paid_at < order.parcels.get().shipped_at < order.delivered_at


def test_nothing_is_left_for_the_sweep_that_works_out_shares(shows):
    demo_past.seed_past(lambda _: None)
    before = set(PayoutLine.objects.values_list("order", "producer", "amount_fen"))

    assert before
    assert payables.open_due() == 0
    assert set(PayoutLine.objects.values_list("order", "producer", "amount_fen")) == before


def test_the_reports_have_something_to_tell(shows):
    demo_past.seed_past(lambda _: None)
    oldest, *_others = shows
    report = make_report(scope_of_show(shows[-1]))

    stages = report.total
    assert stages.audience.viewers > stages.audience.opened > stages.sales.ordered_by
    assert stages.sales.ordered_by >= stages.sales.buyers > 0
    assert stages.audience.comments
    assert stages.audience.followers
    assert len(report.earlier) == 2
    assert report.segments
    assert report.timeline.has_something
    first = make_report(scope_of_show(oldest)).total.sales
    assert first.settled_orders
    assert first.created_fen > first.paid_fen >= first.settled_fen > 0
    whole = make_report(scope_of_festival(oldest.festival))
    assert whole.income.settled_fen > 0
    assert whole.total.sales.orders == Order.objects.count()
    assert count_rows(oldest.festival)


def test_a_second_seed_changes_nothing(shows):
    demo_past.seed_past(lambda _: None)
    orders = Order.objects.count()
    hosts = list(Official.objects.select_related("region__parent", "user"))

    assert past_shows.seed_past(hosts, "nobody@example.com") == 0
    assert demo_past.seed_past(lambda _: None) == 0
    assert Order.objects.count() == orders


def test_the_pages_say_that_it_is_invented(client, shows):
    page = client.get(f"/integrity/shows/{shows[0].public_id}/").content.decode()
    assert "演示数据" in page
