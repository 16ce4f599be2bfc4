"""The back room of orders: everything to look at, money to give back, nothing to rewrite.

A curator sees what their prefecture sells. Webhooks and the books are the superusers' alone.
"""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.db.models import ForeignKey, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from livecommerce.accounts.models import User
from livecommerce.money import format_fen
from officials.admin_scope import ScopedAdmin, ScopedPermissions, codes_of, has_all
from orders.domain import refunds
from orders.models import (
    Account,
    Entry,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    PaymentEvent,
    Refund,
    RefundEvent,
    Settlement,
    Transaction,
    WebhookEvent,
)

STATE_LABELS = {
    **dict.fromkeys(("placed", "created", "pending", "due", "requested"), "warning"),
    **dict.fromkeys(("expired", "cancelled", "failed", "refused"), "danger"),
    **dict.fromkeys(("paid", "preparing", "shipped", "approved", "in_transit"), "info"),
    **dict.fromkeys(("succeeded", "posted", "paid_out", "done", "delivered"), "success"),
    "completed": "success",
}


def yuan(fen: int | None) -> str:
    return "–" if fen is None else f"¥{format_fen(fen)}"


class LookOnly(ScopedPermissions):
    """Rows that only the shop's own rules write."""

    curators_may_add = curators_may_change = False

    def scoped(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Once each, however many of an order's lines are in scope."""
        if has_all(request):
            return rows
        found = super().scoped(request, self.model._default_manager.all())
        return rows.filter(pk__in=found.values("pk"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return flatten(self.fields) if self.fields else [f.name for f in self.model._meta.fields]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookOnlyAdmin(LookOnly, ScopedAdmin):
    warn_unsaved_form = False

    @display(description=_("state"), label=STATE_LABELS)
    def state_label(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()


class LookOnlyInline(LookOnly, TabularInline):  # type: ignore[misc]
    extra = 0
    hide_title = True
    show_change_link = True


class OnlySuperusers(LookOnlyAdmin):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_all(request)


class LineInline(LookOnlyInline):
    model = OrderLine
    fields = ("name", "quantity", "price", "amount", "producer")
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


class EventInline(LookOnlyInline):
    fields = ("at", "from_state", "to_state", "actor", "note")
    scope_lookups = ("order__lines__product__prefecture",)


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
        ("buyer_name", "broadcast", "send_to"),
        ("placed_at", "expires_at", "paid_at", "closed_at"),
        "perishable_accepted_at",
    )
    inlines = (LineInline, PaymentInline, OrderEventInline)

    @display(description=_("total"), ordering="total_fen")
    def total(self, row: Order) -> str:
        return yuan(row.total_fen)

    @display(description=_("buyer"))
    def buyer_name(self, row: Order) -> str:
        return row.buyer.display_name

    @display(description=_("send to"))
    def send_to(self, row: Order) -> str:
        names = ("recipient", "phone", "province", "city", "county", "street")
        return " ".join(str(row.address.get(name, "")) for name in names)


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


class RefundForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person decides; everything else of a refund follows from the rules."""

    amount = forms.DecimalField(
        label=_("amount in yuan"), min_value=0, max_digits=9, decimal_places=2
    )
    key = forms.CharField(widget=forms.HiddenInput, initial=lambda: f"staff:{uuid4()}")

    class Meta:
        model = Refund
        fields = ("payment", "reason")

    def _post_clean(self) -> None:
        """The model's other fields are the domain's; its own checks come with saving."""


class RefundEventInline(EventInline):
    model = RefundEvent
    scope_lookups = ("refund__payment__order__lines__product__prefecture",)


@admin.register(Refund)
class RefundAdmin(LookOnlyAdmin):
    """Adding one is the decision to give money back; the sweep sends it."""

    scope_lookups = ("payment__order__lines__product__prefecture",)
    list_display = (
        "order_number",
        "state_label",
        "amount_label",
        "reason",
        "requested_by",
        "due_at",
    )
    list_filter = ("state",)
    list_select_related = ("payment__order", "requested_by")
    search_fields = ("payment__order__number", "reason")
    raw_id_fields = ("payment",)
    fields = (
        ("order_number", "state", "amount_label"),
        ("reason", "requested_by", "provider_id"),
        ("requested_at", "done_at", "last_error"),
    )
    inlines = (RefundEventInline,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_all(request) or bool(codes_of(request))

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = RefundForm
            kwargs["fields"] = ("payment", "reason")
        return super().get_form(request, obj, *args, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("payment", "amount", "reason", "key")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_readonly_fields(request, obj) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "payment":
            admin_of_payments = self.admin_site.get_model_admin(Payment)
            payments = admin_of_payments.get_queryset(request)
            kwargs["queryset"] = payments.filter(state=Payment.State.SUCCEEDED)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Refund, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        made = refunds.refund(
            payment=form.cleaned_data["payment"],
            amount_fen=int(form.cleaned_data["amount"] * 100),
            reason=form.cleaned_data["reason"],
            actor=request.user,
            key=form.cleaned_data["key"],
        )
        obj.__dict__.update(made.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing beside the row itself."""

    @display(description=_("order"))
    def order_number(self, row: Refund) -> str:
        return row.payment.order.number

    @display(description=_("amount"), ordering="amount_fen")
    def amount_label(self, row: Refund) -> str:
        return yuan(row.amount_fen)


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
