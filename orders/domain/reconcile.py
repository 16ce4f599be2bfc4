"""The provider's books against ours. What differs becomes a row that somebody must close.

Every five minutes: intents that are open, unknown or paid behind our back. Every night: each
booking in our balance has a ledger transaction of the same amount, each ledger transaction that
moves money at the provider has a booking, and both sums agree. Fees that were booked late are
posted then.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from orders.domain import differences, ledger, payments
from orders.domain.money_shares import Entries, Kind
from orders.domain.payment_states import OPEN
from orders.models import (
    Difference,
    Dispute,
    Entry,
    Movement,
    Order,
    Payment,
    PayoutLine,
    Reconciliation,
    Refund,
    Settlement,
    Transaction,
)
from orders.payments import protocol as theirs
from orders.payments import provider
from orders.payments.errors import ProviderUnavailable

logger = logging.getLogger(__name__)

D = Difference.Kind
OPEN_SINCE = timedelta(hours=26)
"""How far back intents are compared; an order lives for minutes."""
YOUNG = timedelta(minutes=10)
"""What is younger may still be on its way from one side to the other."""
OVERLAP = timedelta(days=3)
"""Nights look back so far beyond the last one that finished."""
FIRST_TIME = timedelta(days=40)
MOVES_MONEY = ("paid", "refund", "late", "payout", "dispute")
"""Kinds of ledger transactions that ought to have a booking, where they touch clearing."""


def look_at_intents(*, now: datetime | None = None) -> int:
    """Compare the provider's intents with our payments; returns how many differences are new."""
    moment = now or timezone.now()
    payments.check_open()
    found = list(provider().intents(since=moment - OPEN_SINCE))
    known = {
        one.intent_id: one
        for one in Payment.objects.filter(
            intent_id__in=[facts.intent_id for facts in found]
        ).select_related("order")
    }
    new = 0
    for facts in found:
        try:
            new += _compare_intent(facts, known.get(facts.intent_id), moment)
        except ProviderUnavailable:
            raise
        except Exception:  # one that cannot be compared must not hide the others
            logger.exception("intent %s", facts.intent_id)
    return new


def _compare_intent(facts: theirs.PaymentFacts, payment: Payment | None, now: datetime) -> int:
    if payment is None:
        if facts.status is not theirs.Status.SUCCEEDED or facts.created_at > now - YOUNG:
            return 0  # nobody has an address to pay it at; it is never paid
        return differences.report(
            kind=D.UNKNOWN_INTENT,
            key=f"intent:{facts.intent_id}",
            subject=f"{facts.intent_id} ({facts.reference or '–'})",
            found=f"{facts.amount_fen} {facts.currency}",
            order=Order.objects.filter(number=facts.reference).first(),
        )
    if payment.state in OPEN and facts.status is theirs.Status.SUCCEEDED:
        payments.check(payment)
        return 0
    return _compare_refunds(facts, payment, now)


def _compare_refunds(facts: theirs.PaymentFacts, payment: Payment, now: datetime) -> int:
    """Money that somebody gave back in the provider's dashboard is not in our books."""
    if facts.refunded_fen <= payment.refunded_fen:
        return 0
    return differences.report(
        kind=D.REFUND,
        key=f"refunds:{facts.intent_id}:{facts.refunded_fen}",
        subject=facts.intent_id,
        wanted=str(payment.refunded_fen),
        found=str(facts.refunded_fen),
        order=payment.order,
    )


def compare_books(*, now: datetime | None = None, since: datetime | None = None) -> Reconciliation:
    """The nightly comparison; safe to repeat, and to kill anywhere."""
    moment = now or timezone.now()
    run = Reconciliation.objects.create(since=since or _since(moment))
    before = Difference.objects.count()
    for booked in provider().movements(since=run.since):
        run.looked_at += 1
        _keep(booked)
    for movement in Movement.objects.filter(transaction=None, at__lte=moment - YOUNG):
        _answer(movement)
    _report_missing(run.since, moment)
    _compare_balance()
    run.differences = Difference.objects.count() - before
    run.finished_at = timezone.now()
    run.save(update_fields=["looked_at", "differences", "finished_at"])
    return run


