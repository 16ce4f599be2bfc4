"""Money back: a row first, then sent by a sweep, exactly once.

A refund counts against its payment from the moment its row is there (a trigger and a CHECK of the
database see to it): however many are asked for at once, no more goes back than was paid. Who may
ask and who decides is `refund_requests`.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.wake import wake
from orders.domain import differences, ledger, stock
from orders.domain.money_shares import Entries
from orders.domain.money_shares import Kind as AccountKind
from orders.domain.order_states import ORDER
from orders.domain.refund_shares import entries_of, left_of, spread
from orders.domain.refund_states import REFUND
from orders.domain.staff import tell_farms, tell_staff
from orders.models import (
    Difference,
    Dispute,
    Order,
    Payment,
    Refund,
    RefundEvent,
    RefundLine,
    Settlement,
)
from orders.payments import provider
from orders.payments.errors import PaymentError, PaymentRefused, ProviderUnavailable
from orders.payments.protocol import RefundFacts, RefundStatus

logger = logging.getLogger(__name__)

BEYOND_WHAT_WAS_PAID = ("refunds_within_payment", "refund_of_what_was_paid")
"""Constraints of the database."""
LATE = timedelta(hours=1)
"""A refund that has been due for so long may have been asked for by a worker that was killed."""
NOT_SENT_YET = (Order.State.PAID, Order.State.PREPARING)


def refund(*, payment: Payment, amount_fen: int, reason: str, actor: User, key: str) -> Refund:
    """Staff gives back part or all of a payment; the sweep sends it.

    All of it before the goods are sent also cancels the order and restocks. The same `key`
    gives the same refund. Raises DomainError `refund_amount` (422), `refund_too_large`,
    `key_conflict` and `disputed` (409).
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            if (known.payment_id, known.amount_fen) != (payment.pk, amount_fen):
                raise key_conflict()
            return known
        made = make(
            payment=payment,
            order=order,
            amount_fen=amount_fen,
            key=key,
            origin=Refund.Origin.STAFF,
            actor=actor,
            reason=reason,
        )
        approve_row(made, actor=actor)
        audit.record(
            actor=actor,
            action="orders.refund",
            subject=made,
            after={"order": order.number, "amount_fen": amount_fen},
            reason=reason,
        )
        payment.refresh_from_db()
        is_all = payment.refunded_fen == payment.amount_fen
        if is_all and order.state in NOT_SENT_YET and not order.parcels.exists():
            ORDER.advance(
                order, Order.State.CANCELLED, actor=actor, note=reason, closed_at=timezone.now()
            )
            stock.restock(order)
            lines = order.lines.select_related("producer__user")
            tell_farms(order=order, units=[(line, line.quantity) for line in lines])
    return made


def refund_late(*, payment: Payment) -> Refund | None:
    """The money came when the order was closed and the goods were gone: give all of it back.
    Inside the transaction that records the payment.

    None where the buyer's bank has taken it back already: the books say so, and a person looks
    at what the bank decides.
    """
    _book_late(payment)
    if is_disputed(payment):
        differences.report(
            kind=Difference.Kind.PAYMENT,
            key=f"late:{payment.pk}",
            subject=f"{payment.order.number}: paid after the order was closed, and disputed",
            found=str(payment.amount_fen),
            order=payment.order,
        )
        return None
    made = make(
        payment=payment,
        order=payment.order,
        amount_fen=payment.amount_fen,
        key=f"late:{payment.idempotency_key}",
        origin=Refund.Origin.LATE,
        actor=None,
        reason="paid after the order was closed",
    )
    approve_row(made, actor=None)
    return made


def look_again(payment: Payment) -> None:
    """A webhook spoke of this payment's refunds: what was done may have bounced since."""
    for one in payment.refunds.filter(state=Refund.State.DONE).exclude(provider_id=""):
        facts = provider().fetch_refund(one.provider_id)
        if facts.status in (RefundStatus.FAILED, RefundStatus.CANCELLED):
            _fail(one, facts)


