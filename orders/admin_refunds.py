"""The back room of money back: staff's own refunds, the rules of requests, the banks' disputes."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from livecommerce.accounts.models import User
from officials.admin_scope import ScopedAdmin, codes_of, has_all
from officials.models import Region
from orders.admin_look import EventInline, LookOnlyAdmin, LookOnlyInline, yuan
from orders.domain import refunds
from orders.models import (
    Dispute,
    DisputeEvent,
    Payment,
    Refund,
    RefundEvent,
    RefundLine,
    RefundRule,
)


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


class RefundLineInline(LookOnlyInline):
    model = RefundLine
    fields = ("line_name", "amount")
    scope_lookups = ("refund__payment__order__lines__product__prefecture",)
    show_change_link = False

    @display(description=_("goods"))
    def line_name(self, row: RefundLine) -> str:
        return row.line.name

    @display(description=_("amount"))
    def amount(self, row: RefundLine) -> str:
        return yuan(row.amount_fen)


@admin.register(Refund)
class RefundAdmin(LookOnlyAdmin):
    """Adding one is the decision to give money back; the sweep sends it. A buyer's request is
    decided on its own page, with the photos."""

    actions = ("send_again",)

    scope_lookups = ("payment__order__lines__product__prefecture",)
    list_display = (
        "order_number",
        "state_label",
        "amount_label",
        "origin",
        "cause",
        "requested_at",
        "decide_link",
    )
    list_filter = ("state", "origin", "cause", ("escalated_at", admin.EmptyFieldListFilter))
    list_select_related = ("payment__order",)
    search_fields = ("payment__order__number", "reason")
    raw_id_fields = ("payment",)
    fields = (
        ("order_number", "state", "amount_label"),
        ("origin", "cause", "decide_link"),
        ("reason", "requested_by", "provider_id"),
        ("decided_by", "is_automatic", "answer"),
        ("requested_at", "decided_at", "done_at", "last_error"),
    )
    inlines = (RefundLineInline, RefundEventInline)

    @admin.action(description=_("Send again what failed"))
    def send_again(self, request: HttpRequest, rows: QuerySet[Refund]) -> None:
        assert isinstance(request.user, User)
        actor = request.user
        self.run_on_each(
            request,
            rows,
            lambda row: refunds.retry(one=row, actor=actor),
            _("Sent again: %(number)d."),
        )

    @display(description=_("request"))
    def decide_link(self, row: Refund) -> str:
        if row.origin != Refund.Origin.REQUEST:
            return "–"
        url = reverse("orders:refund_decide", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("Look at the request"))

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


@admin.register(RefundRule)
class RefundRuleAdmin(ScopedAdmin):
    """Superusers set the rules; curators see theirs."""

    list_display = ("where", "is_on", "most", "times_a_month", "answer_within_hours", "silence")
    fields = (
        "prefecture",
        ("is_on", "most_fen", "times_a_month"),
        "causes",
        ("answer_within_hours", "silence_most_fen"),
    )
    curators_may_add = curators_may_change = False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "causes":
            return forms.MultipleChoiceField(
                choices=Refund.Cause.choices,
                label=db_field.verbose_name,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "prefecture":
            kwargs["queryset"] = Region.objects.filter(kind=Region.Kind.PREFECTURE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("prefecture"))
    def where(self, row: RefundRule) -> str:
        return str(row)

    @display(description=_("approves by itself up to"))
    def most(self, row: RefundRule) -> str:
        return yuan(row.most_fen)

    @display(description=_("silence approves up to"))
    def silence(self, row: RefundRule) -> str:
        return yuan(row.silence_most_fen)


class DisputeEventInline(EventInline):
    model = DisputeEvent
    scope_lookups = ("dispute__payment__order__lines__product__prefecture",)


@admin.register(Dispute)
class DisputeAdmin(LookOnlyAdmin):
    """Answered at the payment provider; here it is known, counted and booked."""

    scope_lookups = ("payment__order__lines__product__prefecture",)
    list_display = ("order_number", "state_label", "amount", "why", "due_by", "opened_at")
    list_filter = ("state", "reason")
    list_select_related = ("payment__order",)
    search_fields = ("payment__order__number", "provider_id")
    fields = (
        ("order_number", "state", "amount"),
        ("why", "provider_id"),
        ("opened_at", "due_by", "closed_at"),
        ("taken", "back", "fee"),
    )
    inlines = (DisputeEventInline,)

    @display(description=_("order"))
    def order_number(self, row: Dispute) -> str:
        return row.payment.order.number

    @display(description=_("amount"), ordering="amount_fen")
    def amount(self, row: Dispute) -> str:
        return yuan(row.amount_fen)

    @display(description=_("reason"), ordering="reason")
    def why(self, row: Dispute) -> str:
        return str(row.reason_words)

    @display(description=_("taken by the bank"))
    def taken(self, row: Dispute) -> str:
        return yuan(row.withdrawn_fen)

    @display(description=_("given back by the bank"))
    def back(self, row: Dispute) -> str:
        return yuan(row.reinstated_fen)

    @display(description=_("fee of the dispute"))
    def fee(self, row: Dispute) -> str:
        return yuan(row.fee_fen)
