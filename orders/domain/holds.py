"""Holds end by themselves: the due time is a row, and a sweep finds it."""

import logging

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.wake import wake
from orders.domain import stock
from orders.domain.order_states import ORDER
from orders.models import Order

logger = logging.getLogger(__name__)

MOST_OPEN = 20
"""So many orders of one account may wait for payment at a time: holding goods is for buying."""


def release_expired(*, limit: int = 200, rounds: int = 25) -> int:
    """Expire unpaid orders whose time is over and give their stock back, `limit` at a time, as long
    as there are so many: a flash sale's all end at once. Returns how many.

    Several may run at once (SKIP LOCKED). What was being paid is cancelled afterwards: an open
    payment of a closed order is the row that `payments.cancel_of_closed_orders` looks for.
    """
    done = 0
    for _round in range(rounds):
        try:
            released = _release(_expired(), limit)
        except (DomainError, DatabaseError):
            logger.exception("expired orders could not be released together: now one by one")
            return done + _release_one_by_one(limit)
        done += released
        if released < limit:
            break
    return done


def _expired() -> QuerySet[Order]:
    return Order.objects.filter(state=Order.State.PLACED, expires_at__lte=timezone.now())


def _release_one_by_one(limit: int) -> int:
    """An order whose stock does not add up must not keep everybody else's goods."""
    done = 0
    for pk in list(_expired().order_by("expires_at").values_list("pk", flat=True)[:limit]):
        try:
            done += _release(_expired().filter(pk=pk), 1)
        except (DomainError, DatabaseError):
            logger.exception("order %s could not be released", pk)
    return done


def _release(rows: QuerySet[Order], limit: int) -> int:
    with transaction.atomic():
        due = list(
            rows.select_for_update(skip_locked=True, of=("self",))
            .select_related("buyer")
            .order_by("expires_at")[:limit]
        )
        now = timezone.now()
        expired = [o for o in due if ORDER.advance(o, Order.State.EXPIRED, closed_at=now)]
        if expired:
            stock.release_holds(expired)
            wake("orders.cancel_payments")
        for order in expired:
            notify(
                user=order.buyer,
                kind=Kind.ORDER_EXPIRED,
                key=f"order:{order.number}:expired",
                title=gettext_lazy("Your reserved goods went back on the shelf"),
                body=format_lazy(
                    gettext_lazy(
                        "The time to pay for order {number} was over and nothing was charged. If"
                        " the goods are still there, you can buy them again."
                    ),
                    number=order.number,
                ),
                url=order_url(order),
            )
    return len(expired)


def cancel(*, order: Order, actor: User) -> None:
    """The buyer changes their mind before paying. Raises DomainError `cannot_cancel` (409)."""
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        is_unpaid = locked.state == Order.State.PLACED
        if not is_unpaid or not ORDER.advance(
            locked, Order.State.CANCELLED, actor=actor, closed_at=timezone.now()
        ):
            message = _("This order cannot be cancelled any more.")
            raise DomainError("cannot_cancel", message, status=409)
        stock.release_holds([locked])
        wake("orders.cancel_payments")
    order.refresh_from_db()


def too_many() -> DomainError:
    """The words for who holds goods without end."""
    message = _(
        "%(most)d of your orders are waiting for payment. Pay or cancel some of them first."
    ) % {"most": MOST_OPEN}
    return DomainError("too_many_open", message, status=409)


def order_url(order: Order) -> str:
    return reverse("orders:order", args=[order.number])
