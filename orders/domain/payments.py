"""Paying an order, and learning from the provider what became of it.

The provider's present facts decide, never a webhook's content or a return address. No network
call happens inside a transaction; each one is preceded by the row that lets a sweep repeat it.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.wake import wake
from orders.domain import differences, festival_screen, payers, refunds, stock
from orders.domain.holds import order_url
from orders.domain.order_states import ORDER
from orders.domain.payment_states import OPEN, PAYMENT
from orders.models import Difference, Hold, Order, Payment, Settlement
from orders.payments import provider
from orders.payments.errors import (
    IntentMismatch,
    PaymentDeclined,
    PaymentError,
    ProviderUnavailable,
)
from orders.payments.protocol import (
    Method,
    OrderFacts,
    PaymentFacts,
    QrCode,
    Redirect,
    StartedPayment,
    Status,
)
from streams.domain import ticker

logger = logging.getLogger(__name__)

LOOK_AGAIN_AFTER = timedelta(minutes=5)
CLOSED = (Order.State.EXPIRED, Order.State.CANCELLED)
LONGEST_UNSEEN = (F("checked_at").asc(nulls_first=True), "pk")
"""A payment that cannot be dealt with goes to the end of the line and holds up no other."""


def start(*, order: Order, method: Method, return_url: str) -> StartedPayment:
    """Begin to pay, by whatever method was tried before: an order has one open intent.

    The first start extends the hold once. Raises DomainError `order_closed`, `payment_set_aside`
    (409) and whatever the provider says (`payment_declined`, `payment_refused`,
    `payment_unavailable`).
    """
    payment = _open_payment(order, method)
    _open_intent(order, payment)
    assert payment.intent_id
    try:
        started = provider().start(payment.intent_id, method=method, return_url=return_url)
    except PaymentDeclined as declined:
        reason = str(declined.facts.get("reason", ""))
        with transaction.atomic():
            PAYMENT.advance(payment, Payment.State.FAILED, failure_code=reason[:60])
        raise
    _note_start(payment, method, started)
    if started.status in (Status.SUCCEEDED, Status.CANCELLED):
        check(payment)
    return started


def check(payment: Payment) -> None:
    """Ask the provider how this payment stands and act on it. Safe to repeat, in any order."""
    if payment.intent_id and not payment.quarantined_reason:
        learn(payment, provider().fetch(payment.intent_id))


def learn(payment: Payment, facts: PaymentFacts) -> None:
    """Act on the provider's facts. A payment that is not this order's is set aside."""
    try:
        facts.require(facts_of(payment.order, payment))
    except IntentMismatch as mismatch:
        _set_aside(payment, mismatch)
        return
    match facts.status:
        case Status.SUCCEEDED:
            _succeed(payment, facts)
        case Status.FAILED:
            with transaction.atomic():
                PAYMENT.advance(payment, Payment.State.FAILED, failure_code=facts.failure_code[:60])
        case Status.CANCELLED:
            with transaction.atomic():
                PAYMENT.advance(payment, Payment.State.CANCELLED)
    Payment.objects.filter(pk=payment.pk).update(checked_at=timezone.now())


def check_open(*, limit: int = 100) -> int:
    """Look again at payments that have been open for a while; webhooks may have been lost."""
    before = timezone.now() - LOOK_AGAIN_AFTER
    rows = Payment.objects.filter(
        Q(checked_at=None, created_at__lt=before) | Q(checked_at__lt=before),
        state__in=OPEN,
        intent_id__isnull=False,
        quarantined_reason="",
    ).exclude(order__state__in=CLOSED)
    return _each(rows.select_related("order").order_by(*LONGEST_UNSEEN)[:limit], check)


def cancel_of_closed_orders(*, limit: int = 100) -> int:
    """Cancel what can still be paid of orders that expired or were cancelled."""
    rows = Payment.objects.filter(
        state__in=OPEN, order__state__in=CLOSED, quarantined_reason=""
    ).select_related("order")
    return _each(rows.order_by(*LONGEST_UNSEEN)[:limit], _cancel)


def facts_of(order: Order, payment: Payment) -> OrderFacts:
    return OrderFacts(
        reference=order.number, amount_fen=payment.amount_fen, currency=order.currency
    )


def _open_payment(order: Order, method: Method) -> Payment:
    """The order's open payment, made if there is none; the hold is extended, once."""
    now = timezone.now()
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if locked.state != Order.State.PLACED or locked.expires_at <= now:
            message = _("This order can no longer be paid. If the goods are there, buy again.")
            raise DomainError("order_closed", message, status=409)
        tried = list(Payment.objects.filter(order=locked).order_by("-pk"))
        payment = next((one for one in tried if one.state in OPEN), None)
        if payment is not None and payment.quarantined_reason:
            # What was paid to it would count for nothing: a person looks at it first.
            message = _("We are checking this payment. You need not do anything.")
            raise DomainError("payment_set_aside", message, status=409)
        if payment is None:
            payment = Payment.objects.create(
                order=locked,
                method=method,
                idempotency_key=f"order:{locked.number}:{len(tried) + 1}",
                amount_fen=locked.total_fen,
                currency=locked.currency,
            )
        _extend_once(locked)
    order.expires_at = locked.expires_at
    return payment


def _extend_once(order: Order) -> None:
    """Paying takes a while: the time begins anew, one time, as long as the sale's kind gives."""
    now = timezone.now()
    is_flash = order.lines.filter(deal__is_flash=True).exists()
    seconds = settings.FLASH_HOLD_SECONDS if is_flash else settings.HOLD_SECONDS
    until = now + timedelta(seconds=seconds)
    holds = Hold.objects.filter(order=order, state=Hold.State.HELD, extended_at=None)
    if holds.update(expires_at=until, extended_at=now):
        order.expires_at = until
        order.save(update_fields=["expires_at"])


