"""A report: the figures of a scope, by show, product and segment, beside what was before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from orders.domain.reports.audience import AudienceOf, count_audience
from orders.domain.reports.farmers import NO_INCOME, Income, income_of_shows
from orders.domain.reports.figures import Audience, Figures, Sales
from orders.domain.reports.sales import Day, SalesOf, count_days, count_sales
from orders.domain.reports.scope import Scope, earlier_shows
from orders.domain.reports.timeline import SegmentRow, Timeline, segments_of, timeline_of
from products.models import Product
from streams.models import Broadcast

MOST_PRODUCTS = 100


@dataclass(frozen=True)
class ShowRow:
    show: Broadcast
    figures: Figures


@dataclass(frozen=True)
class ProductRow:
    product: Product
    opened: int
    sales: Sales


@dataclass(frozen=True)
class Report:
    """`timeline` and `segments` are of one show; `days` of several."""

    scope: Scope
    at: datetime
    total: Figures
    shows: tuple[ShowRow, ...]
    products: tuple[ProductRow, ...]
    more_products: int
    income: Income
    income_by_place: dict[str, Income]
    timeline: Timeline | None
    segments: tuple[SegmentRow, ...]
    days: tuple[Day, ...]
    earlier: tuple[ShowRow, ...]
    """The host's shows before this one, newest first."""

    @property
    def usual(self) -> Figures | None:
        """The middle one (by money paid) of the shows before."""
        ranked = sorted(self.earlier, key=lambda row: row.figures.sales.paid_fen)
        return ranked[len(ranked) // 2].figures if ranked else None


def make_report(scope: Scope, *, at: datetime | None = None) -> Report:
    """Counted from the raw rows each time, by the same number of queries however much there is."""
    at = at or timezone.now()
    show = scope.show
    sales, audience = count_sales(scope.ids, at=at), count_audience(scope.shows)
    products = _products(sales.products, audience.opened)
    places = income_of_shows(scope.ids, at=at)
    return Report(
        scope=scope,
        at=at,
        total=Figures(audience.total, sales.total),
        shows=_rows(scope.shows, sales, audience),
        products=products[:MOST_PRODUCTS],
        more_products=max(len(products) - MOST_PRODUCTS, 0),
        income=places.pop("", NO_INCOME),
        income_by_place=places,
        timeline=timeline_of(show) if show is not None else None,
        segments=tuple(segments_of(show)) if show is not None else (),
        days=tuple(count_days(scope.ids)) if show is None else (),
        earlier=_earlier(show, at) if show is not None else (),
    )


def _earlier(show: Broadcast, at: datetime) -> tuple[ShowRow, ...]:
    before = earlier_shows(show)
    if not before:
        return ()
    sales = count_sales([one.pk for one in before], at=at)
    return _rows(before, sales, count_audience(before))


def _rows(shows: Sequence[Broadcast], sales: SalesOf, audience: AudienceOf) -> tuple[ShowRow, ...]:
    return tuple(
        ShowRow(
            show,
            Figures(audience.shows.get(show.pk, Audience()), sales.shows.get(show.pk, Sales())),
        )
        for show in shows
    )


def _products(sold: Mapping[int, Sales], opened: Mapping[int, int]) -> tuple[ProductRow, ...]:
    """What was sold or looked at, best first."""
    found = Product.objects.defer("search").in_bulk([*{*sold, *opened}])
    rows = [ProductRow(one, opened.get(pk, 0), sold.get(pk, Sales())) for pk, one in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.sales.paid_fen, -row.opened, row.product.sku)))
