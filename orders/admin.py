"""The back room of orders: everything to look at, money to give back, nothing to rewrite.

A curator sees what their prefecture sells. Webhooks and the books are the superusers' alone.
"""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from livecommerce import audit
from livecommerce.accounts.models import User
from orders import admin_coupons, admin_fulfilment, admin_money, admin_refunds, admin_screens
from orders.admin_look import (
    EventInline,
    LookOnlyAdmin,
    LookOnlyInline,
    OnlySuperusers,
    yuan,
)
from orders.domain import recipients
from orders.models import (
    Account,
    Entry,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    PaymentEvent,
    Refund,
    Settlement,
    Transaction,
    WebhookEvent,
)

# They register themselves.
__all__ = ["admin_coupons", "admin_fulfilment", "admin_money", "admin_refunds", "admin_screens"]


class LineInline(LookOnlyInline):
    model = OrderLine
    fields = ("name", "quantity", "price", "amount", "discount", "producer", "broadcast")
    scope_lookups = ("product__prefecture",)

    @display(description=_("goods"))
    def name(self, row: OrderLine) -> str:
        return row.name

    @display(description=_("price"))
    def price(self, row: OrderLine) -> str:
        return yuan(row.unit_price_fen)

    @display(description=_("amount"))
    def amount(self, row: OrderLine) -> str:
        return yuan(row.amount_fen)

    @display(description=_("discount"))
    def discount(self, row: OrderLine) -> str:
        return yuan(row.discount_fen)


class OrderEventInline(EventInline):
    model = OrderEvent


class PaymentInline(LookOnlyInline):
    model = Payment
    fields = ("method", "state", "amount", "refunded", "intent_id", "quarantined_reason")
    scope_lookups = ("order__lines__product__prefecture",)

    @display(description=_("amount"))
    def amount(self, row: Payment) -> str:
        return yuan(row.amount_fen)

    @display(description=_("given back"))
    def refunded(self, row: Payment) -> str:
        return yuan(row.refunded_fen)


