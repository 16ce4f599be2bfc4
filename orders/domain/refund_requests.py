"""A buyer asks for money back; the producer, the region's staff, the rule or silence decides.

A request counts against the payment from its first moment. Whoever decides does it once: the
state machine lets one of several through. The money itself is sent by `refunds.send_due`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.pictures import make_renditions
from orders.domain import fulfilment, refund_rules, refunds
from orders.domain.refund_rights import require_deciding
from orders.domain.refund_shares import left_of
from orders.domain.refund_states import REFUND
from orders.domain.staff import tell_staff
from orders.models import Order, OrderLine, Payment, Refund, RefundPhoto, RefundRule

SMALL, LARGE = 320, 1200
RETURN_WITHIN = timedelta(days=7)
"""Goods that are returned are sent back within so long of asking, or the request is withdrawn."""
STAFF_WITHIN = timedelta(hours=48)
LONGEST = 400


def ask(
    *,
    order: Order,
    buyer: User,
    lines: Mapping[int, int],
    cause: Refund.Cause,
    reason: str,
    photos: Sequence["File[bytes]"],
    key: UUID,
) -> Refund:
    """Ask for `lines` (fen by the order's line ids) of one farm's goods back.

    The same key gives the same request. Raises DomainError `lines`, `one_farm`, `amount`, `cause`,
    `photos` and what is wrong with a picture (4xx), `not_paid`, `key_conflict`, `disputed`,
    `refund_too_large` (409). Locks the order, then the buyer.
    """
    name = _name(buyer, key)
    known = Refund.objects.filter(key=name).first()
    if known is not None:
        return _the_same(known, lines, cause)
    refund_rules.require_photos(cause, len(photos))
    drawn = [make_renditions(photo, widths=(SMALL, LARGE)) for photo in photos]
    with transaction.atomic():
        locked = fulfilment.lock(order)
        known = Refund.objects.filter(key=name).first()
        if known is not None:
            return _the_same(known, lines, cause)
        chosen = _chosen(locked, lines)
        for line in chosen:
            refund_rules.require_cause(locked, line, cause)
        left = left_of(locked)
        refund_rules.require_amounts(lines, left.lines)
        amount = sum(lines.values())
        if amount == sum(left.lines.values()) and cause != Refund.Cause.CHANGED_MIND:
            amount += left.freight_fen  # nothing good came of the journey
        User.objects.select_for_update(no_key=True).get(pk=buyer.pk)
        rule = refund_rules.rule_for(chosen)
        made = refunds.make(
            payment=_paid(locked),
            order=locked,
            amount_fen=amount,
            lines=lines,
            key=name,
            origin=Refund.Origin.REQUEST,
            actor=buyer,
            producer=chosen[0].producer,
            cause=cause,
            reason=reason.strip()[:LONGEST],
            decide_by=_first_deadline(cause, rule),
        )
        RefundPhoto.objects.bulk_create(
            RefundPhoto(refund=made, small=sizes[min(sizes)], large=sizes[max(sizes)])
            for sizes in drawn
        )
        if refund_rules.is_granted(rule, buyer=buyer, cause=cause, amount_fen=amount):
            refunds.approve_row(made, actor=None, is_automatic=True)
            _tell_buyer(made, locked, "approved", *APPROVED)
        else:
            _tell_buyer(made, locked, "asked", *(RETURNING if made.wants_goods_back else ASKED))
        _tell_producer(made, locked)
    return made


def is_asked(*, buyer: User, key: UUID) -> bool:
    """Whether the form with this key was sent before; `ask` then says whether it was the same."""
    return Refund.objects.filter(key=_name(buyer, key)).exists()


def send_goods_back(*, refund: Refund, carrier: str, number: str) -> None:
    """The buyer has sent the goods back under this number; now the producer has to answer.

    May be corrected as long as nobody decided. Raises DomainError `refund_decided` (409).
    """
    with transaction.atomic():
        locked = _lock(refund)
        if not locked.is_open:
            raise _decided()
        order = locked.payment.order
        is_first = locked.sent_back_at is None
        locked.sent_back_by, locked.sent_back_number = carrier[:60], number[:60]
        locked.sent_back_at = locked.sent_back_at or timezone.now()
        rule = refund_rules.rule_for(_lines_of(locked))
        # They travel first: the producer's time begins when they can have arrived.
        locked.decide_by = locked.sent_back_at + timedelta(days=5, hours=rule.answer_within_hours)
        locked.save(update_fields=["sent_back_by", "sent_back_number", "sent_back_at", "decide_by"])
        if is_first:
            _tell_producer(locked, order, is_back=True)


def withdraw(*, refund: Refund, actor: User) -> None:
    """The buyer does not want it any more. Raises DomainError `refund_decided` (409)."""
    with transaction.atomic():
        if not REFUND.advance(
            refund, Refund.State.WITHDRAWN, actor=actor, decided_at=timezone.now()
        ):
            raise _decided()


def approve(*, refund: Refund, actor: User, answer: str = "") -> None:
    """Grant it as asked. Raises DomainError `not_your_refund` (403), `refund_decided`,
    `disputed` (409)."""
    require_deciding(actor, refund)
    with transaction.atomic():
        order = fulfilment.lock(refund.payment.order)
        refund.refresh_from_db(fields=["state"])
        if not refund.is_open:  # one that failed is sent again by staff, who look at why
            raise _decided()
        refunds.require_undisputed(refund.payment)
        if not refunds.approve_row(refund, actor=actor, answer=answer.strip()[:LONGEST]):
            raise _decided()
        _write_down(refund, actor, "orders.approve_refund", answer)
        _tell_buyer(refund, order, "approved", *APPROVED)


def refuse(*, refund: Refund, actor: User, answer: str) -> None:
    """Say no, and why. Raises DomainError `answer` (422), `not_your_refund` (403),
    `refund_decided` (409)."""
    require_deciding(actor, refund)
    words = answer.strip()[:LONGEST]
    if not words:
        raise DomainError("answer", _("Say why not: the buyer reads it."))
    with transaction.atomic():
        order = fulfilment.lock(refund.payment.order)
        if not REFUND.advance(
            refund,
            Refund.State.REFUSED,
            actor=actor,
            note=words,
            answer=words,
            decided_at=timezone.now(),
            decided_by=actor,
        ):
            raise _decided()
        _write_down(refund, actor, "orders.refuse_refund", words)
        _tell_buyer(refund, order, "refused", *REFUSED, answer=words)


def _write_down(refund: Refund, actor: User, action: str, reason: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=refund,
        before={"state": Refund.State.REQUESTED},
        after={"state": refund.state, "amount_fen": refund.amount_fen},
        reason=reason,
    )


def decide_overdue(*, limit: int = 50) -> int:
    """Requests whose time is over: goods never sent back withdraw them, silence grants small
    ones, larger ones are handed to staff. Several may run at once; returns how many moved."""
    now = timezone.now()
    due = Refund.objects.filter(state=Refund.State.REQUESTED, decide_by__lte=now)
    done = 0
    for pk in list(due.order_by("decide_by").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = (
                Refund.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("payment__order__buyer", "producer__user")
                .filter(pk=pk, state=Refund.State.REQUESTED, decide_by__lte=now)
                .first()
            )
            if row is not None:
                _decide_silence(row, now)
                done += 1
    return done


def _decide_silence(row: Refund, now: datetime) -> None:
    order = row.payment.order
    if row.wants_goods_back and row.sent_back_at is None:
        REFUND.advance(row, Refund.State.WITHDRAWN, note="never sent back", decided_at=now)
        _tell_buyer(row, order, "withdrawn", *NEVER_SENT)
        return
    rule = refund_rules.rule_for(_lines_of(row))
    is_disputed = refunds.is_disputed(row.payment)
    if row.amount_fen <= rule.silence_most_fen and row.escalated_at is None and not is_disputed:
        refunds.approve_row(row, actor=None)
        _tell_buyer(row, order, "approved", *APPROVED)
        return
    times = int((now - row.requested_at) / STAFF_WITHIN)
    Refund.objects.filter(pk=row.pk).update(
        escalated_at=row.escalated_at or now, decide_by=now + STAFF_WITHIN
    )
    if row.escalated_at is None:
        _tell_buyer(row, order, "escalated", *ESCALATED)
    tell_staff(
        order=order,
        key=f"refund:{row.key}:staff:{times}",
        title=gettext_lazy("A request for money back waits for you"),
        body=_facts(
            gettext_lazy("Order {number}: ¥{amount}. The producer did not answer in time."),
            row,
            order,
        ),
        url=reverse("orders:refund_decide", args=[row.pk]),
    )


def _name(buyer: User, key: UUID) -> str:
    return f"ask:{buyer.pk}:{key}"


def _first_deadline(cause: Refund.Cause, rule: RefundRule) -> datetime:
    if cause == Refund.Cause.CHANGED_MIND:
        return timezone.now() + RETURN_WITHIN
    return timezone.now() + timedelta(hours=rule.answer_within_hours)


def _chosen(order: Order, lines: Mapping[int, int]) -> list[OrderLine]:
    chosen = list(
        order.lines.filter(pk__in=lines).select_related("product", "producer__user").order_by("pk")
    )
    if not chosen or len(chosen) != len(lines):
        raise DomainError("lines", _("Choose what it is about."))
    if len({line.producer_id for line in chosen}) > 1:
        message = _("These goods are of several farms. Please ask each farm by itself.")
        raise DomainError("one_farm", message)
    return chosen


def _paid(order: Order) -> Payment:
    payment = Payment.objects.filter(order=order, state=Payment.State.SUCCEEDED).first()
    if payment is None:
        raise DomainError("not_paid", _("This order has not been paid."), status=409)
    return payment


def _the_same(known: Refund, lines: Mapping[int, int], cause: Refund.Cause) -> Refund:
    asked = dict(known.lines.values_list("line", "amount_fen"))
    if asked != dict(lines) or known.cause != cause:
        raise refunds.key_conflict()
    return known


def _lock(refund: Refund) -> Refund:
    rows = Refund.objects.select_for_update(of=("self",))
    return rows.select_related("payment__order__buyer", "producer__user").get(pk=refund.pk)


def _lines_of(refund: Refund) -> list[OrderLine]:
    return list(OrderLine.objects.filter(refund_lines__refund=refund).select_related("product"))


def _decided() -> DomainError:
    message = _("This has been decided already.")
    return DomainError("refund_decided", message, status=409)


# --- What is said ------------------------------------------------------------------------------

ASKED = (
    gettext_lazy("We have your request"),
    gettext_lazy("¥{amount} of order {number}. The farm answers by {until}; you hear of it here."),
)
RETURNING = (
    gettext_lazy("Send the goods back, please"),
    gettext_lazy(
        "¥{amount} of order {number}. Send the goods back by {until} and enter the tracking number"
        " with your request."
    ),
)
APPROVED = (
    gettext_lazy("Your request is granted"),
    gettext_lazy("¥{amount} of order {number} goes back to where you paid from."),
)
REFUSED = (
    gettext_lazy("Your request was refused"),
    gettext_lazy("¥{amount} of order {number}. The answer: {answer}"),
)
ESCALATED = (
    gettext_lazy("Our staff looks at your request"),
    gettext_lazy("The farm did not answer in time about ¥{amount} of order {number}; now we do."),
)
NEVER_SENT = (
    gettext_lazy("Your return was closed"),
    gettext_lazy("The goods of order {number} were not sent back in time."),
)


def _facts(words: str | Promise, refund: Refund, order: Order, **more: object) -> str | Promise:
    until = timezone.localtime(refund.decide_by) if refund.decide_by else None
    facts: dict[str, object] = {
        "amount": format_fen(refund.amount_fen),
        "number": order.number,
        "until": f"{until:%Y-%m-%d %H:%M}" if until else "",
    }
    return format_lazy(words, **facts | more)


def _tell_buyer(
    refund: Refund,
    order: Order,
    step: str,
    title: Promise,
    body: Promise,
    **more: object,
) -> None:
    notify(
        user=order.buyer,
        kind=Kind.ORDER_REFUNDED,
        key=f"refund:{refund.pk}:{step}",
        title=title,
        body=_facts(body, refund, order, **more),
        url=refunds.refund_url(refund, order),
    )


def _tell_producer(refund: Refund, order: Order, *, is_back: bool = False) -> None:
    """The producer decides; without an account of theirs the region's staff does."""
    if refund.state == Refund.State.APPROVED:
        title = gettext_lazy("A small amount was given back")
        body = gettext_lazy("Order {number}: ¥{amount}, granted by the rule.")
    elif is_back:
        title = gettext_lazy("Goods are on their way back to you")
        body = gettext_lazy("Order {number}: ¥{amount}. Look at them and answer by {until}.")
    elif refund.wants_goods_back:
        title = gettext_lazy("A buyer wants to return goods")
        body = gettext_lazy("Order {number}: ¥{amount}. Answer when they are back with you.")
    else:
        title = gettext_lazy("A buyer asks for money back")
        body = gettext_lazy("Order {number}: ¥{amount}. Please answer by {until}.")
    words = _facts(body, refund, order)
    url = reverse("orders:refund_decide", args=[refund.pk])
    key = f"refund:{refund.pk}:{'back' if is_back else 'producer'}"
    user = refund.producer.user if refund.producer else None
    if user is None:
        tell_staff(order=order, key=key, title=title, body=words, url=url)
    else:
        notify(user=user, kind=Kind.SYSTEM, key=key, title=title, body=words, url=url)