def _since(now: datetime) -> datetime:
    last = Reconciliation.objects.exclude(finished_at=None).order_by("-started_at").first()
    return (last.started_at - OVERLAP) if last else now - FIRST_TIME


def _keep(booked: theirs.Movement) -> None:
    Movement.objects.get_or_create(
        movement_id=booked.movement_id,
        defaults={
            "kind": booked.kind,
            "amount_fen": booked.amount_fen,
            "fee_fen": booked.fee_fen,
            "currency": booked.currency,
            "source_id": booked.source_id,
            "intent_id": booked.intent_id,
            "at": booked.created_at,
        },
    )


class _StillUnderWay(Exception):
    """Our side of a booking is not written yet, and will be."""


def _answer(movement: Movement) -> None:
    """Find (or write) the ledger's side of a booking, or report that there is none."""
    with transaction.atomic():
        try:
            answer = _transaction_of(movement)
        except _StillUnderWay:
            return
        if answer is None:
            _report_unanswered(movement)
            return
        Movement.objects.filter(pk=movement.pk).update(transaction=answer)
        ours = _clearing_fen(answer)
        currencies = set(answer.entries.values_list("currency", flat=True))
        if ours != movement.amount_fen or currencies != {movement.currency}:
            differences.report(
                kind=D.AMOUNT,
                key=f"amount:{movement.movement_id}",
                subject=f"{movement.kind} {movement.source_id}",
                wanted=f"{ours} {', '.join(sorted(currencies))}",
                found=_sum(movement),
                order=answer.order,
            )
        elif movement.kind == "charge":
            _correct_fee(movement, answer)


def _report_unanswered(movement: Movement) -> None:
    payment = Payment.objects.filter(intent_id=movement.intent_id).first()
    kind, key = D.BOOKING, f"booking:{movement.movement_id}"
    if movement.kind == "charge" and payment is None:
        kind, key = D.UNKNOWN_INTENT, f"intent:{movement.intent_id}"
    elif payment is not None and payment.quarantined_reason:
        kind, key = D.PAYMENT, f"payment:{payment.pk}"
    differences.report(
        kind=kind,
        key=key,
        subject=f"{movement.kind} {movement.source_id or movement.movement_id}",
        found=_sum(movement),
        order=payment.order if payment else None,
    )


def _transaction_of(movement: Movement) -> Transaction | None:
    match movement.kind:
        case "charge":
            return _of_charge(movement.intent_id)
        case "refund" | "refund_failure":
            return _of_refund(movement)
        case "transfer":
            line = PayoutLine.objects.filter(transfer_id=movement.source_id).first()
            return _by_key(f"payout:{line.key}") if line else None
        case "adjustment":
            dispute = Dispute.objects.filter(provider_id=movement.source_id).first()
            step = "taken" if movement.amount_fen < 0 else "back"
            return _by_key(f"dispute:{dispute.pk}:{step}") if dispute else None
        case "payout" | "payout_cancel" | "payout_failure":
            return _book(movement, "bank", Kind.BANK)
    return None


def _of_charge(intent_id: str) -> Transaction | None:
    payment = Payment.objects.filter(intent_id=intent_id).select_related("order").first()
    if payment is None:
        return None
    found = _by_key(f"order:{payment.order.number}:paid") or _by_key(
        f"late:late:{payment.idempotency_key}"
    )
    if found is None and payment.state == Payment.State.SUCCEEDED:
        raise _StillUnderWay
    return found