def make(
    *,
    payment: Payment,
    order: Order,
    amount_fen: int,
    key: str,
    origin: Refund.Origin,
    actor: User | None,
    lines: Mapping[int, int] | None = None,
    **fields: Any,
) -> Refund:
    """The row of a refund, requested; from here on it counts against its payment.

    `lines` are fen by the ids of the order's lines, by default a part of each. The caller holds
    the order's row. Raises DomainError `refund_amount` (422), `refund_too_large`, `disputed` (409).
    """
    if type(amount_fen) is not int or amount_fen <= 0:
        raise DomainError("refund_amount", _("A refund is more than nothing."))
    require_undisputed(payment)
    left = left_of(order)
    if amount_fen > left.total_fen:
        raise _too_large(is_asked=origin == Refund.Origin.STAFF and payment.asked_fen > 0)
    try:
        with transaction.atomic():
            made = Refund.objects.create(
                payment=payment,
                key=key,
                origin=origin,
                amount_fen=amount_fen,
                requested_by=actor,
                **fields,
            )
    except IntegrityError as error:
        facts = getattr(error.__cause__, "diag", None)
        if getattr(facts, "constraint_name", None) in BEYOND_WHAT_WAS_PAID:
            raise _too_large() from error
        raise
    parts = spread(left, amount_fen) if lines is None else lines
    RefundLine.objects.bulk_create(
        RefundLine(refund=made, line_id=line, amount_fen=fen) for line, fen in sorted(parts.items())
    )
    RefundEvent.objects.create(refund=made, to_state=Refund.State.REQUESTED, actor=actor)
    return made


def is_disputed(payment: Payment) -> bool:
    """A bank has taken this money back, for now or for good: the provider refunds none of it."""
    return payment.disputes.exclude(state=Dispute.State.WON).exists()


def require_undisputed(payment: Payment) -> None:
    """Raises DomainError `disputed` (409)."""
    if is_disputed(payment):
        message = _("The buyer’s bank is looking at this payment. Nothing can be given back here.")
        raise DomainError("disputed", message, status=409)


def approve_row(
    one: Refund, *, actor: User | None, answer: str = "", is_automatic: bool = False
) -> bool:
    """requested → approved, inside the caller's transaction; the sweep sends the money."""
    wake("orders.send_refunds")
    now = timezone.now()
    return REFUND.advance(
        one,
        Refund.State.APPROVED,
        actor=actor,
        note=answer,
        decided_at=now,
        decided_by=actor,
        answer=answer,
        is_automatic=is_automatic,
        due_at=now,
    )


