"""A report is exact: a festival of a hundred thousand rows, counted again one by one."""

from dataclasses import asdict

import pytest
from django.db.models import Sum
from django.utils import timezone

from orders.domain.reports.figures import Audience, Sales
from orders.domain.reports.report import make_report
from orders.domain.reports.scope import scope_of_festival, scope_of_show
from orders.models import Order, OrderLine
from streams.models import ShowMoment
from tests.orders.reports import by_hand
from tests.orders.reports.crowd import make_crowd

pytestmark = pytest.mark.django_db


def as_counted(figures):
    return asdict(figures.audience) | asdict(figures.sales)


def filled(figures):
    """Figures that nothing was found for are zero."""
    return asdict(Audience()) | asdict(Sales()) | figures


def test_a_festival_of_a_hundred_thousand_rows_is_counted_exactly(django_assert_num_queries):
    crowd = make_crowd()
    assert crowd.rows > 100_000
    now = timezone.now()

    with django_assert_num_queries(10):
        report = make_report(scope_of_festival(crowd.festival), at=now)

    figures, products = by_hand.count(crowd.shows, now)
    assert as_counted(report.total) == filled(figures)
    assert {
        row.product.pk: {"units": row.sales.units, "paid_fen": row.sales.paid_fen}
        for row in report.products
    } == products
    assert sum(day.paid_fen for day in report.days) == figures["paid_fen"]
    for row in report.shows[:2]:
        assert as_counted(row.figures) == filled(by_hand.count([row.show], now)[0])

    show = crowd.shows[5]
    report = make_report(scope_of_show(show), at=now)
    assert as_counted(report.total) == filled(by_hand.count([show], now)[0])
    _check_timeline(show, report)
    _check_segments(show, report)


def _check_timeline(show, report):
    line = report.timeline
    assert (line.minutes, len(line.bins)) == (1, 120)
    moments = ShowMoment.objects.filter(broadcast=show).values_list("at", "viewers")
    most = {}
    for at, viewers in moments:
        minute = int((at - show.started_at).total_seconds() // 60)
        most[minute] = max(viewers, most.get(minute, 0))
    assert [one.viewers for one in line.bins] == [most[n] for n in range(120)]
    assert sum(one.comments for one in line.bins) == report.total.audience.comments
    assert sum(one.paid_fen for one in line.bins) == report.total.sales.paid_fen
    assert sum(one.orders for one in line.bins) == report.total.sales.paid_orders


def _check_segments(show, report):
    assert [row.minutes for row in report.segments] == [10, 45, 30, 25]
    for row in report.segments:
        inside = Order.objects.filter(placed_at__gte=row.since, placed_at__lt=row.until)
        lines = OrderLine.objects.filter(order__in=inside, broadcast=show)
        paid = lines.filter(order__paid_at__isnull=False)
        totals = paid.aggregate(a=Sum("amount_fen"), d=Sum("discount_fen"), u=Sum("quantity"))
        assert row.figures.sales.paid_fen == totals["a"] - totals["d"]
        assert row.figures.sales.units == totals["u"]
        assert row.figures.sales.orders == len(set(lines.values_list("order", flat=True)))
        seen = [
            viewers
            for at, viewers in ShowMoment.objects.filter(broadcast=show).values_list(
                "at", "viewers"
            )
            if row.since <= at < row.until
        ]
        assert row.figures.audience.peak == max(seen)
        assert abs(row.average_viewers - sum(seen) / len(seen)) <= 0.5
