"""Holds end by themselves: the due time is a row, and a sweep finds it."""

from django.db import transaction
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

MOST_OPEN = 20
"""So many orders of one account may wait for payment at a time: holding goods is for buying."""


def release_expired(*, limit: int = 200) -> int:
    """Expire unpaid orders whose time is over and give their stock back; returns how many.

    Several may run at once (SKIP LOCKED). What was being paid is cancelled afterwards: an open
    payment of a closed order is the row that `payments.cancel_of_closed_orders` looks for.
    """
    with transaction.atomic():
        due = list(
            Order.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=Order.State.PLACED, expires_at__lte=timezone.now())
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
