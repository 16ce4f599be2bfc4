"""Planning a show."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from officials.models import Official
from products.models import Product
from streams.domain import schedule


class ProductChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.unit}"


class ShowForm(forms.Form):
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

    def __init__(self, *args: Any, host: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["products"].queryset = schedule.products_for(host)  # type: ignore[attr-defined]

    def chosen_products(self) -> list[Product]:
        chosen: Iterable[Product] = self.cleaned_data["products"]
        return list(chosen)
