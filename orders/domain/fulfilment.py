"""An order follows its parcels: it is shipped when all of it is, delivered when every parcel is.

An order may hold lines of several producers; each prepares and sends their own. Whoever changes
an order's parcels holds the order's row lock (`lock`), so that two people never send the same
unit; the database's CHECK on the line stands behind that.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain.order_states import ORDER
from orders.models import Order, OrderLine, Parcel, Payment, Preparation
from products.models import Producer

TO_PREPARE = (Order.State.PAID, Order.State.PREPARING)
UNSENT = F("quantity") - F("shipped_quantity") - F("withdrawn_quantity")
STILL_TO_SEND = Q(quantity__gt=F("shipped_quantity") + F("withdrawn_quantity"))


def lock(order: Order) -> Order:
    """The order's row, locked until the transaction ends, with its buyer."""
    return Order.objects.select_for_update(of=("self",)).select_related("buyer").get(pk=order.pk)


def prepare(*, order: Order, producer: Producer, actor: User) -> bool:
    """The producer begins with their part; the order is being prepared from the first on.

    False if they had begun before. Raises DomainError `not_to_prepare` (409).
    """
    with transaction.atomic():
        locked = lock(order)
        if locked.state not in TO_PREPARE:
            raise DomainError("not_to_prepare", why_not(locked), status=409)
        _row, is_new = Preparation.objects.get_or_create(
            order=locked, producer=producer, defaults={"begun_by": actor}
        )
        if locked.state == Order.State.PAID:
            ORDER.advance(locked, Order.State.PREPARING, actor=actor)
    order.state = locked.state
    return is_new


def follow(order: Order, *, actor: User | None = None) -> None:
    """Move an order on to where its parcels are. The caller holds its lock.

    Call it too after units were withdrawn: what is left may have been sent already.
    """
    units = order.lines.aggregate(left=Sum(UNSENT), sent=Sum("shipped_quantity"))
    if not units["sent"]:
        return
    if order.state == Order.State.PAID:
        ORDER.advance(order, Order.State.PREPARING, actor=actor)
    if units["left"]:
        return
    if order.state == Order.State.PREPARING:
        ORDER.advance(order, Order.State.SHIPPED, actor=actor)
    arrived = order.parcels.aggregate(
        last=Max("delivered_at"), on_way=Max("pk", filter=Q(state=Parcel.State.SHIPPED))
    )
    if order.state == Order.State.SHIPPED and arrived["on_way"] is None:
        ORDER.advance(order, Order.State.DELIVERED, actor=actor, delivered_at=arrived["last"])


def follow_all(orders: Sequence[Order], *, actor: User | None = None) -> None:
    """As `follow` for orders that have just got another parcel, in seven statements at most."""
    units = {
        row["order"]: row["left"]
        for row in OrderLine.objects.filter(order__in=orders)
        .values("order")
        .annotate(left=Sum(UNSENT))
        .order_by("order")
    }
    begun = [order for order in orders if order.state == Order.State.PAID]
    ORDER.advance_all(begun, Order.State.PREPARING, actor=actor)
    sent = [order for order in orders if not units[order.pk]]
    ORDER.advance_all(sent, Order.State.SHIPPED, actor=actor)


def withdraw(*, line: OrderLine, quantity: int) -> None:
    """These units were given back before they were sent: nobody has to send them any more.

    Belongs into the transaction that holds the order's lock; call `follow` after the last one.
    Raises DomainError `units_sent` (409) if they are in a parcel already.
    """
    rows = OrderLine.objects.filter(
        pk=line.pk,
        quantity__gte=F("shipped_quantity") + F("withdrawn_quantity") + quantity,
    )
    if quantity < 1 or not rows.update(withdrawn_quantity=F("withdrawn_quantity") + quantity):
        raise DomainError("units_sent", _("These goods are on their way already."), status=409)
    line.withdrawn_quantity += quantity


def is_anything_sent(order: Order) -> bool:
    return order.parcels.exists()


def delivered_at(order: Order) -> datetime | None:
    """When the last parcel arrived (UTC); None while anything is unsent or on its way.

    The seven-day return clock starts on the day after this one, in the shop's time zone.
    """
    return order.delivered_at


def due_at(order: Order) -> datetime | None:
    """By when the whole order ought to be on its way; None before it is paid."""
    if order.paid_at is None:
        return None
    return order.paid_at + timedelta(hours=settings.SHIP_WITHIN_HOURS)


def due_day(order: Order) -> date | None:
    due = due_at(order)
    return None if due is None else timezone.localdate(due)


def given_back() -> QuerySet[Payment]:
    """Payments of which nothing is left: their goods are nobody's to wait for."""
    return Payment.objects.filter(state=Payment.State.SUCCEEDED, refunded_fen__gte=F("amount_fen"))


def require_sending(order: Order) -> None:
    """Raises DomainError `not_to_send` (409) for what nobody should put into a parcel now."""
    words = why_not_send(order, money_is_back=given_back().filter(order=order).exists())
    if words:
        raise DomainError("not_to_send", words, status=409)


def why_not_send(order: Order, *, money_is_back: bool) -> str:
    """Empty where it may be sent."""
    if order.state not in TO_PREPARE:
        return why_not(order)
    if money_is_back:
        return _("All the money for this order was given back. Do not send anything.")
    return ""


def why_not(order: Order) -> str:
    """Why nothing of this order can be prepared or sent now, in words for who wants to."""
    match order.state:
        case Order.State.PLACED | Order.State.EXPIRED:
            return _("This order has not been paid. Do not send anything.")
        case Order.State.CANCELLED:
            return _("This order was cancelled. Do not send anything.")
        case _state:
            return _("All of this order is on its way already.")
