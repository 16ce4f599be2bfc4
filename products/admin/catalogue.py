"""Goods, their pictures, who makes them and how they are sorted."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django import forms
from django.contrib import admin
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action, display

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.wording.advertising_forms import AdvertisingChecked
from officials.admin_scope import ScopedAdmin, ScopedPermissions, codes_of, has_all
from officials.models import Region
from products.admin.yuan import YuanMixin, yuan
from products.domain import approvals, claims
from products.domain.approval_rules import facts_of
from products.domain.curation import list_product, retire_product
from products.domain.images import replace_file
from products.domain.refusals import explain
from products.domain.search import index_products
from products.models import Category, Producer, Product, ProductImage


@admin.register(Category)
class CategoryAdmin(ScopedAdmin):
    list_display = ("position", "chinese_name", "english_name", "slug")
    list_display_links = ("chinese_name",)


@admin.register(Producer)
class ProducerAdmin(ScopedAdmin):
    scope_lookups = ("region", "region__parent")
    list_display = ("chinese_name", "region", "user")
    list_filter = (("region", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("region", "user")
    search_fields = ("name_zh", "name_en", "region__name_zh")
    raw_id_fields = ("user",)


class ImageForm(forms.ModelForm):  # type: ignore[type-arg]
    upload = forms.FileField(label=_("Picture (JPEG, PNG or WebP, at most 10 MB)"), required=False)

    class Meta:
        model = ProductImage
        fields = ("upload", "alt_zh", "alt_en", "is_made_by_ai", "position")

    def clean(self) -> dict[str, Any] | None:
        """Re-encoded here, so that a wrong picture is said beside its field."""
        cleaned = super().clean()
        upload = self.cleaned_data.get("upload")
        if upload is None and not self.instance.file:
            self.add_error("upload", _("Choose a picture."))
        elif upload is not None:
            try:
                replace_file(image=self.instance, upload=upload)
            except DomainError as error:
                self.add_error("upload", forms.ValidationError(error.message, code=error.code))
        return cleaned


class ImageInline(ScopedPermissions, TabularInline):  # type: ignore[misc]
    model = ProductImage
    form = ImageForm
    extra = 0
    hide_title = True
    fields = ("preview", "upload", "alt_zh", "alt_en", "is_made_by_ai", "position")
    readonly_fields = ("preview",)
    scope_lookups = ("product__prefecture",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.has_change_permission(request, obj))

    @admin.display(description=_("picture"))
    def preview(self, image: ProductImage) -> str:
        if not image.file:
            return "–"
        return format_html('<img src="{}" width="96" height="96" alt="">', image.small_url)


class ProductForm(AdvertisingChecked, forms.ModelForm):  # type: ignore[type-arg]
    public_texts = (
        *("name_zh", "name_en", "unit_zh", "unit_en", "description_zh", "description_en"),
        *("fulfilment_note_zh", "fulfilment_note_en"),
    )
    words_may_stay = forms.BooleanField(
        label=_("I have looked at the words that were marked; they may stay"), required=False
    )

    class Meta:
        model = Product
        fields = "__all__"  # noqa: DJ007 -- the admin class names them


NEXT_STEPS: dict[str, tuple[str, ...]] = {
    Product.State.DRAFT: ("_save_and_submit",),
    Product.State.SUBMITTED: (),
    Product.State.APPROVED: ("_save_and_list", "_save_and_retire"),
    Product.State.LISTED: ("_save_and_retire",),
    Product.State.RETIRED: ("_save_and_list",),
}


@admin.register(Product)
class ProductAdmin(YuanMixin, ScopedAdmin):
    form = ProductForm
    scope_lookups = ("prefecture",)
    list_display = ("sku", "chinese_name", "origin_name", "category", "price", "state_badge")
    list_display_links = ("sku", "chinese_name")
    list_filter = ("state", "category", ("prefecture", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("prefecture", "county", "category")
    search_fields = ("sku", "name_zh", "name_en", "aliases")
    readonly_fields = ("state", "created_at", "updated_at")
    inlines = (ImageInline,)
    actions = ("submit_chosen", "list_chosen", "retire_chosen")
    actions_submit_line = ("save_and_submit", "save_and_list", "save_and_retire")
    fieldsets = (
        (None, {"fields": ("sku", ("name_zh", "name_en"), "aliases", "state")}),
        (_("Origin"), {"fields": ("prefecture", "county", "producer", "category", "gi_status")}),
        (
            _("Price"),
            {"fields": ("list_price_fen", ("producer_cost_fen", "packing_fen", "freight_fen"))},
        ),
        (
            _("Goods"),
            {
                "fields": (
                    ("unit_zh", "unit_en"),
                    ("net_weight_g", "shelf_life_days"),
                    ("storage", "cold_chain"),
                    "season_months",
                    "seven_day_return",
                    "description_zh",
                    "description_en",
                    "fulfilment_note_zh",
                    "fulfilment_note_en",
                    "words_may_stay",
                )
            },
        ),
        (_("Record"), {"fields": ("fact_basis", ("created_at", "updated_at"))}),
    )

    @admin.display(description=_("origin"), ordering="prefecture")
    def origin_name(self, product: Product) -> str:
        return product.origin.name

    @admin.display(description=_("list price"), ordering="list_price_fen")
    def price(self, product: Product) -> str:
        return yuan(product.list_price_fen)

    @display(
        description=_("state"),
        ordering="state",
        label={
            "listed": "success",
            "approved": "info",
            "submitted": "warning",
            "retired": "danger",
        },
    )
    def state_badge(self, product: Product) -> tuple[str, str]:
        return product.state, product.get_state_display()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Places and producers of the curator's own prefectures; the origin is a prefecture."""
        if db_field.name == "prefecture":
            places = Region.objects.filter(kind=Region.Kind.PREFECTURE)
            if not has_all(request):
                places = places.filter(code__in=codes_of(request))
            kwargs["queryset"] = places
        elif db_field.name == "producer" and not has_all(request):
            codes = codes_of(request)
            kwargs["queryset"] = Producer.objects.filter(
                region__in=codes
            ) | Producer.objects.filter(region__parent__in=codes)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only the steps that can follow from where the product is."""
        product = Product.objects.filter(pk=object_id).only("state").first()
        names = NEXT_STEPS[product.state if product else Product.State.DRAFT] or ("-",)
        steps = super().get_actions_submit_line(request, object_id)
        return [step for step in steps if step.action_name.endswith(names)]

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """What is corrected of approved goods counts at once and waits to be confirmed."""
        assert isinstance(request.user, User)
        was = Product.objects.defer("search").filter(pk=obj.pk).first() if change else None
        try:
            super().save_model(request, obj, form, change)
        except IntegrityError as error:
            raise explain(error) from error
        if was is not None:
            approvals.note_correction(product=obj, by=request.user, before=facts_of(was))
            claims.take_back_fallen(obj.deals.all())  # costs may have risen above a deal's price

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        index_products(Product.objects.filter(pk=form.instance.pk))

    @admin.action(description=_("Submit the chosen products"))
    def submit_chosen(self, request: HttpRequest, rows: QuerySet[Product]) -> None:
        assert isinstance(request.user, User)
        by = request.user
        self.run_on_each(
            request,
            rows,
            lambda row: approvals.submit_product(product=row, by=by),
            _("%(number)s submitted."),
        )

    @admin.action(description=_("List the chosen products"))
    def list_chosen(self, request: HttpRequest, rows: QuerySet[Product]) -> None:
        self.run_on_each(
            request, rows, lambda row: list_product(product=row), _("%(number)s listed.")
        )

    @admin.action(description=_("Retire the chosen products"))
    def retire_chosen(self, request: HttpRequest, rows: QuerySet[Product]) -> None:
        self.run_on_each(
            request, rows, lambda row: retire_product(product=row), _("%(number)s retired.")
        )

    @action(description=_("Save and submit"))
    def save_and_submit(self, request: HttpRequest, product: Product) -> None:
        assert isinstance(request.user, User)
        approvals.submit_product(product=product, by=request.user)

    @action(description=_("Save and list"))
    def save_and_list(self, request: HttpRequest, product: Product) -> None:
        list_product(product=product)

    @action(description=_("Save and retire"))
    def save_and_retire(self, request: HttpRequest, product: Product) -> None:
        retire_product(product=product)
