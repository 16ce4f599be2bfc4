"""What the pages about refunds read; each loads what its template touches, and no more."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from orders.domain import queries, refund_rights, refund_rules
from orders.domain.money_shares import Kind
from orders.domain.refund_rules import Clock
from orders.domain.refund_shares import entries_of, left_of
from orders.models import Dispute, Order, OrderLine, Refund, RefundLine, RefundPhoto
from products.models import Producer

S = Refund.State
Cause = Refund.Cause
RECENT = timedelta(days=90)


@dataclass(frozen=True)
class Claim:
    """A line of an order, what is left of its money, and what can be said of it today."""

    line: OrderLine
    left_fen: int
    clock: Clock
    causes: list[Cause]


@dataclass(frozen=True)
class RefundStep:
    label: str
    at: datetime | None
    note: str
    is_now: bool


@dataclass(frozen=True)
class Share:
    """What a refund takes back from whom, in fen."""

    label: str
    fen: int


def lines_of(order: Order) -> list[OrderLine]:
    return list(queries.lines().filter(order=order).select_related("producer").order_by("pk"))


def claims_of(order: Order, lines: list[OrderLine]) -> list[Claim]:
    """Every line with what may be asked for it; a line that was given back whole has no cause."""
    left, parcels = left_of(order, lines).lines, refund_rules.parcels_of(order)
    return [
        Claim(
            line,
            left[line.pk],
            refund_rules.clock_of(order, line, parcels),
            refund_rules.causes_for(order, line, parcels) if left[line.pk] > 0 else [],
        )
        for line in lines
    ]


def farms_of(claims: list[Claim]) -> list[Producer]:
    """Whose goods can be claimed for, in the order of the lines."""
    found = {c.line.producer_id: c.line.producer for c in claims if c.causes and c.line.producer}
    return list(found.values())


def refunds_of(order: Order) -> list[Refund]:
    return list(Refund.objects.filter(payment__order=order).order_by("-pk"))


def disputes_of(order: Order) -> list[Dispute]:
    return list(Dispute.objects.filter(payment__order=order))


def whole(rows: QuerySet[Refund]) -> QuerySet[Refund]:
    """With all that a page about one refund shows; the photos' bytes stay where they are."""
    goods = RefundLine.objects.select_related("line__product").prefetch_related(
        "line__product__images"
    )
    photos = RefundPhoto.objects.only("pk", "refund_id")
    return rows.select_related(
        "payment__order__buyer", "producer__region__parent", "decided_by"
    ).prefetch_related(Prefetch("lines", queryset=goods), Prefetch("photos", queryset=photos))


def inbox_of(user: User) -> QuerySet[Refund]:
    goods = RefundLine.objects.select_related("line")
    rows = refund_rights.to_decide_by(user).select_related("payment__order", "producer")
    return rows.prefetch_related(Prefetch("lines", queryset=goods))


def waiting_for(user: User) -> list[Refund]:
    """Requests to decide, the most urgent first."""
    return list(inbox_of(user).filter(state=S.REQUESTED).order_by("decide_by", "pk"))


def decided_for(user: User) -> QuerySet[Refund]:
    return inbox_of(user).exclude(state=S.REQUESTED).order_by("-decided_at", "-pk")


def timeline(refund: Refund) -> list[RefundStep]:
    """What happened, and of a refund on its way also what is still to come."""
    labels = _labels(refund)
    happened = [
        (event.at, labels.get(event.to_state, str(S(event.to_state).label)), "")
        for event in refund.events.all()
    ]
    if refund.sent_back_at:
        happened.append((refund.sent_back_at, _("Goods sent back"), refund.sent_back_number))
    if refund.escalated_at:
        happened.append((refund.escalated_at, _("Handed to our staff"), ""))
    happened.sort(key=lambda step: step[0])
    steps = [RefundStep(label, at, note, False) for at, label, note in happened]
    if steps:
        steps[-1] = replace(steps[-1], is_now=True)
    ahead = {
        S.REQUESTED: (S.APPROVED, S.DONE),
        S.APPROVED: (S.DONE,),
        S.IN_TRANSIT: (S.DONE,),
    }.get(S(refund.state), ())
    if refund.is_open and refund.wants_goods_back and not refund.sent_back_at:
        steps.append(RefundStep(_("Goods sent back"), None, "", False))
    return steps + [RefundStep(labels[state], None, "", False) for state in ahead]


def _labels(refund: Refund) -> dict[str, str]:
    is_request = refund.origin == Refund.Origin.REQUEST
    return {
        S.REQUESTED: _("Asked for") if is_request else _("Decided"),
        S.APPROVED: _("Granted"),
        S.IN_TRANSIT: _("On its way to you"),
        S.DONE: _("Money is back"),
        S.FAILED: _("Did not go through; we look after it"),
        S.REFUSED: _("Refused"),
        S.WITHDRAWN: _("Withdrawn"),
    }


def taken_from(refund: Refund) -> list[Share]:
    """Whose share becomes smaller by how much if this is granted."""
    labels = {
        Kind.PRODUCER: _("The farm"),
        Kind.PACKING: _("Packing"),
        Kind.FREIGHT: _("Freight"),
        Kind.PLATFORM: _("Platform and payment fee"),
        Kind.SUBSIDY: _("Given back to who subsidised it"),
    }
    totals: dict[str, int] = {}
    for (kind, _owner), fen in entries_of(refund, refund.payment.order).items():
        totals[kind] = totals.get(kind, 0) + fen
    return [Share(label, totals[kind]) for kind, label in labels.items() if totals.get(kind)]


def asked_lately(refund: Refund) -> int:
    """How often this buyer asked for money back in the last ninety days, this time included."""
    return Refund.objects.filter(
        payment__order__buyer=refund.payment.order.buyer_id,
        origin=Refund.Origin.REQUEST,
        requested_at__gte=timezone.now() - RECENT,
    ).count()
