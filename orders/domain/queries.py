"""What the pages about orders read; each loads what its template touches, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.bilingual import pick
from orders.domain import ledger
from orders.domain.money_shares import Kind, Shares
from orders.models import CouponUse, Order, OrderLine, Parcel, Payment, Refund, RefundLine
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
    parcel: Parcel | None = None


@dataclass(frozen=True)
class Part:
    label: str
    fen: int


@dataclass(frozen=True)
class MoneyTrail:
    """`parts` sum to the price paid and what others added: `subsidies` where a price is below its
    costs, and `coupons`, each by who pays for it. `given_back` is by how much refunds made each
    part less; with what came off the subsidies it sums to the money that went back."""

    parts: list[Part]
    subsidies: list[Part]
    coupons: list[Part]
    given_back: list[Part]

    @property
    def subsidy_fen(self) -> int:
        return sum(part.fen for part in self.subsidies)


def lines() -> QuerySet[OrderLine]:
    rows = OrderLine.objects.select_related("product", "deal", "broadcast")
    return rows.prefetch_related("product__images")


def orders_of(user: User) -> QuerySet[Order]:
    rows = Order.objects.filter(buyer=user).select_related("broadcast")
    return rows.prefetch_related(Prefetch("lines", queryset=lines()))


def lines_of(order: Order) -> list[OrderLine]:
    return list(lines().filter(order=order))


def shows_of(bought: Sequence[OrderLine]) -> list[Broadcast]:
    """The shows in which something of the order was bought, each once."""
    return list(dict.fromkeys(line.broadcast for line in bought if line.broadcast is not None))


def coupons_of(order: Order) -> list[CouponUse]:
    """The coupons of an order; no query where it had none."""
    if not order.discount_fen:
        return []
    return list(order.coupon_uses.select_related("coupon").order_by("pk"))


def newest_payment(order: Order) -> Payment | None:
    return order.payments.order_by("-pk").first()


def timeline(order: Order, parcels: Sequence[Parcel] = ()) -> list[Step]:
    """What happened, each parcel when it left, and of an order on its way also what is to come."""
    events = list(order.events.all())
    begun = min((event.at for event in events if event.to_state == S.PREPARING), default=None)
    happened = [
        (event.at, 0, Step(event.to_state, str(S(event.to_state).label), event.at, False))
        for event in events
        if not (parcels and event.to_state == S.SHIPPED)  # its parcels say it better
    ]
    for parcel in parcels:
        at = max(parcel.shipped_at, begun or parcel.shipped_at)
        label = parcel.get_carrier_display()
        happened.append((at, 1, Step("parcel", label, parcel.shipped_at, False, parcel)))
    steps = [step for _at, _rank, step in sorted(happened, key=lambda one: one[:2])]
    if steps:
        steps[-1] = replace(steps[-1], is_now=True)
    if order.state in WAY:
        ahead = WAY[WAY.index(S(order.state)) + 1 :]
        steps += [Step(state, str(state.label), None, False) for state in ahead]
    return steps


def parcels_of(order: Order) -> list[Parcel]:
    """The order's parcels with what is in them, as its buyer sees them."""
    rows = order.parcels.select_related("producer").prefetch_related("contents__line")
    return list(rows)


def where_the_money_went(order: Order, bought: Sequence[OrderLine]) -> MoneyTrail:
    """The parts of what the buyer paid, the farm first, who adds what is missing, and what came
    back of it."""
    shares = ledger.shares_of(order, bought)
    labels = {
        Kind.PRODUCER: _("The farm"),
        Kind.PACKING: _("Packing"),
        Kind.FREIGHT: _("Freight"),
        Kind.PLATFORM: _("Platform and payment fee"),
    }
    totals: dict[str, int] = {}
    for (kind, _owner), fen in shares.parts.items():
        totals[kind] = totals.get(kind, 0) + fen
    back = ledger.given_back(order) if order.paid_at else {}
    return MoneyTrail(
        parts=[Part(label, totals[kind]) for kind, label in labels.items() if kind in totals],
        subsidies=_below_cost(shares, bought),
        coupons=[Part(use.coupon.payer, use.discount_fen) for use in coupons_of(order)],
        given_back=[Part(label, back[kind]) for kind, label in labels.items() if back.get(kind)],
    )


def _below_cost(shares: Shares, bought: Sequence[OrderLine]) -> list[Part]:
    """Who pays the difference of a line that costs its makers more than its price, and how much."""
    totals: dict[str, int] = {}
    lines_by_id = {line.pk: line for line in bought}
    for one in shares.of_lines:
        line = lines_by_id.get(one.line_id or 0)
        short = sum(one.parts.values()) - line.amount_fen if line else 0
        if line and short:
            payer = line.deal.subsidy_payer if line.deal else ""
            totals[payer] = totals.get(payer, 0) + short
    return [Part(payer, fen) for payer, fen in totals.items()]


def lines_sold_in(broadcast: Broadcast) -> QuerySet[OrderLine]:
    """The lines a show has sold, whatever else their orders hold."""
    return OrderLine.objects.filter(broadcast=broadcast)


NET = F("amount_fen") - F("discount_fen")
"""What a line brings in: coupons taken off, carriage not counted."""


def figures_of(broadcast: Broadcast) -> dict[str, Any]:
    """Numbers of a show, of its own lines: created counts everything ordered, paid what the money
    is in for. An order of several shows counts in each."""
    paid = Q(order__state__in=MONEY_IS_IN)
    waiting = Q(order__state=S.PLACED)
    figures = lines_sold_in(broadcast).aggregate(
        orders=Count("order", distinct=True),
        paid_orders=Count("order", filter=paid, distinct=True),
        waiting_orders=Count("order", filter=waiting, distinct=True),
        buyers=Count("order__buyer", filter=paid, distinct=True),
        units=Sum("quantity", filter=paid, default=0),
        created_fen=Sum(NET, default=0),
        paid_fen=Sum(NET, filter=paid, default=0),
        waiting_fen=Sum(NET, filter=waiting, default=0),
    )
    back = RefundLine.objects.filter(
        line__in=lines_sold_in(broadcast), refund__state=Refund.State.DONE
    )
    figures["refunded_fen"] = back.aggregate(n=Sum("amount_fen", default=0))["n"]
    return figures


def products_of(broadcast: Broadcast) -> list[dict[str, Any]]:
    """Per product: units and money that are in, best first."""
    found = (
        lines_sold_in(broadcast)
        .filter(order__state__in=MONEY_IS_IN)
        .values("product_id", "name_zh", "name_en")
        .annotate(units=Sum("quantity"), fen=Sum(NET), orders=Count("order"))
        .order_by(F("fen").desc(), "product_id")
    )
    return [{**row, "name": pick(row["name_zh"], row["name_en"])} for row in found]


def newest_orders(broadcast: Broadcast) -> list[Order]:
    """The newest that bought something in the show; `show_lines` are those goods and `show_fen`
    what they bring in."""
    sold = lines_sold_in(broadcast)
    rows = Order.objects.filter(pk__in=sold.values("order")).select_related("buyer")
    with_goods = rows.prefetch_related(Prefetch("lines", sold, to_attr="show_lines"))
    orders: list[Any] = list(with_goods[:NEWEST])
    for order in orders:
        order.show_fen = sum(line.amount_fen - line.discount_fen for line in order.show_lines)
    return orders