def _of_refund(movement: Movement) -> Transaction | None:
    """A try that failed after it was booked was booked back; one that failed before was never the
    buyer's: in and out."""
    source = movement.source_id
    rows = Refund.objects.filter(Q(provider_id=source) | Q(failed_ids__contains=[source]))
    refund = rows.first() if source else None
    if refund is None:
        return None
    key = f"refund:{refund.key_of_try(source)}"
    found = _by_key(f"{key}:back" if movement.kind == "refund_failure" else key)
    if found is not None:
        return found
    if source in refund.failed_ids:
        return _book(movement, "bounced", Kind.REFUNDS, refund.payment.order)
    raise _StillUnderWay


def _book(
    movement: Movement, name: str, other: Kind, order: Order | None = None
) -> Transaction | None:
    """What nobody else books: money to and from our own bank account, and refunds that bounced."""
    key = f"{name}:{movement.movement_id}"
    fen = movement.amount_fen
    entries: Entries = {(Kind.CLEARING, None): fen, (other, None): -fen}
    ledger.post(key=key, kind=name, entries=entries, order=order, currency=movement.currency)
    return _by_key(key)


def _by_key(key: str) -> Transaction | None:
    return Transaction.objects.filter(key=key).first()


def _clearing_fen(answer: Transaction) -> int:
    rows = answer.entries.filter(account__kind=Kind.CLEARING)
    total: int = rows.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    return total


def _correct_fee(movement: Movement, paid: Transaction) -> None:
    """What the provider kept, where another sum (or none yet) was posted with the payment."""
    if paid.order is None:
        return
    entries = Entry.objects.filter(
        transaction__order=paid.order, transaction__kind__in=("paid", "fee")
    )
    posted = entries.filter(account__kind=Kind.PAYMENT_FEE).aggregate(
        fen=Sum("amount_fen", default=0)
    )["fen"]
    missing = movement.fee_fen + posted
    if missing:
        late: Entries = {
            (Kind.PLATFORM, None): missing,
            (Kind.PAYMENT_FEE, None): -missing,
        }
        ledger.post(key=f"fee:{movement.movement_id}", kind="fee", order=paid.order, entries=late)
    Payment.objects.filter(intent_id=movement.intent_id).exclude(fee_fen=movement.fee_fen).update(
        fee_fen=movement.fee_fen
    )


def _report_missing(since: datetime, now: datetime) -> None:
    """Money we believe to have moved, and the provider knows nothing of it."""
    ours = Transaction.objects.filter(
        kind__in=MOVES_MONEY,
        posted_at__gte=since,
        posted_at__lte=now - YOUNG,
        movements=None,
        entries__account__kind=Kind.CLEARING,
    )
    # The demo's past was paid at no provider.
    ours = ours.exclude(order__payments__intent_id__startswith="demo_")
    for one in ours.distinct().select_related("order"):
        fen = _clearing_fen(one)
        if fen:
            differences.report(
                kind=D.MISSING,
                key=f"missing:{one.key}",
                subject=one.key,
                wanted=str(fen),
                order=one.order,
            )
    for payment in Payment.objects.filter(
        state=Payment.State.SUCCEEDED,
        order__settlement__state=Settlement.State.DUE,
        order__settlement__attempts__gte=10,
    ).select_related("order"):
        differences.report(
            kind=D.MISSING,
            key=f"unsettled:{payment.order.number}",
            subject=f"{payment.order.number}: paid and not posted",
            wanted=str(payment.amount_fen),
            order=payment.order,
        )


def _compare_balance() -> None:
    """All that was booked there, against our entries that answer it: two bookings that are answered
    by one entry would pass everything else."""
    booked = Movement.objects.filter(transaction__isnull=False)
    there = booked.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    answered = Entry.objects.filter(
        account__kind=Kind.CLEARING, transaction__movements__isnull=False
    )
    ours = answered.distinct().aggregate(fen=Sum("amount_fen", default=0))["fen"]
    if there != ours:
        differences.report(
            kind=D.BALANCE,
            key=f"balance:{there - ours}",
            subject="clearing",
            wanted=str(ours),
            found=str(there),
        )


def _sum(movement: Movement) -> str:
    return f"{movement.amount_fen} {movement.currency}"
