"""What a paid order sets off: its shares go into the ledger, exactly once.

The row is written with the payment. Nothing here happens on the way of a request.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from orders.domain import ledger, payments
from orders.domain.money_shares import receipt_entries
from orders.domain.settlement_states import SETTLEMENT
from orders.models import Payment, Settlement

logger = logging.getLogger(__name__)

WAIT_FOR_FEE_ATTEMPTS = 5
"""The provider books its fee a moment after the payment. After so many looks it is posted as
zero, and reconciliation posts the fee when it is known."""


def settle_due(*, limit: int = 100) -> int:
    """Post what is due; returns how many were. Several may run at once, killed anywhere."""
    due = Settlement.objects.filter(state=Settlement.State.DUE, due_at__lte=timezone.now())
    done = 0
    for settlement in due.select_related("order").order_by("due_at")[:limit]:
        try:
            done += settle(settlement)
        except Exception as error:
            logger.exception("order %s was not settled", settlement.order.number)
            _try_later(settlement, str(error))
    return done


def settle(settlement: Settlement) -> bool:
    """Post one order's shares. False if another did, or if it has to wait for the fee."""
    order = settlement.order
    payment = Payment.objects.get(order=order, state=Payment.State.SUCCEEDED)
    if payment.fee_fen is None and settlement.attempts < WAIT_FOR_FEE_ATTEMPTS:
        payments.check(payment)  # asks the provider: never inside the transaction below
        payment.refresh_from_db()
        if payment.fee_fen is None:
            _try_later(settlement, "the fee is not booked yet")
            return False
    with transaction.atomic():
        mine = Settlement.objects.select_for_update(skip_locked=True)
        if not mine.filter(pk=settlement.pk, state=Settlement.State.DUE).exists():
            return False  # another worker is at it, or was
        entries = receipt_entries(ledger.shares_of(order), fee_fen=payment.fee_fen or 0)
        if not SETTLEMENT.advance(settlement, Settlement.State.POSTED, posted_at=timezone.now()):
            return False
        return ledger.post(
            key=f"order:{order.number}:paid", kind="paid", order=order, entries=entries
        )


def _try_later(settlement: Settlement, why: str) -> None:
    pause = timedelta(seconds=min(2 ** (settlement.attempts + 1), 600))
    Settlement.objects.filter(pk=settlement.pk, state=Settlement.State.DUE).update(
        attempts=settlement.attempts + 1, due_at=timezone.now() + pause, last_error=why[:200]
    )
