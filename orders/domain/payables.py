"""When an order's money may be paid out, and how much of it is whose.

The goods have arrived and the time to claim or return them is over; nobody argues about them. Then
each producer of the order gets a line with what the ledger says is theirs. Whatever the ledger
books afterwards (a refund, a correction) becomes a further line, mostly a negative one, which the
producer's next payout takes into account.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from orders.domain import ledger, refund_rules
from orders.domain.settlement_states import SETTLEMENT
from orders.models import (
    Dispute,
    Order,
    PayoutLine,
    Refund,
    Settlement,
    Transaction,
)

logger = logging.getLogger(__name__)

ARRIVED = (Order.State.DELIVERED, Order.State.COMPLETED)
LOOK_BACK = timedelta(days=3)
"""Bookings of so long ago are looked at again; each is found many times before that."""
ARGUED_ABOUT = Q(
    order__payments__refunds__state__in=[
        Refund.State.REQUESTED,
        Refund.State.APPROVED,
        Refund.State.IN_TRANSIT,
    ]
) | Q(order__payments__disputes__state__in=[Dispute.State.OPEN, Dispute.State.REVIEW])


def open_due(*, limit: int = 200) -> int:
    """Say when arrived orders may be paid out, and make the lines of those that may now; returns
    how many lines are new. Several may run at once."""
    _say_when(limit)
    now = timezone.now()
    ready = _posted().filter(payable_at__lte=now).exclude(ARGUED_ABOUT)
    orders = [one.order for one in ready.select_related("order").order_by("payable_at")[:limit]]
    made = 0
    for order in [*orders, *_booked_since(now - LOOK_BACK)]:
        try:
            made += work_out(order)
        except Exception:  # one that does not add up must not hold up the others
            logger.exception("what order %s owes", order.number)
    return made


def work_out(order: Order) -> int:
    """Bring the order's lines to what the ledger says is owed; returns how many are new."""
    with transaction.atomic():
        settlement = Settlement.objects.select_for_update().get(order=order)
        owed = ledger.owed(order)
        lines = PayoutLine.objects.filter(order=order)
        known = {
            row["producer"]: row["fen"]
            for row in lines.order_by().values("producer").annotate(fen=Sum("amount_fen"))
        }
        made = [
            PayoutLine(
                key=f"{order.number}:{producer}:{lines.filter(producer=producer).count() + 1}",
                order=order,
                producer_id=producer,
                amount_fen=owed.get(producer, 0) - known.get(producer, 0),
            )
            for producer in sorted({*owed, *known})
            if owed.get(producer, 0) != known.get(producer, 0)
        ]
        PayoutLine.objects.bulk_create(made)
        if settlement.lines_at is None:
            Settlement.objects.filter(pk=settlement.pk).update(lines_at=timezone.now())
            close_if_paid(order)
    return len(made)


def close_if_paid(order: Order) -> None:
    """posted → paid out when nothing of the order is left to pay. In the caller's transaction."""
    settlement = Settlement.objects.select_for_update().get(order=order)
    waiting = PayoutLine.objects.filter(order=order).exclude(state=PayoutLine.State.SENT)
    if waiting.exists():
        return
    SETTLEMENT.advance(settlement, Settlement.State.PAID_OUT)


def payable_from(order: Order) -> datetime | None:
    """When the last of the order's goods can no longer be claimed or returned; None before all
    of it has arrived."""
    moments = []
    for line in order.lines.select_related("product"):
        if line.quantity == line.withdrawn_quantity:
            continue
        until = refund_rules.clock_of(order, line).claim_until
        if until is None:
            return None
        moments.append(until)
    return max(moments, default=order.delivered_at)


def _posted() -> QuerySet[Settlement]:
    return Settlement.objects.filter(state=Settlement.State.POSTED, lines_at=None)


def _say_when(limit: int) -> None:
    arrived = _posted().filter(payable_at=None, order__state__in=ARRIVED)
    for settlement in arrived.select_related("order").order_by("pk")[:limit]:
        moment = payable_from(settlement.order)
        if moment is not None:
            Settlement.objects.filter(pk=settlement.pk).update(payable_at=moment)


def _booked_since(moment: datetime) -> list[Order]:
    """Orders whose lines were made before the ledger's last word about them."""
    later = Transaction.objects.filter(posted_at__gte=moment).exclude(kind__in=("paid", "payout"))
    found = later.filter(order__settlement__lines_at__isnull=False).values("order")
    return list(Order.objects.filter(pk__in=found).order_by("pk"))
