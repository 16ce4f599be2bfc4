"""What a producer has to pick, pack and send: read by due day and by product.

Every list is the producer's own lines only; a page costs the same number of queries however many
orders are waiting.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from livecommerce.bilingual import pick
from orders.domain.fulfilment import STILL_TO_SEND, TO_PREPARE, UNSENT
from orders.models import Order, OrderLine, Parcel, Preparation, Refund
from products.models import Producer

MOST_SLIPS = 60
"""Packing slips in one print."""


@dataclass(frozen=True)
class Pick:
    """Units of one product to take from the store."""

    sku: str
    name: str
    unit: str
    units: int
    orders: int


@dataclass
class Day:
    """What ought to leave on a day. `lateness` is days gone by since: above 0 it is late."""

    day: date
    lateness: int
    orders: int
    picks: list[Pick] = field(default_factory=list)

    @property
    def units(self) -> int:
        return sum(one.units for one in self.picks)

    @property
    def is_late(self) -> bool:
        return self.lateness > 0

    @property
    def is_today(self) -> bool:
        return self.lateness == 0


@dataclass(frozen=True)
class Work:
    """`days` earliest first; `picks` over all days, most units first."""

    days: list[Day]
    picks: list[Pick]
    orders: int
    late_orders: int

    @property
    def units(self) -> int:
        return sum(one.units for one in self.picks)


def lines_to_send(producer: Producer) -> QuerySet[OrderLine]:
    """Own lines of paid orders of which something is still unsent."""
    return OrderLine.objects.filter(STILL_TO_SEND, producer=producer, order__state__in=TO_PREPARE)


def work_of(producer: Producer) -> Work:
    """All that waits, in three queries."""
    lines = lines_to_send(producer).annotate(due=TruncDate(_due("order__paid_at")))
    orders_by_day = dict(
        lines.values_list("due").annotate(n=Count("order", distinct=True)).order_by("due")
    )
    what = ("product__sku", "name_zh", "name_en", "unit_zh", "unit_en")
    units = {"units": Sum(UNSENT), "orders": Count("order", distinct=True)}
    by_day = lines.values("due", *what).annotate(**units).order_by("due", "-units", "product__sku")
    over_all = lines.values(*what).annotate(**units).order_by("-units", "product__sku")
    today = timezone.localdate()
    days = {day: Day(day, (today - day).days, n) for day, n in orders_by_day.items()}
    for row in by_day:
        days[row["due"]].picks.append(_pick(row))
    return Work(
        days=list(days.values()),
        picks=[_pick(row) for row in over_all],
        orders=sum(orders_by_day.values()),
        late_orders=sum(day.orders for day in days.values() if day.is_late),
    )


def orders_to_send(
    producer: Producer, *, day: date | None = None, sku: str = ""
) -> QuerySet[Order]:
    """Orders with own lines to send, those due first at the top; each with `due` (a moment),
    `own_lines`, `has_begun` and `money_is_asked_back`."""
    lines = lines_to_send(producer)
    if sku:
        lines = lines.filter(product__sku=sku)
    rows = Order.objects.filter(pk__in=lines.values("order")).annotate(
        due=_due("paid_at"),
        has_begun=Exists(Preparation.objects.filter(order=OuterRef("pk"), producer=producer)),
        money_is_asked_back=Exists(refunds_asked(producer).filter(payment__order=OuterRef("pk"))),
    )
    if day is not None:
        begins = timezone.make_aware(datetime.combine(day, time.min))
        rows = rows.filter(due__gte=begins, due__lt=begins + timedelta(days=1))
    return rows.prefetch_related(with_own_lines(producer)).order_by("paid_at", "pk")


def order_of(producer: Producer, number: str) -> Order | None:
    """One order that holds lines of this producer and was paid, in whatever state it is now."""
    own = OrderLine.objects.filter(producer=producer, order=OuterRef("pk"))
    rows = Order.objects.filter(Exists(own), Q(paid_at__isnull=False), number=number).annotate(
        due=_due("paid_at"),
        has_begun=Exists(Preparation.objects.filter(order=OuterRef("pk"), producer=producer)),
        money_is_asked_back=Exists(refunds_asked(producer).filter(payment__order=OuterRef("pk"))),
    )
    return rows.prefetch_related(with_own_lines(producer)).first()


def orders_by_number(producer: Producer, numbers: Iterable[str]) -> QuerySet[Order]:
    """Those of `numbers` of which something is to be sent."""
    return orders_to_send(producer).filter(number__in=list(numbers)[:MOST_SLIPS])


def parcels_of(producer: Producer) -> QuerySet[Parcel]:
    """Sent parcels, newest first, with what is in them."""
    rows = Parcel.objects.filter(producer=producer).select_related("order")
    return rows.prefetch_related("contents__line").order_by("-shipped_at", "-pk")


def parcels_in(order: Order, producer: Producer) -> list[Parcel]:
    rows = Parcel.objects.filter(order=order, producer=producer)
    return list(rows.prefetch_related("contents__line", "events__actor"))


def refunds_asked(producer: Producer) -> QuerySet[Refund]:
    """Money somebody wants back for the producer's goods, or for a whole order."""
    return Refund.objects.filter(
        Q(producer=producer) | Q(producer=None), state=Refund.State.REQUESTED
    )


def with_own_lines(producer: Producer) -> "Prefetch[Any]":
    lines = OrderLine.objects.filter(producer=producer).select_related("product")
    ordered = lines.prefetch_related("product__images").order_by("pk")
    return Prefetch("lines", queryset=ordered, to_attr="own_lines")


def _due(paid_at: str) -> "ExpressionWrapper[Any]":
    within = timedelta(hours=settings.SHIP_WITHIN_HOURS)
    return ExpressionWrapper(F(paid_at) + within, output_field=DateTimeField())


def _pick(row: dict[str, Any]) -> Pick:
    return Pick(
        sku=row["product__sku"],
        name=pick(row["name_zh"], row["name_en"]),
        unit=pick(row["unit_zh"], row["unit_en"]),
        units=row["units"],
        orders=row["orders"],
    )
