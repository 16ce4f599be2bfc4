"""Telling those who answer for an order's goods: the superusers and its prefectures' curators, and
the farms that would send them."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from orders.models import Order, OrderLine


def staff_of(order: Order) -> QuerySet[User]:
    places = order.lines.values("product__prefecture")
    staff = User.objects.filter(is_active=True, is_staff=True)
    return staff.filter(Q(is_superuser=True) | Q(curates__prefecture__in=places)).distinct()


def tell_staff(
    *, order: Order, key: str, title: str | Promise, body: str | Promise, url: str
) -> None:
    """In the caller's transaction; each of them once for each `key`."""
    for person in staff_of(order):
        notify(
            user=person,
            kind=Kind.SYSTEM,
            key=f"{key}:{person.pk}",
            title=title,
            body=body,
            url=url,
        )


def tell_farms(*, order: Order, units: Iterable[tuple[OrderLine, int]]) -> None:
    """Nobody should pack what nobody waits for: so many units of these lines were called off. Their
    producers' accounts are at hand."""
    called_off = list(units)
    for producer in {line.producer for line, _units in called_off if line.producer is not None}:
        if producer.user is None:
            continue
        notify(
            user=producer.user,
            kind=Kind.SYSTEM,
            key=f"order:{order.number}:cancelled:{producer.pk}",
            title=gettext_lazy("Do not send: it was cancelled"),
            body=format_lazy(
                gettext_lazy(
                    "Of order {number} {units} of your goods are not to be sent any more: they are"
                    " on sale again."
                ),
                number=order.number,
                units=sum(n for line, n in called_off if line.producer_id == producer.pk),
            ),
            url=reverse("orders:refund_inbox"),
        )