@admin.register(Order)
class OrderAdmin(LookOnlyAdmin):
    scope_lookups = ("lines__product__prefecture",)
    list_display = ("number", "state_label", "total", "buyer_name", "broadcast", "placed_at")
    list_filter = ("state", ("broadcast", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("buyer", "broadcast")
    search_fields = ("number", "lines__name_zh", "lines__name_en")
    date_hierarchy = "placed_at"
    fields = (
        ("number", "state", "total"),
        ("goods", "carriage", "discount"),
        ("buyer_name", "broadcast", "send_to"),
        ("placed_at", "expires_at", "paid_at", "closed_at"),
        "perishable_accepted_at",
    )
    inlines = (LineInline, PaymentInline, OrderEventInline)

    @display(description=_("total"), ordering="total_fen")
    def total(self, row: Order) -> str:
        return yuan(row.total_fen)

    @display(description=_("goods in all"))
    def goods(self, row: Order) -> str:
        return yuan(row.items_fen)

    @display(description=_("freight"))
    def carriage(self, row: Order) -> str:
        return yuan(row.freight_fen)

    @display(description=_("discount"))
    def discount(self, row: Order) -> str:
        return yuan(row.discount_fen)

    @display(description=_("buyer"))
    def buyer_name(self, row: Order) -> str:
        return row.buyer.display_name

    @display(description=_("send to"))
    def send_to(self, row: Order) -> str:
        """`李** 138****8000`, and the city: whoever sends the parcel has the label. Who has to know
        more asks for it, and that is written down."""
        if getattr(row, "is_shown_whole", False):
            to = recipients.whole(row.address)
            return f"{to.name} {to.phone} {to.address}"
        to = recipients.masked(row.address)
        return format_html(
            '{} {} {} <a href="?whole=yes">{}</a>',
            *(to.name, to.phone, to.place, _("Show it whole (this is recorded)")),
        )

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Order | None:
        row: Order | None = super().get_object(request, *args, **kwargs)
        if row is not None and request.GET.get("whole") == "yes":
            assert isinstance(request.user, User)
            audit.record(
                actor=request.user, action="orders.see_address", subject=row, request=request
            )
            row.is_shown_whole = True  # type: ignore[attr-defined]
        return row


class PaymentEventInline(EventInline):
    model = PaymentEvent
    scope_lookups = ("payment__order__lines__product__prefecture",)


class RefundInline(LookOnlyInline):
    model = Refund
    fields = ("requested_at", "state", "amount", "reason", "last_error")
    scope_lookups = ("payment__order__lines__product__prefecture",)

    @display(description=_("amount"))
    def amount(self, row: Refund) -> str:
        return yuan(row.amount_fen)


@admin.register(Payment)
class PaymentAdmin(LookOnlyAdmin):
    scope_lookups = ("order__lines__product__prefecture",)
    list_display = (
        "order",
        "method",
        "state_label",
        "amount",
        "refunded",
        "set_aside",
        "created_at",
    )
    list_filter = ("state", "method", ("quarantined_reason", admin.EmptyFieldListFilter))
    list_select_related = ("order",)
    search_fields = ("order__number", "intent_id")
    fields = (
        ("order", "method", "state"),
        ("amount", "refunded", "fee"),
        ("intent_id", "failure_code", "quarantined_reason"),
        ("created_at", "checked_at", "give_back"),
    )
    inlines = (RefundInline, PaymentEventInline)

    @display(description=_("amount"), ordering="amount_fen")
    def amount(self, row: Payment) -> str:
        return yuan(row.amount_fen)

    @display(description=_("given back"))
    def refunded(self, row: Payment) -> str:
        return yuan(row.refunded_fen)

    @display(description=_("payment fee"))
    def fee(self, row: Payment) -> str:
        return yuan(row.fee_fen)

    @display(description=_("set aside"), boolean=True)
    def set_aside(self, row: Payment) -> bool:
        return bool(row.quarantined_reason)

    @display(description=_("give back"))
    def give_back(self, row: Payment) -> str:
        if row.state != Payment.State.SUCCEEDED or row.refunded_fen >= row.amount_fen:
            return "–"
        url = reverse("admin:orders_refund_add")
        return format_html('<a href="{}?payment={}">{}</a>', url, row.pk, _("Give money back"))


@admin.register(Settlement)
class SettlementAdmin(LookOnlyAdmin):
    scope_lookups = ("order__lines__product__prefecture",)
    list_display = ("order", "state_label", "posted_at", "attempts", "last_error")
    list_filter = ("state",)
    list_select_related = ("order",)
    search_fields = ("order__number",)


@admin.register(WebhookEvent)
class WebhookAdmin(OnlySuperusers):
    list_display = ("event_id", "type", "received_at", "handled_at", "quarantined_at", "last_error")
    list_filter = (
        "type",
        ("handled_at", admin.EmptyFieldListFilter),
        ("quarantined_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("event_id", "intent_id")


class EntryInline(LookOnlyInline):
    model = Entry
    fields = ("account", "amount", "currency")
    show_change_link = False

    @display(description=_("amount"))
    def amount(self, row: Entry) -> str:
        return yuan(row.amount_fen)


@admin.register(Transaction)
class TransactionAdmin(OnlySuperusers):
    list_display = ("key", "kind", "order", "posted_at")
    list_filter = ("kind",)
    list_select_related = ("order",)
    search_fields = ("key", "order__number")
    date_hierarchy = "posted_at"
    inlines = (EntryInline,)


@admin.register(Account)
class AccountAdmin(OnlySuperusers):
    list_display = ("kind", "producer", "balance")
    list_filter = ("kind",)
    list_select_related = ("producer",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        rows: QuerySet[Account] = super().get_queryset(request)
        return rows.annotate(fen=Sum("entries__amount_fen", default=0))

    @display(description=_("balance"), ordering="fen")
    def balance(self, row: Any) -> str:
        return yuan(row.fen)
