"""What the pages about orders read; each loads what its template touches, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.bilingual import pick
from orders.domain import ledger
from orders.domain.money_shares import Kind
from orders.models import Order, OrderLine, Payment, Refund
from streams.models import Broadcast

S = Order.State
MONEY_IS_IN = (S.PAID, S.PREPARING, S.SHIPPED, S.DELIVERED, S.COMPLETED)
WAY = (S.PLACED, S.PAID, S.PREPARING, S.SHIPPED, S.DELIVERED, S.COMPLETED)
NEWEST = 30


@dataclass(frozen=True)
class Step:
    """One step of an order's way; `at` is None while it lies ahead."""

    state: str
    label: str
    at: datetime | None
    is_now: bool


@dataclass(frozen=True)
class Part:
    label: str
    fen: int


@dataclass(frozen=True)
class MoneyTrail:
    """`parts` sum to the price paid and `subsidy_fen`, which `payer` adds."""

    parts: list[Part]
    subsidy_fen: int
    payer: str


def lines() -> QuerySet[OrderLine]:
    return OrderLine.objects.select_related("product", "deal").prefetch_related("product__images")


def orders_of(user: User) -> QuerySet[Order]:
    rows = Order.objects.filter(buyer=user).select_related("broadcast")
    return rows.prefetch_related(Prefetch("lines", queryset=lines()))


def lines_of(order: Order) -> list[OrderLine]:
    return list(lines().filter(order=order))


def newest_payment(order: Order) -> Payment | None:
    return order.payments.order_by("-pk").first()


def refunds_of(order: Order) -> list[Refund]:
    return list(Refund.objects.filter(payment__order=order))


def timeline(order: Order) -> list[Step]:
    """What happened, and of an order on its way also what is still to come."""
    happened = list(order.events.all())
    steps = [
        Step(event.to_state, str(S(event.to_state).label), event.at, event is happened[-1])
        for event in happened
    ]
    if order.state in WAY:
        ahead = WAY[WAY.index(S(order.state)) + 1 :]
        steps += [Step(state, str(state.label), None, False) for state in ahead]
    return steps


def where_the_money_went(order: Order, bought: Sequence[OrderLine]) -> MoneyTrail:
    """The parts of what the buyer paid, the farm first, and who adds what is missing."""
    shares = ledger.shares_of(order, bought)
    labels = {
        Kind.PRODUCER: _("The farm"),
        Kind.PACKING: _("Packing"),
        Kind.FREIGHT: _("Freight"),
        Kind.PLATFORM: _("Platform and payment fee"),
    }
    totals: dict[str, int] = {}
    for (kind, _producer), fen in shares.parts.items():
        totals[kind] = totals.get(kind, 0) + fen
    parts = [Part(label, totals[kind]) for kind, label in labels.items() if kind in totals]
    payers = {line.deal.subsidy_payer for line in bought if line.deal is not None}
    return MoneyTrail(parts, shares.subsidy_fen, "、".join(sorted(payers - {""})))


def figures_of(broadcast: Broadcast) -> dict[str, Any]:
    """Numbers of a show: created counts everything ordered, paid what the money is in for."""
    paid = Q(state__in=MONEY_IS_IN)
    figures = Order.objects.filter(broadcast=broadcast).aggregate(
        orders=Count("pk"),
        paid_orders=Count("pk", filter=paid),
        waiting_orders=Count("pk", filter=Q(state=S.PLACED)),
        buyers=Count("buyer", filter=paid, distinct=True),
        created_fen=Sum("total_fen", default=0),
        paid_fen=Sum("total_fen", filter=paid, default=0),
        waiting_fen=Sum("total_fen", filter=Q(state=S.PLACED), default=0),
    )
    units = OrderLine.objects.filter(order__broadcast=broadcast, order__state__in=MONEY_IS_IN)
    back = Refund.objects.filter(payment__order__broadcast=broadcast, state=Refund.State.DONE)
    figures["units"] = units.aggregate(n=Sum("quantity", default=0))["n"]
    figures["refunded_fen"] = back.aggregate(n=Sum("amount_fen", default=0))["n"]
    return figures


def products_of(broadcast: Broadcast) -> list[dict[str, Any]]:
    """Per product: units and money that are in, best first."""
    rows = OrderLine.objects.filter(order__broadcast=broadcast, order__state__in=MONEY_IS_IN)
    found = (
        rows.values("product_id", "name_zh", "name_en")
        .annotate(units=Sum("quantity"), fen=Sum("amount_fen"), orders=Count("order"))
        .order_by(F("fen").desc(), "product_id")
    )
    return [{**row, "name": pick(row["name_zh"], row["name_en"])} for row in found]


def newest_orders(broadcast: Broadcast) -> list[Order]:
    rows = Order.objects.filter(broadcast=broadcast).select_related("buyer")
    return list(rows.prefetch_related("lines")[:NEWEST])