def _open_intent(order: Order, payment: Payment) -> None:
    """The order ↔ intent mapping is stored before anything can be paid by it."""
    if payment.intent_id:
        return
    wanted = facts_of(order, payment)
    facts = provider().open(wanted, idempotency_key=payment.idempotency_key)
    facts.require(wanted)
    rows = Payment.objects.filter(pk=payment.pk, state__in=OPEN)
    if not rows.update(intent_id=facts.intent_id):
        provider().cancel(facts.intent_id)  # the order was closed meanwhile
        message = _("This order can no longer be paid. If the goods are there, buy again.")
        raise DomainError("order_closed", message, status=409)
    payment.intent_id = facts.intent_id


def _set_aside(payment: Payment, mismatch: IntentMismatch) -> None:
    """Not this order's money: nothing is shipped for it, and somebody has to look into it."""
    logger.error("quarantined: %s", mismatch)
    with transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(
            quarantined_reason=str(mismatch)[:120], checked_at=timezone.now()
        )
        differences.report(
            kind=Difference.Kind.PAYMENT,
            key=f"payment:{payment.pk}",
            subject=f"{payment.order.number}: {mismatch.intent_id}",
            wanted=", ".join(
                f"{name} {ours}" for name, (ours, _its) in mismatch.differences.items()
            ),
            found=", ".join(f"{name} {its}" for name, (_ours, its) in mismatch.differences.items()),
            order=payment.order,
        )


def _note_start(payment: Payment, method: Method, started: StartedPayment) -> None:
    match started.next:
        case Redirect(url=url):
            action: dict[str, Any] = {"redirect": url}
        case QrCode(data=data, hosted_url=hosted_url):
            action = {"qr": data, "hosted_url": hosted_url}
        case _:  # a card form's secret is for this one answer, not for the database
            action = {}
    with transaction.atomic():
        PAYMENT.advance(payment, Payment.State.PENDING, note=method.value)
        Payment.objects.filter(pk=payment.pk, state=Payment.State.PENDING).update(
            method=method, next_action=action, failure_code=""
        )


def _succeed(payment: Payment, facts: PaymentFacts) -> None:
    """The money is there. One transaction: payment, order, stock, settlement, message."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("buyer", "broadcast")
        paid = order.get(pk=payment.order_id)
        known: dict[str, Any] = {} if facts.fee_fen is None else {"fee_fen": facts.fee_fen}
        if facts.method is not None:
            known["method"] = facts.method.value
        if facts.payer_fingerprint:
            known["payer_mark"] = payers.mark_of(facts.payer_fingerprint)
        if not PAYMENT.advance(payment, Payment.State.SUCCEEDED, **known):
            Payment.objects.filter(pk=payment.pk, fee_fen=None).update(fee_fen=facts.fee_fen)
            return
        if not _pay(paid):
            refunds.refund_late(payment=payment)
            return
        Settlement.objects.get_or_create(order=paid)
        tell_buyer(paid)
        _tell_room(paid)
        wake("orders.settle_due")


def _pay(order: Order) -> bool:
    """placed → paid, or expired → paid if the goods are still there. False: give it back."""
    now = timezone.now()
    if order.state == Order.State.PLACED:
        return ORDER.advance(order, Order.State.PAID, paid_at=now) and stock.sell_holds(order)
    if order.state != Order.State.EXPIRED:
        return False
    try:
        with transaction.atomic():
            stock.take_again(order)
            return ORDER.advance(
                order, Order.State.PAID, note="paid late", paid_at=now, closed_at=None
            )
    except DomainError:
        return False


def tell_buyer(order: Order) -> None:
    """The message that an order is paid, once."""
    notify(
        user=order.buyer,
        kind=Kind.ORDER_PAID,
        key=f"order:{order.number}:paid",
        title=gettext_lazy("Paid. Thank you!"),
        body=format_lazy(
            gettext_lazy("Order {number} goes to the farm now; we write again when it is sent."),
            number=order.number,
        ),
        url=order_url(order),
    )


def _tell_room(order: Order) -> None:
    """Each line to the show that sold it, and all of them to their festival's wall."""
    lines = list(order.lines.select_related("product", "broadcast", "deal"))
    festival_screen.note_lines(buyer=order.buyer, lines=lines)
    for line in lines:
        if line.broadcast is not None:
            ticker.announce_order(
                broadcast=line.broadcast,
                buyer=order.buyer,
                product=line.product,
                quantity=line.quantity,
            )


def _cancel(payment: Payment) -> None:
    intent_id = payment.intent_id or _close_unopened(payment)
    if intent_id:
        learn(payment, provider().cancel(intent_id))


def _close_unopened(payment: Payment) -> str:
    """Close a payment that has no intent; if it got one at this very moment, that intent."""
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if not locked.intent_id:
            PAYMENT.advance(locked, Payment.State.CANCELLED)
        return locked.intent_id or ""


def _each(payments: Iterable[Payment], work: Any) -> int:
    """One that fails does not stop the others; the sweep comes back to it. Where the provider does
    not answer, the others would hear the same."""
    done = 0
    for payment in payments:
        try:
            work(payment)
            done += 1
        except Exception as error:
            if isinstance(error, PaymentError):
                logger.warning("payment %s: %s", payment.pk, error)
            else:
                logger.exception("payment %s", payment.pk)
            Payment.objects.filter(pk=payment.pk).update(checked_at=timezone.now())
            if isinstance(error, ProviderUnavailable):
                break
    return done


def paid_fen(order: Order) -> int:
    """What the buyer paid and has not got back."""
    paid = order.payments.filter(state=Payment.State.SUCCEEDED)
    return sum(payment.amount_fen - payment.refunded_fen for payment in paid)
