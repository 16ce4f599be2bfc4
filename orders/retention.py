"""How long orders keep what is personal in them. The trade itself (order, payment, ledger) stays;
the law wants three years from its end, and the books are never cut."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from livecommerce.upkeep import Policy
from orders.domain.recipients import without_person
from orders.models import BasketLine, Order, Payment, RefundPhoto, ShippingSheet, WebhookEvent

OVER = (Order.State.COMPLETED, Order.State.CANCELLED, Order.State.EXPIRED)


def _with_a_person(limit: datetime) -> QuerySet[Order]:
    named = ~Q(address__phone="") & Q(address__has_key="phone")
    old = Q(closed_at__lt=limit) | Q(closed_at=None, placed_at__lt=limit)
    return Order.objects.filter(old, named, state__in=OVER)


def _unname(rows: "QuerySet[Any]") -> None:
    for order in rows.only("pk", "address"):
        Order.objects.filter(pk=order.pk).update(address=without_person(order.address))


def _unmark(rows: "QuerySet[Any]") -> None:
    Payment.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(payer_mark=None)


POLICIES = [
    Policy(
        "orders.recipients",
        "name, telephone and street in orders, from their end; the order itself stays",
        settings.RECORDS_KEEP_DAYS,
        _with_a_person,
        _unname,
    ),
    Policy(
        "orders.payer_marks",
        "which payments were made with the same card; the payment itself stays",
        settings.RECORDS_KEEP_DAYS,
        lambda limit: Payment.objects.filter(created_at__lt=limit, payer_mark__isnull=False),
        _unmark,
    ),
    Policy(
        "orders.refund_photos",
        "photos of claims",
        settings.RECORDS_KEEP_DAYS,
        lambda limit: RefundPhoto.objects.filter(created_at__lt=limit),
    ),
    Policy(
        "orders.baskets",
        "what was put into a basket and never bought",
        settings.LOGS_KEEP_DAYS,
        lambda limit: BasketLine.objects.filter(added_at__lt=limit),
    ),
    Policy(
        "orders.shipping_sheets",
        "uploaded lists of parcels (the parcels stay)",
        settings.LOGS_KEEP_DAYS,
        lambda limit: ShippingSheet.objects.filter(uploaded_at__lt=limit),
    ),
    Policy(
        "orders.webhooks",
        "messages of the payment provider, once handled (the payments stay)",
        settings.LOGS_KEEP_DAYS,
        lambda limit: WebhookEvent.objects.filter(handled_at__lt=limit),
    ),
]
