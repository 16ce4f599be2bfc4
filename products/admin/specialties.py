"""Each prefecture's ordered list of specialties, by drag or by number."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from officials.admin_scope import ScopedAdmin, ScopedPermissions
from products.models import CuratedPrefecture, Product, Specialty


class SpecialtyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Rows swap places, so no position can be checked by itself: they are numbered anew on save."""

    class Meta:
        model = Specialty
        fields = ("product", "note_zh", "note_en", "position")

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "position"}  # type: ignore[misc]


class SpecialtyInline(ScopedPermissions, TabularInline):  # type: ignore[misc]
    model = Specialty
    form = SpecialtyForm
    fk_name = "prefecture"
    fields = ("product", "note_zh", "note_en", "position")
    extra = 0
    hide_title = True
    ordering = ("position",)
    ordering_field = "position"
    scope_lookups = ("prefecture",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.has_change_permission(request, obj))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Specialty]:
        rows: QuerySet[Specialty] = super().get_queryset(request)
        return rows.select_related("product")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Only goods of the prefecture at hand can be chosen, from one query for all the rows."""
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields["product"]
        field.queryset = Product.objects.filter(prefecture=obj).defer("search")
        field.choices = [
            ("", "—"),
            *((product.pk, f"{product.name} ({product.sku})") for product in field.queryset),
        ]
        return formset


@admin.register(CuratedPrefecture)
class CuratedPrefectureAdmin(ScopedAdmin):
    scope_lookups = ("code",)
    curators_may_add = False
    fields = ("chinese_name", "english_name", "slogan_zh", "slogan_en")
    readonly_fields = ("chinese_name", "english_name")
    list_display = ("chinese_name", "english_name", "specialty_count", "slogan_zh")
    inlines = (SpecialtyInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CuratedPrefecture]:
        rows: QuerySet[CuratedPrefecture] = super().get_queryset(request)
        return rows.filter(kind="prefecture").annotate(number=Count("specialties"))

    @admin.display(description=_("number of specialties"), ordering="number")
    def specialty_count(self, place: Any) -> int:
        return int(place.number)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save as typed, then number from one; the unique rule waits for the commit."""
        super().save_formset(request, form, formset, change)
        rows = list(
            Specialty.objects.filter(prefecture_id=form.instance.pk).order_by("position", "pk")
        )
        for position, row in enumerate(rows, start=1):
            row.position = position
        Specialty.objects.bulk_update(rows, ["position"])
