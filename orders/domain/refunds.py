"""Money back: decided by a person (or by the shop, when it came too late), sent by a sweep.

A refund counts against its payment from the moment it is decided, under a CHECK of the
database: however many are asked for at once, no more goes back than was paid.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.wake import wake
from orders.domain import ledger, stock
from orders.domain.holds import order_url
from orders.domain.money_shares import Entries, refund_entries
from orders.domain.money_shares import Kind as AccountKind
from orders.domain.order_states import ORDER
from orders.domain.refund_states import REFUND
from orders.models import Order, Payment, Refund, Settlement
from orders.payments import provider
from orders.payments.errors import PaymentError, PaymentRefused
from orders.payments.protocol import RefundFacts, RefundStatus

logger = logging.getLogger(__name__)

NOT_SENT_YET = (Order.State.PAID, Order.State.PREPARING)


def refund(*, payment: Payment, amount_fen: int, reason: str, actor: User, key: str) -> Refund:
    """Decide to give back part or all of a payment; the sweep sends it.

    All of it before the goods are sent also cancels the order and restocks. The same `key`
    gives the same refund. Raises DomainError `refund_amount` (422), `refund_too_large` (409).
    """
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        return known
    if amount_fen <= 0:
        raise DomainError("refund_amount", _("A refund is more than nothing."))
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        made = _approve(payment, amount_fen, reason, key, actor)
        payment.refresh_from_db()
        if payment.refunded_fen == payment.amount_fen and order.state in NOT_SENT_YET:
            ORDER.advance(
                order, Order.State.CANCELLED, actor=actor, note=reason, closed_at=timezone.now()
            )
            stock.restock(order)
        wake("orders.send_refunds")
    return made


def refund_late(*, payment: Payment) -> Refund:
    """The money came when the order was closed and the goods were gone: give all of it back.
    Inside the transaction that records the payment."""
    wake("orders.send_refunds")
    key = f"late:{payment.idempotency_key}"
    return _approve(payment, payment.amount_fen, "paid after the order was closed", key, None)


def send_due(*, limit: int = 50) -> int:
    """Send decided refunds to the provider and follow those on their way; returns how many."""
    due = Refund.objects.filter(
        state__in=[Refund.State.APPROVED, Refund.State.IN_TRANSIT], due_at__lte=timezone.now()
    ).select_related("payment__order__buyer")
    done = 0
    for one in due.order_by("due_at")[:limit]:
        try:
            _learn(one, _ask_provider(one))
            done += 1
        except PaymentRefused as error:
            logger.error("refund %s was refused: %s", one.key, error)
            _fail(one, error.reason)
        except PaymentError as error:
            _try_later(one, str(error))
    return done


def follow_up(payment: Payment) -> None:
    """A webhook spoke of this payment: look at its refunds on their way now."""
    rows = payment.refunds.filter(state=Refund.State.IN_TRANSIT)
    if rows.update(due_at=timezone.now()):
        wake("orders.send_refunds")


def _approve(
    payment: Payment, amount_fen: int, reason: str, key: str, actor: User | None
) -> Refund:
    room = Payment.objects.filter(
        pk=payment.pk,
        state=Payment.State.SUCCEEDED,
        refunded_fen__lte=F("amount_fen") - amount_fen,
    )
    if not room.update(refunded_fen=F("refunded_fen") + amount_fen):
        message = _("No more can be given back than was paid.")
        raise DomainError("refund_too_large", message, status=409)
    made = Refund.objects.create(
        payment=payment, key=key, amount_fen=amount_fen, reason=reason[:200], requested_by=actor
    )
    REFUND.advance(made, Refund.State.APPROVED, actor=actor)
    return made


def _ask_provider(one: Refund) -> RefundFacts:
    if one.provider_id:
        return provider().fetch_refund(one.provider_id)
    return provider().refund(
        one.payment.intent_id or "",
        amount_fen=one.amount_fen,
        idempotency_key=one.key,
        reason=one.reason,
    )


def _learn(one: Refund, facts: RefundFacts) -> None:
    match facts.status:
        case RefundStatus.SUCCEEDED:
            finish(one, provider_id=facts.refund_id)
        case RefundStatus.PENDING:
            with transaction.atomic():
                REFUND.advance(one, Refund.State.IN_TRANSIT, provider_id=facts.refund_id)
            _try_later(one, "")
        case _:
            _fail(one, facts.failure_code or facts.status.value)


def finish(one: Refund, *, provider_id: str) -> None:
    """The money is back with the buyer: book it and say so, once."""
    order = one.payment.order
    with transaction.atomic():
        if not REFUND.advance(
            one, Refund.State.DONE, provider_id=provider_id, done_at=timezone.now()
        ):
            return
        # One refund of a payment is booked at a time: each builds on the sum of those before it.
        Payment.objects.select_for_update().get(pk=one.payment_id)
        _book(one, order)
        notify(
            user=order.buyer,
            kind=Kind.ORDER_REFUNDED,
            key=f"refund:{one.key}",
            title=gettext_lazy("Your money is on its way back"),
            body=format_lazy(
                gettext_lazy(
                    "¥{amount} of order {number} goes to where you paid from, usually within five"
                    " working days."
                ),
                amount=format_fen(one.amount_fen),
                number=order.number,
            ),
            url=order_url(order),
        )


def _book(one: Refund, order: Order) -> None:
    if not Settlement.objects.filter(order=order).exists():
        _book_unsettled(one, order)
        return
    done = one.payment.refunds.filter(state=Refund.State.DONE).exclude(pk=one.pk)
    before = done.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    entries = refund_entries(ledger.shares_of(order), before_fen=before, amount_fen=one.amount_fen)
    ledger.post(key=f"refund:{one.key}", kind="refund", order=order, entries=entries)


def _book_unsettled(one: Refund, order: Order) -> None:
    """Money that came too late was nobody's share: in and out, and the fee is the platform's."""
    fee = one.payment.fee_fen or 0
    received: Entries = {
        (AccountKind.CLEARING, None): one.amount_fen,
        (AccountKind.REFUNDS, None): -one.amount_fen,
    }
    given_back: Entries = {key: -fen for key, fen in received.items()}
    ledger.post(key=f"late:{one.key}", kind="late", order=order, entries=received)
    ledger.post(key=f"refund:{one.key}", kind="refund", order=order, entries=given_back)
    if fee:
        paid: Entries = {(AccountKind.PLATFORM, None): fee, (AccountKind.PAYMENT_FEE, None): -fee}
        ledger.post(key=f"fee:{one.key}", kind="fee", order=order, entries=paid)


def _fail(one: Refund, why: str) -> None:
    with transaction.atomic():
        if REFUND.advance(one, Refund.State.FAILED, note=why, last_error=why[:200]):
            Payment.objects.filter(pk=one.payment_id).update(
                refunded_fen=F("refunded_fen") - one.amount_fen
            )


def _try_later(one: Refund, why: str) -> None:
    pause = timedelta(seconds=min(5 * 2**one.attempts, 3600))
    Refund.objects.filter(pk=one.pk).update(
        attempts=F("attempts") + 1, due_at=timezone.now() + pause, last_error=why[:200]
    )
