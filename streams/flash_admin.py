"""The back room of flash sales: curators plan, approve and withdraw those of their prefecture."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.admin_scope import ScopedAdmin, regions_in_scope
from products.admin.yuan import YuanMixin, yuan
from products.models import Product
from streams.domain.flash_plans import (
    approve_flash_sale,
    check_plan,
    withdraw_flash_sale,
)
from streams.domain.flash_refusals import explain
from streams.models import Broadcast, FlashSale

State = FlashSale.State
TERMS = (
    *("broadcast", "product", "festival", "price_fen", "quantity", "per_person_limit"),
    *("countdown_seconds", "run_seconds", "opens_at", "closes_at", "planned_at"),
    *("subsidy_payer_zh", "subsidy_payer_en"),
)
STEPS = {
    State.PROPOSED: ("_approve", "_withdraw"),
    State.SCHEDULED: ("_withdraw",),
    State.CANCELLED: ("_withdraw",),
}


class FlashSaleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Says what approval would refuse before anything is saved."""

    class Meta:
        model = FlashSale
        fields = "__all__"  # noqa: DJ007 -- the admin class names them

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.errors or not all(name in cleaned for name in TERMS):
            return cleaned
        show, product = cleaned["broadcast"], cleaned["product"]
        if not show.shelf.filter(product=product).exists():
            raise forms.ValidationError({"product": _("This product is not on the shelf.")})
        try:
            check_plan(sale=FlashSale(**{name: cleaned[name] for name in TERMS}))
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return cleaned


@admin.register(FlashSale)
class FlashSaleAdmin(YuanMixin, ScopedAdmin):
    form = FlashSaleForm
    scope_lookups = ("product__prefecture",)
    list_display = ("product", "broadcast", "price", "quantity", "opens_at", "state_badge")
    list_filter = ("state", ("product__prefecture", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("product", "broadcast")
    search_fields = ("product__name_zh", "product__name_en", "broadcast__title_zh")
    date_hierarchy = "opens_at"
    ordering = ("-opens_at",)
    actions = ("approve_chosen", "withdraw_chosen")
    actions_submit_line = ("approve", "withdraw")
    told = (
        *("state", "base", "proposed_by", "approved_by", "approved_at", "started_by", "started_at"),
        *("closed_by", "closed_at", "reason", "units_taken", "note", "deal"),
    )
    fieldsets = (
        (None, {"fields": ("broadcast", "product", "festival", "state")}),
        (
            _("Terms"),
            {
                "fields": (
                    ("price_fen", "quantity", "per_person_limit"),
                    ("countdown_seconds", "run_seconds"),
                    "base",
                )
            },
        ),
        (_("Window"), {"fields": (("opens_at", "closes_at"), "planned_at")}),
        (_("Below cost"), {"fields": (("subsidy_payer_zh", "subsidy_payer_en"),)}),
        (_("Approval"), {"fields": (("proposed_by", "approved_by", "approved_at"),)}),
        (
            _("What happened"),
            {
                "fields": (
                    ("started_by", "started_at"),
                    ("closed_by", "closed_at", "reason"),
                    ("units_taken", "deal"),
                    "note",
                )
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What was approved stays: it can be withdrawn, and proposed anew."""
        if obj is None or obj.state == State.PROPOSED:
            return self.told
        terms = (name for name in TERMS if name != "price_fen")
        return (*self.told, *terms, "price")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or obj.state == State.PROPOSED:
            return self.fieldsets if obj else self.fieldsets[:4]
        fields = (
            ("price", "quantity", "per_person_limit"),
            ("countdown_seconds", "run_seconds"),
            "base",
        )
        terms = (self.fieldsets[1][0], {"fields": fields})
        return (self.fieldsets[0], terms, *self.fieldsets[2:])

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        sale = FlashSale.objects.filter(pk=object_id).only("state").first()
        names = STEPS.get(State(sale.state), ()) if sale else ()
        steps = super().get_actions_submit_line(request, object_id)
        return [step for step in steps if step.action_name.endswith(names or ("-",))]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        regions = regions_in_scope(request)
        if db_field.name == "broadcast":
            shows = Broadcast.objects.filter(region__in=regions)
            open_ = (Broadcast.State.SCHEDULED, Broadcast.State.LIVE)
            kwargs["queryset"] = shows.filter(state__in=open_).order_by("scheduled_at")
        elif db_field.name == "product":
            goods = Product.objects.filter(state=Product.State.LISTED).defer("search")
            kwargs["queryset"] = goods.filter(prefecture__in=regions)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("price"), ordering="price_fen")
    def price(self, sale: FlashSale) -> str:
        return yuan(sale.price_fen)

    @admin.display(description=_("base price"))
    def base(self, sale: FlashSale) -> str:
        return yuan(sale.base_price_fen)

    @display(
        description=_("state"),
        ordering="state",
        label={"scheduled": "success", "proposed": "warning", "running": "danger"},
    )
    def state_badge(self, sale: FlashSale) -> tuple[str, str]:
        return sale.state, sale.get_state_display()

    def save_model(self, request: HttpRequest, obj: FlashSale, form: Any, change: bool) -> None:
        if not change:
            assert isinstance(request.user, User)
            obj.proposed_by = request.user
        try:
            super().save_model(request, obj, form, change)
        except IntegrityError as error:
            raise explain(error) from error

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Approve the chosen flash sales"))
    def approve_chosen(self, request: HttpRequest, rows: QuerySet[FlashSale]) -> None:
        assert isinstance(request.user, User)
        boss = request.user
        self.run_on_each(
            request,
            rows.select_related("broadcast__host", "product__prefecture", "festival"),
            lambda sale: approve_flash_sale(sale=sale, by=boss),
            _("%(number)s approved."),
        )

    @admin.action(description=_("Withdraw the chosen flash sales"))
    def withdraw_chosen(self, request: HttpRequest, rows: QuerySet[FlashSale]) -> None:
        assert isinstance(request.user, User)
        boss = request.user
        self.run_on_each(
            request,
            rows.select_related("broadcast__host"),
            lambda sale: withdraw_flash_sale(sale=sale, by=boss),
            _("%(number)s withdrawn."),
        )

    @action(description=_("Save and approve"))
    def approve(self, request: HttpRequest, sale: FlashSale) -> None:
        assert isinstance(request.user, User)
        approve_flash_sale(sale=sale, by=request.user)
        messages.success(request, _("Approved: the host may start it within its window."))

    @action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, sale: FlashSale) -> None:
        assert isinstance(request.user, User)
        withdraw_flash_sale(sale=sale, by=request.user)
