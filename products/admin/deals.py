"""Festivals and deals; the computed base price and its proof stand in the form."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.admin_scope import ScopedAdmin, codes_of, has_all
from products.admin.yuan import YuanMixin, yuan
from products.domain.deals import (
    TERMS,
    approve_deal,
    check_deal,
    end_deal,
    highest_price,
    submit_deal,
    withdraw_deal,
)
from products.domain.prices import prove_base_price
from products.domain.refusals import explain
from products.models import Deal, Festival, Product


@admin.register(Festival)
class FestivalAdmin(ScopedAdmin):
    list_display = ("chinese_name", "starts_at", "ends_at", "rule", "base_window_days")
    filter_horizontal = ("regions",)
    prepopulated_fields = {"slug": ("name_en",)}

    @admin.display(description=_("at most, of the base price"))
    def rule(self, festival: Festival) -> str:
        return f"{festival.max_price_bps / 100:g} %"

    def save_model(self, request: HttpRequest, obj: Festival, form: Any, change: bool) -> None:
        try:
            super().save_model(request, obj, form, change)
        except IntegrityError as error:
            raise explain(error) from error


class DealForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Deal
        fields = "__all__"  # noqa: DJ007 -- the admin class names them

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The end must be later than the start."))
        if cleaned.get("price_fen") == 0:
            self.add_error("price_fen", _("The price must be more than zero."))
        return cleaned


NEXT_STEPS: dict[str, tuple[str, ...]] = {
    Deal.State.DRAFT: ("_save_and_submit", "_save_and_approve", "_withdraw"),
    Deal.State.SUBMITTED: ("_save_and_approve", "_withdraw"),
    Deal.State.APPROVED: ("_withdraw", "_end_now"),
}


@admin.register(Deal)
class DealAdmin(YuanMixin, ScopedAdmin):
    form = DealForm
    scope_lookups = ("product__prefecture",)
    list_display = ("product", "festival", "price", "base", "quantity", "starts_at", "state_badge")
    list_filter = ("state", "festival", ("product__prefecture", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("product", "festival")
    search_fields = ("product__name_zh", "product__name_en", "product__sku")
    date_hierarchy = "starts_at"
    actions = ("approve_chosen", "withdraw_chosen")
    actions_submit_line = ("save_and_submit", "save_and_approve", "withdraw", "end_now")
    computed = ("state", "proof", "approved_by", "approved_at")
    fieldsets = (
        (None, {"fields": ("festival", "product", "state")}),
        (_("Terms"), {"fields": (("price_fen", "quantity", "per_person_limit"), "is_flash")}),
        (_("Window"), {"fields": (("starts_at", "ends_at"),)}),
        (_("Base price and proof"), {"fields": ("proof",)}),
        (_("Below cost"), {"fields": (("subsidy_payer_zh", "subsidy_payer_en"),)}),
        (_("Approval"), {"fields": (("approved_by", "approved_at"),)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Deal | None = None) -> tuple[str, ...]:
        """What was promised stays: from approval on nothing can be typed over."""
        if obj is None or obj.base_price_fen is None:
            return self.computed
        terms = ("festival", "product", "quantity", "starts_at", "ends_at", "is_flash")
        return (*self.computed, *terms, "price", "per_person_limit")

    def get_fieldsets(self, request: HttpRequest, obj: Deal | None = None) -> Any:
        """A price that cannot be typed over is shown in yuan."""
        if obj is None or obj.base_price_fen is None:
            return self.fieldsets
        terms = (("price", "quantity", "per_person_limit"), "is_flash")
        return (self.fieldsets[0], (self.fieldsets[1][0], {"fields": terms}), *self.fieldsets[2:])

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only the steps that can follow from where the deal is."""
        deal = Deal.objects.filter(pk=object_id).only("state").first()
        names = NEXT_STEPS.get(deal.state if deal else Deal.State.DRAFT, ())
        steps = super().get_actions_submit_line(request, object_id)
        return [step for step in steps if step.action_name.endswith(names or ("-",))]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "product":
            rows = Product.objects.filter(state=Product.State.LISTED).defer("search")
            if not has_all(request):
                rows = rows.filter(prefecture__in=codes_of(request))
            kwargs["queryset"] = rows
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("price"), ordering="price_fen")
    def price(self, deal: Deal) -> str:
        return yuan(deal.price_fen)

    @admin.display(description=_("base price"), ordering="base_price_fen")
    def base(self, deal: Deal) -> str:
        return yuan(deal.base_price_fen)

    @display(
        description=_("state"),
        ordering="state",
        label={"approved": "success", "submitted": "warning", "withdrawn": "danger"},
    )
    def state_badge(self, deal: Deal) -> tuple[str, str]:
        return deal.state, deal.get_state_display()

    @admin.display(description=_("proof"))
    def proof(self, deal: Deal) -> str:
        if deal._state.adding:
            return str(_("Save once; the base price is computed from the price history."))
        found = prove_base_price(
            product=deal.product,
            deal=deal,
            starts_at=deal.starts_at,
            days=deal.festival.base_window_days,
        )
        base = found.base_price_fen
        highest = None
        if base is not None:
            highest = highest_price(base_price_fen=base, festival=deal.festival)
        refusal = None
        if deal.state in (Deal.State.DRAFT, Deal.State.SUBMITTED):
            try:
                check_deal(deal=deal)
            except DomainError as error:
                refusal = error.message
        context = {"deal": deal, "proof": found, "highest": highest, "refusal": refusal}
        return render_to_string("products/_admin_proof.html", context)

    def save_model(self, request: HttpRequest, obj: Deal, form: Any, change: bool) -> None:
        """Whoever wrote the terms last has proposed them, and is not who approves."""
        assert isinstance(request.user, User)
        if obj.base_price_fen is None and (not change or set(form.changed_data) & set(TERMS)):
            obj.proposed_by = request.user
        try:
            super().save_model(request, obj, form, change)
        except IntegrityError as error:
            raise explain(error) from error

    @admin.action(description=_("Approve the chosen deals"))
    def approve_chosen(self, request: HttpRequest, rows: QuerySet[Deal]) -> None:
        assert isinstance(request.user, User)
        boss = request.user
        self.run_on_each(
            request,
            rows.select_related("product__prefecture", "product__county", "festival"),
            lambda deal: approve_deal(deal=deal, by=boss),
            _("%(number)s approved."),
        )

    @admin.action(description=_("Withdraw the chosen deals"))
    def withdraw_chosen(self, request: HttpRequest, rows: QuerySet[Deal]) -> None:
        assert isinstance(request.user, User)
        by = request.user
        self.run_on_each(
            request,
            rows.select_related("product", "festival"),
            lambda deal: withdraw_deal(deal=deal, by=by),
            _("%(number)s withdrawn."),
        )

    @action(description=_("Save and submit"))
    def save_and_submit(self, request: HttpRequest, deal: Deal) -> None:
        submit_deal(deal=deal)

    @action(description=_("Save and approve"))
    def save_and_approve(self, request: HttpRequest, deal: Deal) -> None:
        assert isinstance(request.user, User)
        approve_deal(deal=deal, by=request.user)
        messages.success(request, _("Approved; the base price and the stock are fixed now."))

    @action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, deal: Deal) -> None:
        assert isinstance(request.user, User)
        withdraw_deal(deal=deal, by=request.user)

    @action(description=_("End now"))
    def end_now(self, request: HttpRequest, deal: Deal) -> None:
        end_deal(deal=deal)