def retry(*, one: Refund, actor: User) -> None:
    """A refund that failed is sent once more, under a new key at the provider.

    Raises DomainError `refund_not_failed`, `refund_too_large` (409).
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=one.payment.order_id)
        one.refresh_from_db(fields=["state"])
        is_on = False
        if one.state == Refund.State.FAILED:
            _require_still_there(one, order)
            now = timezone.now()
            is_on = REFUND.advance(one, Refund.State.APPROVED, actor=actor, due_at=now)
        if not is_on:
            message = _("Only a refund that failed can be sent again.")
            raise DomainError("refund_not_failed", message, status=409)
        wake("orders.send_refunds")


def _require_still_there(one: Refund, order: Order) -> None:
    """While it had failed it counted for nothing: others may have been given for the same goods."""
    left, mine = left_of(order), dict(one.lines.values_list("line", "amount_fen"))
    freight = one.amount_fen - sum(mine.values())
    if freight > left.freight_fen or any(fen > left.lines[line] for line, fen in mine.items()):
        raise _too_large()


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
        except ProviderUnavailable as error:
            _try_later(one, str(error))
            break  # the others would hear the same
        except PaymentError as error:
            _try_later(one, str(error))
        except Exception as error:  # one that cannot be sent must not hold up the others
            logger.exception("refund %s", one.key)
            _try_later(one, repr(error))
    return done


def follow_up(payment: Payment) -> None:
    """A webhook spoke of this payment: look at its refunds on their way now."""
    rows = payment.refunds.filter(state=Refund.State.IN_TRANSIT)
    if rows.update(due_at=timezone.now()):
        wake("orders.send_refunds")


def key_conflict() -> DomainError:
    message = _("This form was used for another request already. Open it anew.")
    return DomainError("key_conflict", message, status=409)


def _too_large(*, is_asked: bool = False) -> DomainError:
    message = _("No more can be given back than was paid.")
    if is_asked:
        message = _("The buyer has asked for a part of it already. Decide on that request first.")
    return DomainError("refund_too_large", message, status=409)


def _ask_provider(one: Refund) -> RefundFacts:
    if one.provider_id:
        return provider().fetch_refund(one.provider_id)
    intent_id = one.payment.intent_id or ""
    if one.attempts or one.due_at < timezone.now() - LATE:  # asked before, perhaps: the answer lost
        made = provider().find_refund(intent_id, idempotency_key=one.try_key)
        if made is not None:
            return made
    return provider().refund(
        intent_id,
        amount_fen=one.amount_fen,
        idempotency_key=one.try_key,
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
            _fail(one, facts)


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
            url=refund_url(one, order),
        )


def _book(one: Refund, order: Order) -> None:
    if Settlement.objects.filter(order=order).exists():
        entries = entries_of(one, order)
        key = f"refund:{one.try_key}"
        ledger.post(key=key, kind="refund", order=order, entries=entries)
    else:
        _book_unsettled(one, order)


def _book_unsettled(one: Refund, order: Order) -> None:
    """Money that came too late was nobody's share: in and out, and the fee is the platform's."""
    _book_late(one.payment)
    given_back: Entries = {
        (AccountKind.CLEARING, None): -one.amount_fen,
        (AccountKind.REFUNDS, None): one.amount_fen,
    }
    key = f"refund:{one.try_key}"
    ledger.post(key=key, kind="refund", order=order, entries=given_back)


def _book_late(payment: Payment) -> None:
    """It waits in the refunds account, once a payment, whichever refund takes it out again. A fee
    that is not known yet is posted by the comparison of the books."""
    name, order, fee = f"late:{payment.idempotency_key}", payment.order, payment.fee_fen or 0
    received: Entries = {
        (AccountKind.CLEARING, None): payment.amount_fen,
        (AccountKind.REFUNDS, None): -payment.amount_fen,
    }
    is_new = ledger.post(key=f"late:{name}", kind="late", order=order, entries=received)
    if is_new and fee:
        paid: Entries = {(AccountKind.PLATFORM, None): fee, (AccountKind.PAYMENT_FEE, None): -fee}
        ledger.post(key=f"fee:{name}", kind="fee", order=order, entries=paid)


def _fail(one: Refund, found: RefundFacts | str) -> None:
    """Its amount counts no more; staff is told, because the buyer still waits for it. What was
    booked, if it had been done, is booked back. `found` is what the provider says, or why it
    would not begin."""
    order = one.payment.order
    why, provider_id = found, ""
    if isinstance(found, RefundFacts):
        why, provider_id = found.failure_code or found.status.value, found.refund_id
    with transaction.atomic():
        booked = f"refund:{one.try_key}"
        if not REFUND.advance(
            one,
            Refund.State.FAILED,
            note=str(why),
            last_error=str(why)[:200],
            provider_id="",
            failed_ids=[*one.failed_ids, provider_id],
        ):
            return
        back = ledger.undone(booked)
        if back:
            ledger.post(key=f"{booked}:back", kind="refund", order=order, entries=back)
        tell_staff(
            order=order,
            key=f"refund:{one.key}:failed:{len(one.failed_ids)}",
            title=gettext_lazy("A refund did not go through"),
            body=format_lazy(
                gettext_lazy("¥{amount} of order {number} could not be sent back: {why}"),
                amount=format_fen(one.amount_fen),
                number=order.number,
                why=str(why),
            ),
            url=reverse("admin:orders_refund_change", args=[one.pk]),
        )


def _try_later(one: Refund, why: str) -> None:
    pause = timedelta(seconds=min(5 * 2**one.attempts, 3600))
    Refund.objects.filter(pk=one.pk).update(
        attempts=F("attempts") + 1, due_at=timezone.now() + pause, last_error=why[:200]
    )


def refund_url(one: Refund, order: Order) -> str:
    return reverse("orders:refund", args=[order.number, one.pk])
