"""Telling those who answer for an order's goods: the superusers and its prefectures' curators."""

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from livecommerce.accounts.models import User
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from orders.models import Order


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
