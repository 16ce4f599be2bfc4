"""Forms of a show's run: one segment, a quick one, and a template's name."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from products.models import Product
from streams.domain.run_of_show_plan import LONGEST_TITLE, Plan
from streams.domain.run_of_show_templates import LONGEST_NAME
from streams.forms import ProductChoice
from streams.models import Broadcast, FlashSale, Segment, SegmentKind
from streams.models.run_of_show import SEGMENT_MINUTES

FIELD_OF = {
    "segment_kind": "kind",
    "segment_minutes": "planned_minutes",
    "not_on_shelf": "product",
    "no_such_flash_sale": "flash_sale",
    "flash_of_another_product": "flash_sale",
    "script_too_long": "script",
    "template_name_taken": "name",
    "empty_text": "name",
    "text_too_long": "name",
}
"""Beside which field a refusal is said."""


class SaysRefusals(forms.Form):
    def say(self, refusal: DomainError) -> None:
        """The rule's words, beside the field they are about."""
        name = FIELD_OF.get(refusal.code)
        self.add_error(name if name in self.fields else None, refusal.message)


class SaleChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.product.name} · ¥{format_fen(obj.price_fen)}"


class SegmentForm(SaysRefusals):
    kind = forms.ChoiceField(label=_("Kind"), choices=SegmentKind.choices)
    title_zh = forms.CharField(
        label=_("Title in Chinese"),
        max_length=LONGEST_TITLE["title_zh"],
        required=False,
        help_text=_("Viewers see it. Empty: the product's name, or the kind."),
    )
    title_en = forms.CharField(
        label=_("Title in English"), max_length=LONGEST_TITLE["title_en"], required=False
    )
    planned_minutes = forms.IntegerField(
        label=_("Planned minutes"),
        min_value=SEGMENT_MINUTES[0],
        max_value=SEGMENT_MINUTES[1],
        initial=5,
    )
    product = ProductChoice(label=_("Product"), queryset=Product.objects.none(), required=False)
    flash_sale = SaleChoice(
        label=_("Flash sale"),
        queryset=FlashSale.objects.none(),
        required=False,
        help_text=_("While the segment is on, its key starts this one."),
    )
    script = forms.CharField(
        label=_("Script"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("What the teleprompter shows. Short sentences read best."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, show: Broadcast, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_shelf = Product.objects.filter(shelf_items__broadcast=show).defer("search")
        self.fields["product"].queryset = on_shelf.order_by(  # type: ignore[attr-defined]
            "shelf_items__position"
        )
        if "flash_sale" in self.fields:
            sales = FlashSale.objects.filter(broadcast=show).select_related("product")
            self.fields["flash_sale"].queryset = sales.exclude(  # type: ignore[attr-defined]
                state=FlashSale.State.WITHDRAWN
            )

    @classmethod
    def of(cls, segment: Segment) -> "SegmentForm":
        names = ("kind", "title_zh", "title_en", "planned_minutes", "script", "version")
        given = {name: getattr(segment, name) for name in names}
        given |= {"product": segment.product_id, "flash_sale": segment.flash_sale_id}
        return cls(initial=given, show=segment.broadcast)

    def plan(self) -> Plan:
        asked = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Plan(**asked)


class QuickSegmentForm(SegmentForm):
    """What is enough to put a segment into the run; the rest is written later."""

    def __init__(self, *args: Any, show: Broadcast, **kwargs: Any) -> None:
        super().__init__(*args, show=show, **kwargs)
        for name in ("title_en", "flash_sale", "script", "version"):
            del self.fields[name]
        self.fields["title_zh"].help_text = ""
        self.fields["kind"].initial = SegmentKind.PITCH


class TemplateForm(SaysRefusals):
    name = forms.CharField(label=_("Name of the template"), max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(
        label=_("Every host of the prefecture may use it"), required=False
    )
