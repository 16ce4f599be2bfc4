"""Planning a show, and proposing a flash sale in it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from livecommerce.errors import DomainError
from livecommerce.wording.advertising_forms import AdvertisingChecked
from officials.models import Official
from products.models import Product
from streams.domain import run_of_show_templates, schedule
from streams.domain.flash_plans import MOST_FEN, MOST_UNITS
from streams.models import Broadcast, RunTemplate
from streams.models.flash_sales import COUNTDOWN_SECONDS, RUN_SECONDS


class ProductChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.unit}"


class ProductChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.unit}"


class RunChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return ngettext(
            "%(name)s (%(n)s segment, %(minutes)s min)",
            "%(name)s (%(n)s segments, %(minutes)s min)",
            obj.parts,
        ) % {"name": obj.name, "n": obj.parts, "minutes": obj.minutes}


class ShowForm(AdvertisingChecked, forms.Form):
    public_texts = ("title_zh", "title_en")

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=80)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    scheduled_at = forms.DateTimeField(
        label=_("Begins at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    planned_minutes = forms.IntegerField(
        label=_("Planned minutes"), min_value=10, max_value=480, initial=60
    )
    products = ProductChoices(
        label=_("Products on the shelf"),
        queryset=Product.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The goods of your region. The order here is the order on the shelf."),
    )
    picture_source = forms.ChoiceField(
        label=_("Where the picture comes from"),
        choices=Broadcast.PictureSource.choices,
        initial=Broadcast.PictureSource.CAMERA,
        required=False,
        help_text=_("What is not a live camera is labelled for viewers. You can change it later."),
    )
    run = RunChoice(
        label=_("Start with the run of a template"),
        queryset=RunTemplate.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, host: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["products"].queryset = schedule.products_for(host)  # type: ignore[attr-defined]
        templates = run_of_show_templates.templates_for(host)
        self.fields["run"].queryset = templates  # type: ignore[attr-defined]

    def chosen_products(self) -> list[Product]:
        chosen: Iterable[Product] = self.cleaned_data["products"]
        return list(chosen)


FIELD_OF = {
    "flash_price": "price",
    "deal_honours_rule": "price",
    "deal_needs_history": "product",
    "deal_region": "product",
    "not_on_shelf": "product",
    "deal_below_cost": "subsidy_payer_zh",
    "flash_quantity": "quantity",
    "deal_stock": "quantity",
    "flash_limit": "per_person_limit",
    "flash_countdown": "countdown_seconds",
    "flash_run": "run_minutes",
    "flash_planned": "planned_at",
}
"""Beside which field a refusal is said."""


class FlashPlanForm(forms.Form):
    product = ProductChoice(label=_("Product"), queryset=Product.objects.none())
    price = forms.DecimalField(
        label=_("Price in yuan"),
        min_value=Decimal("0.01"),
        max_value=Decimal(MOST_FEN) / 100,
        decimal_places=2,
        help_text=_("The festival's rule counts: at most half of the lowest price of 30 days."),
    )
    quantity = forms.IntegerField(
        label=_("Units in all"), min_value=1, max_value=MOST_UNITS, initial=50
    )
    per_person_limit = forms.IntegerField(
        label=_("Units a person"), min_value=1, max_value=999, initial=1
    )
    countdown_seconds = forms.IntegerField(
        label=_("Countdown in seconds"),
        min_value=COUNTDOWN_SECONDS[0],
        max_value=COUNTDOWN_SECONDS[1],
        initial=60,
    )
    run_minutes = forms.IntegerField(
        label=_("Lasts at most, in minutes"),
        min_value=RUN_SECONDS[0] // 60,
        max_value=RUN_SECONDS[1] // 60,
        initial=5,
    )
    planned_at = forms.DateTimeField(
        label=_("Begins by itself at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        help_text=_("Leave it empty to start it yourself. It begins only while you are live."),
    )
    subsidy_payer_zh = forms.CharField(
        label=_("Who pays the difference, if it is below cost"), max_length=80, required=False
    )

    def __init__(self, *args: Any, show: Broadcast, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_shelf = Product.objects.filter(shelf_items__broadcast=show).defer("search")
        products = on_shelf.order_by("shelf_items__position")
        self.fields["product"].queryset = products  # type: ignore[attr-defined]

    def plan(self) -> dict[str, Any]:
        """What `plan_flash_sale` wants; money in fen, times in seconds."""
        asked = dict(self.cleaned_data)
        return {
            "product": asked["product"],
            "price_fen": int(asked["price"] * 100),
            "quantity": asked["quantity"],
            "per_person_limit": asked["per_person_limit"],
            "countdown_seconds": asked["countdown_seconds"],
            "run_seconds": asked["run_minutes"] * 60,
            "planned_at": asked["planned_at"],
            "subsidy_payer_zh": asked["subsidy_payer_zh"],
        }

    def say(self, refusal: DomainError) -> None:
        """The rule's words, beside the field they are about."""
        self.add_error(FIELD_OF.get(refusal.code), refusal.message)
