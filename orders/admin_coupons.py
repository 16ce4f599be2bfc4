"""Coupons and freight templates in the back room: each prefecture's own; the shop's own are the
superusers'."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from livecommerce.accounts.divisions import provinces
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from officials.admin_scope import ScopedAdmin, ScopedPermissions, codes_of, has_all
from officials.models import Region
from orders.admin_look import LookOnlyInline, yuan
from orders.domain import freight
from orders.models import Coupon, CouponUse, FreightTemplate, FreightZone
from products.admin.yuan import YuanMixin
from products.models import Producer

PLACES = ("prefecture", "producer__region", "producer__region__parent")
TERMS = (
    "code",
    "festival",
    "prefecture",
    "producer",
    "holder",
    "amount_fen",
    "percent_bps",
    "most_fen",
    "minimum_fen",
    "is_stackable",
    "starts_at",
    "payer_zh",
)


class CouponForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Coupon
        fields = "__all__"  # noqa: DJ007 -- the admin class names them

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        amount, percent = (
            cleaned.get(name, getattr(self.instance, name))
            for name in ("amount_fen", "percent_bps")
        )
        if bool(amount) == bool(percent):
            raise forms.ValidationError(_("Give either an amount or a share, more than zero."))
        if percent and percent > 10_000:
            self.add_error("percent_bps", _("A share is at most 10000 (100 %)."))
        starts_at = cleaned.get("starts_at", self.instance.starts_at)
        ends_at = cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The end must be later than the start."))
        total = cleaned.get("total_limit")
        if total is not None and total < max(self.instance.used, 1):
            message = _("It has been used %(n)d times already.") % {"n": self.instance.used}
            self.add_error("total_limit", message)
        if cleaned.get("per_person_limit") == 0:
            self.add_error("per_person_limit", _("At least one."))
        return cleaned

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()


class UseInline(LookOnlyInline):
    model = CouponUse
    fields = ("order", "buyer_name", "off", "state", "at")
    scope_lookups = tuple(f"coupon__{place}" for place in PLACES)

    @display(description=_("buyer"))
    def buyer_name(self, row: CouponUse) -> str:
        return row.buyer.display_name

    @display(description=_("discount"))
    def off(self, row: CouponUse) -> str:
        return yuan(row.discount_fen)


@admin.register(Coupon)
class CouponAdmin(YuanMixin, ScopedAdmin):
    """A curator's coupons are for goods of their own prefecture. Terms that somebody has used
    stay; how many there are, until when, and stopping it stay open."""

    form = CouponForm
    scope_lookups = PLACES
    list_display = ("code", "chinese_name", "takes", "scope", "uses", "starts_at", "ends_at")
    list_filter = ("is_public", "is_stopped", "festival")
    list_select_related = ("festival", "prefecture", "producer")
    search_fields = ("code", "name_zh", "name_en")
    raw_id_fields = ("holder",)
    inlines = (UseInline,)
    fieldsets = (
        (None, {"fields": ("code", ("name_zh", "name_en"))}),
        (_("Takes off"), {"fields": (("amount_fen", "percent_bps", "most_fen"), "minimum_fen")}),
        (_("For"), {"fields": (("festival", "prefecture", "producer"), "holder")}),
        (_("How often"), {"fields": (("total_limit", "per_person_limit", "is_stackable"),)}),
        (_("When"), {"fields": ("starts_at", "ends_at", ("is_public", "is_stopped"))}),
        (_("Who pays"), {"fields": (("payer_zh", "payer_en"),)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Coupon | None = None) -> Any:
        return TERMS if obj is not None and obj.uses.exists() else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "prefecture":
            rows = Region.objects.filter(kind=Region.Kind.PREFECTURE)
            if not has_all(request):
                rows = rows.filter(code__in=codes_of(request))
            kwargs["queryset"] = rows
        elif db_field.name == "producer":
            kwargs["queryset"] = _producers(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Coupon, form: Any, change: bool) -> None:
        if not has_all(request) and obj.prefecture_id is None and obj.producer_id is None:
            message = _("Choose the prefecture or the producer whose goods it is for.")
            raise DomainError("coupon_scope", str(message))
        super().save_model(request, obj, form, change)

    @display(description=_("takes off"))
    def takes(self, row: Coupon) -> str:
        if row.amount_fen:
            return f"¥{format_fen(row.amount_fen)}"
        return f"{(row.percent_bps or 0) / 100:g} %"

    @display(description=_("for"))
    def scope(self, row: Coupon) -> str:
        parts = [one.name for one in (row.festival, row.prefecture, row.producer) if one]
        return " · ".join(parts) or str(_("all goods"))

    @display(description=_("used"), ordering="used")
    def uses(self, row: Coupon) -> str:
        return f"{row.used} / {row.total_limit}"


def _producers(request: HttpRequest) -> Any:
    rows = Producer.objects.select_related("region")
    if has_all(request):
        return rows
    codes = codes_of(request)
    return rows.filter(region__in=codes) | rows.filter(region__parent__in=codes)


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]
    provinces = forms.MultipleChoiceField(
        label=_("provinces"),
        required=False,
        choices=lambda: [(name, name) for name in provinces()],
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 8}),
        help_text=_("none chosen: everywhere else"),
    )

    class Meta:
        model = FreightZone
        fields = "__all__"  # noqa: DJ007 -- the inline names them


class ZoneFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        named: list[str] = []
        others = 0
        for form in self.forms:
            data = getattr(form, "cleaned_data", None)
            if not data or data.get("DELETE"):
                continue
            named += data.get("provinces", [])
            others += not data.get("provinces")
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            message = _("In two zones: %(names)s") % {"names": "、".join(twice)}
            raise forms.ValidationError(message)
        if others > 1:
            raise forms.ValidationError(_("Only one zone can be for everywhere else."))


class ZoneInline(YuanMixin, ScopedPermissions, StackedInline):  # type: ignore[misc]
    model = FreightZone
    form = ZoneForm
    formset = ZoneFormSet
    extra = 0
    scope_lookups = ("template__producer__region", "template__producer__region__parent")
    fields = (
        "provinces",
        ("first_kg_fen", "further_kg_fen", "surcharge_fen"),
        ("is_served", "takes_cold"),
        ("reason_zh", "reason_en"),
        "position",
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(FreightTemplate)
class FreightTemplateAdmin(ScopedAdmin):
    """The shop's own template (without a producer) is the superusers'."""

    scope_lookups = ("producer__region", "producer__region__parent")
    list_display = ("chinese_name", "whose", "changed_at")
    list_select_related = ("producer",)
    search_fields = ("name_zh", "producer__name_zh")
    fields = (("name_zh", "name_en"), "producer")
    inlines = (ZoneInline,)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "producer":
            kwargs["queryset"] = _producers(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: FreightTemplate, form: Any, change: bool
    ) -> None:
        if not has_all(request) and obj.producer_id is None:
            message = _("Choose the producer whose parcels it is for.")
            raise DomainError("freight_scope", str(message))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        freight.forget()

    @display(description=_("whose"))
    def whose(self, row: FreightTemplate) -> str:
        return row.producer.name if row.producer else str(_("the shop’s, for all without one"))
