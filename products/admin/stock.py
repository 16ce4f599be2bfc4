"""How many there are, and every price there was: to look at, and goods to take in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from officials.admin_scope import LookOnlyPermissions, ScopedAdmin
from products.admin.yuan import yuan
from products.domain.stock import receive_goods
from products.models import PricePoint, StockPool


class PoolForm(forms.ModelForm):  # type: ignore[type-arg]
    received = forms.IntegerField(
        label=_("Goods received (negative: taken back)"), required=False, initial=0
    )

    class Meta:
        model = StockPool
        fields = ()


@admin.register(StockPool)
class StockPoolAdmin(ScopedAdmin):
    """Numbers move by sales and deliveries, never by typing over them."""

    form = PoolForm
    scope_lookups = ("product__prefecture",)
    curators_may_add = False
    list_display = ("product", "kind", "total", "available", "held", "sold")
    list_select_related = ("product", "deal")
    list_filter = (("product__prefecture", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("product__name_zh", "product__name_en", "product__sku")
    shown = ("product", "kind", "total", "available", "held", "sold")
    readonly_fields = shown

    def get_fields(self, request: HttpRequest, obj: StockPool | None = None) -> tuple[str, ...]:
        is_everyday = obj is not None and obj.deal_id is None
        return (*self.shown, "received") if is_everyday else self.shown

    @admin.display(description=_("pool"))
    def kind(self, pool: StockPool) -> str:
        return str(_("everyday") if pool.deal_id is None else _("deal"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: StockPool, form: Any, change: bool) -> None:
        """Nothing of the row itself is written: checkout may be changing it at this moment."""
        number = form.cleaned_data.get("received")
        if number and obj.deal_id is None:
            receive_goods(product=obj.product, quantity=number)


@admin.register(PricePoint)
class PricePointAdmin(LookOnlyPermissions, ScopedAdmin):
    scope_lookups = ("product__prefecture",)
    list_display = ("product", "series", "price", "effective_at", "recorded_at")
    list_select_related = ("product",)
    search_fields = ("product__name_zh", "product__sku")
    date_hierarchy = "effective_at"

    @admin.display(description=_("series"))
    def series(self, point: PricePoint) -> str:
        return str(_("list price") if point.deal_id is None else _("deal"))

    @admin.display(description=_("price"))
    def price(self, point: PricePoint) -> str:
        return str(_("not on offer")) if point.price_fen is None else yuan(point.price_fen)
