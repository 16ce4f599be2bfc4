"""A buyer went to their bank: the dispute as a row, staff told, the books true at each step.

A webhook says only "look"; a sweep looks anyway. What the provider's bookings say is posted once
each: money the bank takes waits in the refunds account until it is decided. A lost dispute is the
platform's loss: nobody's share is taken back without a person deciding so (a refund does that).
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from livecommerce.money import format_fen
from orders.domain import ledger
from orders.domain.dispute_states import DISPUTE
from orders.domain.money_shares import Entries, Kind
from orders.domain.staff import tell_staff
from orders.models import Dispute, DisputeEvent, Entry, Payment, Settlement
from orders.payments import provider
from orders.payments.errors import PaymentError
from orders.payments.protocol import DisputeFacts

logger = logging.getLogger(__name__)

LOOK_AGAIN_AFTER = timedelta(hours=1)
LOOK_BACK = timedelta(days=2)
"""A webhook that got lost is made up for by asking for all disputes so young."""
CLOSED = (Dispute.State.WON, Dispute.State.LOST)


def check(payment: Payment) -> None:
    """Ask the provider for this payment's disputes and act on them. Safe to repeat."""
    if payment.intent_id:
        for facts in provider().disputes_of(payment.intent_id):
            learn(payment, facts)


def learn(payment: Payment, facts: DisputeFacts) -> Dispute:
    """One dispute as it is at present: row, state, books, and staff told of what is new."""
    with transaction.atomic():
        Payment.objects.select_for_update().get(pk=payment.pk)
        row, is_new = Dispute.objects.get_or_create(
            provider_id=facts.dispute_id,
            defaults={
                "payment": payment,
                "amount_fen": facts.amount_fen,
                "currency": facts.currency,
                "reason": facts.reason[:60],
                "opened_at": facts.created_at,
            },
        )
        if is_new:
            DisputeEvent.objects.create(dispute=row, to_state=row.state)
            _tell_of(row)
        state = Dispute.State(facts.status.value)
        if row.state != state and DISPUTE.advance(row, state):
            _tell_of(row)
        row.due_by, row.checked_at = facts.due_by, timezone.now()
        row.withdrawn_fen, row.reinstated_fen = facts.withdrawn_fen, facts.reinstated_fen
        row.fee_fen = max(facts.fee_fen, 0)
        row.closed_at = (row.closed_at or timezone.now()) if row.state in CLOSED else None
        row.save()
        _book(row)
    return row


def check_open(*, limit: int = 100) -> int:
    """Look again at disputes nobody has decided, and for such whose webhook never came."""
    before = timezone.now() - LOOK_AGAIN_AFTER
    open_ones = Payment.objects.filter(
        disputes__state__in=[Dispute.State.OPEN, Dispute.State.REVIEW],
        disputes__checked_at__lt=before,
    ).distinct()
    done = _each(open_ones[:limit])
    since = timezone.now() - LOOK_BACK
    try:
        young = {facts.intent_id for facts in provider().disputes(since=since)}
    except PaymentError as error:
        logger.warning("disputes: %s", error)
        return done
    missed = Payment.objects.filter(intent_id__in=young - {""}, disputes=None)
    return done + _each(missed[:limit])


def _each(payments: Iterable[Payment]) -> int:
    done = 0
    for payment in payments:
        try:
            check(payment)
            done += 1
        except PaymentError as error:
            logger.warning("disputes of payment %s: %s", payment.pk, error)
        except Exception:  # one that cannot be told must not hold up the others
            logger.exception("disputes of payment %s", payment.pk)
    return done


def _book(row: Dispute) -> None:
    """What the provider's bookings say by now, each step of the money once by its key."""
    _post(row, "taken", Kind.REFUNDS, Kind.CLEARING, row.withdrawn_fen)
    _post(row, "back", Kind.CLEARING, Kind.REFUNDS, row.reinstated_fen)
    _post(row, "fee", Kind.PLATFORM, Kind.PAYMENT_FEE, row.fee_fen)
    if not row.fee_fen:
        _post(row, "fee-back", Kind.PAYMENT_FEE, Kind.PLATFORM, _booked(row, "fee"))
    if row.state == Dispute.State.LOST and _is_shared(row):
        gone = row.withdrawn_fen - row.reinstated_fen
        _post(row, "lost", Kind.PLATFORM, Kind.REFUNDS, gone)
    else:
        _post(row, "lost-undone", Kind.REFUNDS, Kind.PLATFORM, _booked(row, "lost"))


def _is_shared(row: Dispute) -> bool:
    """What came too late is nobody's share: what the bank takes of it is no loss."""
    return Settlement.objects.filter(order=row.payment.order_id).exists()


def _post(row: Dispute, step: str, debit: Kind, credit: Kind, fen: int) -> None:
    if fen > 0:
        entries: Entries = {(debit, None): fen, (credit, None): -fen}
        key = f"dispute:{row.pk}:{step}"
        ledger.post(key=key, kind="dispute", order=row.payment.order, entries=entries)


def _booked(row: Dispute, step: str) -> int:
    """Fen that went to somebody's debit in that step; 0 if it was never posted."""
    entries = Entry.objects.filter(transaction__key=f"dispute:{row.pk}:{step}", amount_fen__gt=0)
    total: int = entries.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    return total


def _tell_of(row: Dispute) -> None:
    order = row.payment.order
    match row.state:
        case Dispute.State.OPEN:
            body = gettext_lazy(
                "Order {number}: the buyer’s bank asks for ¥{amount} back ({reason}). Answer it at"
                " the payment provider."
            )
        case Dispute.State.REVIEW:
            body = gettext_lazy(
                "Order {number}: the bank is looking at our answer about ¥{amount}."
            )
        case Dispute.State.WON:
            body = gettext_lazy("Order {number}: decided for us, ¥{amount} stays.")
        case _:
            body = gettext_lazy("Order {number}: decided for the buyer, ¥{amount} is gone.")
    times = row.events.filter(to_state=row.state).count()
    tell_staff(
        order=order,
        key=f"dispute:{row.pk}:{row.state}:{times}",
        title=gettext_lazy("A payment is disputed"),
        body=format_lazy(
            body, number=order.number, amount=format_fen(row.amount_fen), reason=row.reason_words
        ),
        url=reverse("admin:orders_dispute_change", args=[row.pk]),
    )
