"""What becomes of parcels that were sent: the buyer confirms, time confirms, orders complete.

Nobody has to remember anything: due times are facts of rows, and sweeps find them. What is being
given back or argued about waits for a person.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Count, Exists, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind, Notification
from orders.domain import fulfilment, parcels
from orders.domain.holds import order_url
from orders.domain.order_states import ORDER
from orders.models import Order, OrderLine, Parcel, Refund
from products.models import Producer

OPEN_REFUNDS = (Refund.State.REQUESTED, Refund.State.APPROVED, Refund.State.IN_TRANSIT)
MORNING = 7
"""Hour of the shop's day after which producers are told what is due."""


def confirm_receipt(*, order: Order, actor: User, parcel_id: int | None = None) -> int:
    """The buyer has the parcel, or all that are on their way; returns how many were new.

    Pressing twice is harmless. Raises DomainError `nothing_to_confirm` (409).
    """
    rows = order.parcels.all()
    chosen = list(rows if parcel_id is None else rows.filter(pk=parcel_id))
    if not chosen:
        message = _("There is no parcel of this order to confirm yet.")
        raise DomainError("nothing_to_confirm", message, status=409)
    with transaction.atomic():
        return sum(
            parcels.record_delivery(parcel=parcel, how=Parcel.Word.BUYER, actor=actor)
            for parcel in chosen
        )


def confirm_by_time(*, limit: int = 200) -> int:
    """Parcels sent RECEIPT_DAYS ago of which nobody said otherwise count as delivered."""
    before = timezone.now() - timedelta(days=settings.RECEIPT_DAYS)
    due = _undisputed(Parcel.objects.filter(state=Parcel.State.SHIPPED, shipped_at__lte=before))
    return _each(
        due.select_related("order").order_by("shipped_at")[:limit],
        lambda parcel: parcels.record_delivery(parcel=parcel, how=Parcel.Word.TIME),
    )


def complete_due(*, limit: int = 200) -> int:
    """Orders delivered COMPLETION_DAYS ago are completed: their time to be returned is over."""
    before = timezone.now() - timedelta(days=settings.COMPLETION_DAYS)
    delivered = Order.objects.filter(state=Order.State.DELIVERED, delivered_at__lte=before)
    due = delivered.exclude(pk__in=_with_open_refunds())
    return _each(due.order_by("delivered_at")[:limit], _complete)


def remind_buyers(*, limit: int = 200) -> int:
    """Some days before time confirms a parcel, ask whether it is there; once a parcel."""
    days = settings.RECEIPT_DAYS - settings.RECEIPT_REMINDER_DAYS
    before = timezone.now() - timedelta(days=days)
    told = Notification.objects.filter(
        key=Concat(Value("parcel:"), Cast(OuterRef("pk"), CharField()), Value(":there"))
    )
    due = Parcel.objects.filter(
        ~Exists(told), state=Parcel.State.SHIPPED, shipped_at__lte=before
    ).select_related("order__buyer")
    return _each(_undisputed(due).order_by("shipped_at")[:limit], _ask_whether_it_is_there)


def remind_producers() -> int:
    """Each morning, say once what ought to leave today; returns how many were told."""
    now = timezone.localtime()
    if now.hour < MORNING:
        return 0
    tonight = now.replace(hour=23, minute=59, second=59)
    latest = tonight - timedelta(hours=settings.SHIP_WITHIN_HOURS)
    due = (
        OrderLine.objects.filter(
            fulfilment.STILL_TO_SEND,
            order__state__in=fulfilment.TO_PREPARE,
            order__paid_at__lte=latest,
            producer__user__is_active=True,
        )
        .values("producer")
        .annotate(orders=Count("order", distinct=True), first=Min("order__paid_at"))
    )
    counts = {row["producer"]: row["orders"] for row in due}
    producers = Producer.objects.filter(pk__in=counts).select_related("user")
    return _each(producers, lambda one: _tell_producer(one, counts[one.pk], f"{now:%Y-%m-%d}"))


def _complete(order: Order) -> bool:
    with transaction.atomic():
        return ORDER.advance(order, Order.State.COMPLETED, closed_at=timezone.now())


def _ask_whether_it_is_there(parcel: Parcel) -> bool:
    return notify(
        user=parcel.order.buyer,
        kind=Kind.ORDER_SHIPPED,
        key=f"parcel:{parcel.pk}:there",
        title=gettext_lazy("Has your parcel arrived?"),
        body=format_lazy(
            gettext_lazy(
                "Confirm order {number} when it is with you. In {days} days we take it as arrived;"
                " if something is wrong, say so before."
            ),
            number=parcel.order.number,
            days=settings.RECEIPT_REMINDER_DAYS,
        ),
        url=order_url(parcel.order),
    )


def _tell_producer(producer: Producer, orders: int, day: str) -> bool:
    if producer.user is None:
        return False
    return notify(
        user=producer.user,
        kind=Kind.SYSTEM,
        key=f"producer:{producer.pk}:due:{day}",
        title=gettext_lazy("Parcels to send today"),
        body=format_lazy(
            gettext_lazy("{orders} orders of {producer} ought to be on their way by tonight."),
            orders=orders,
            producer=producer.name,
        ),
        url=reverse("orders:producer", args=[producer.pk]),
    )


def _with_open_refunds() -> QuerySet[Refund, int]:
    """Orders for which money is asked for or on its way back."""
    rows = Refund.objects.filter(state__in=OPEN_REFUNDS)
    return rows.values_list("payment__order_id", flat=True)


def _undisputed(rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
    return rows.exclude(order__in=_with_open_refunds())


def _each(rows: Iterable[Any], work: Callable[[Any], bool]) -> int:
    return sum(work(row) for row in rows)
