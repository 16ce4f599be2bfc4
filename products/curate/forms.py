"""What curators and producers type in."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livecommerce.errors import DomainError
from livecommerce.wording.advertising_forms import AdvertisingChecked
from officials.models import IdentityCheck
from products.models import Category, Product, Specialty
from products.words import COLD_CHAIN, MONTHS, STORAGE

MOST_YUAN = Decimal(1000000)


class MonthsField(forms.TypedMultipleChoiceField):
    """Months as check boxes; none is allowed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=list(MONTHS.items()),
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )


class NoteForm(AdvertisingChecked, forms.Form):
    """A specialty's words and season; `version` is what the page was made from."""

    public_texts = ("note_zh", "note_en")

    note_zh = forms.CharField(
        label=_("Note in Chinese"), max_length=200, required=False, widget=forms.Textarea
    )
    note_en = forms.CharField(
        label=_("Note in English"), max_length=240, required=False, widget=forms.Textarea
    )
    season_months = MonthsField(
        label=_("Show it in these months"),
        help_text=_("Choose none to go by the product’s own season."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("note_zh", "note_en"):
            self.fields[name].widget.attrs["rows"] = 3

    @classmethod
    def of(cls, specialty: Specialty) -> "NoteForm":
        names = ("note_zh", "note_en", "season_months", "version")
        return cls(initial={name: getattr(specialty, name) for name in names})

    def say(self, refusal: DomainError) -> None:
        field = {"season_months": "season_months"}.get(refusal.code)
        self.add_error(field, refusal.message)


class IdentityForm(forms.Form):
    paper = forms.ChoiceField(label=_("Which paper you saw"))
    number_end = forms.CharField(
        label=_("Last four characters of its number"),
        min_length=4,
        max_length=4,
        help_text=_("Only these are kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires_on = forms.DateField(
        label=_("Counts until"),
        help_text=_("The paper’s own end, or the next check: three years from now at most."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, papers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(IdentityCheck.Paper.choices)
        self.fields["paper"].choices = [(one, known[one]) for one in papers]  # type: ignore[attr-defined]

    def say(self, refusal: DomainError) -> None:
        fields = {
            "identity_date": "expires_on",
            "identity_number": "number_end",
            "identity_paper": "paper",
        }
        self.add_error(fields.get(refusal.code), refusal.message)


class YuanField(forms.DecimalField):
    """Typed in yuan, cleaned to fen."""

    def __init__(self, *, least: str = "0", **kwargs: Any) -> None:
        super().__init__(min_value=Decimal(least), max_value=MOST_YUAN, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 100:f}" if isinstance(value, int) else value


class GoodsForm(AdvertisingChecked, forms.ModelForm):  # type: ignore[type-arg]
    """What a producer says of their goods; prices in yuan."""

    judged_texts = ("name_zh", "name_en", "unit_zh", "unit_en", "description_zh", "description_en")

    list_price_fen = YuanField(label=_("Price in yuan"), least="0.01")
    producer_cost_fen = YuanField(label=_("Your share in yuan"))
    packing_fen = YuanField(label=_("Packing in yuan"))
    freight_fen = YuanField(label=_("Freight in yuan"))
    season_months = MonthsField(label=_("Months in season"))
    storage = forms.ChoiceField(label=_("Storage"), choices=list(STORAGE.items()))

    class Meta:
        model = Product
        fields = (
            "name_zh",
            "name_en",
            "category",
            "unit_zh",
            "unit_en",
            "net_weight_g",
            "list_price_fen",
            "producer_cost_fen",
            "packing_fen",
            "freight_fen",
            "description_zh",
            "description_en",
            "shelf_life_days",
            "storage",
            "cold_chain",
            "season_months",
            "seven_day_return",
        )
        labels = {
            "name_zh": _("Name in Chinese"),
            "name_en": _("Name in English"),
            "description_zh": _("Description in Chinese"),
            "description_en": _("Description in English"),
        }
        widgets = {
            "description_zh": forms.Textarea(attrs={"rows": 4}),
            "description_en": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.all()  # type: ignore[attr-defined]
        self.fields["name_en"].required = False
        self.fields["cold_chain"].choices = list(COLD_CHAIN.items())  # type: ignore[attr-defined]
        if self.instance.pk and self.instance.state != Product.State.DRAFT:
            del self.fields["category"]

    def clean(self) -> dict[str, Any]:
        # What stands there already, staff may have let stand: a name, an office.
        self.public_texts = tuple(one for one in self.judged_texts if one in self.changed_data)
        cleaned = super().clean()
        parts = ("producer_cost_fen", "packing_fen", "freight_fen")
        price = cleaned.get("list_price_fen")
        if price and sum(cleaned.get(name) or 0 for name in parts) > price:
            self.add_error(
                "list_price_fen", _("Your share, packing and freight are more than the price.")
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class PictureForm(forms.Form):
    upload = forms.FileField(
        label=_("Picture (JPEG, PNG or WebP, at most 10 MB)"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    is_made_by_ai = forms.BooleanField(
        label=_("This picture was made or changed by AI"),
        help_text=_("Then it says so wherever it is shown."),
        required=False,
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason or note"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed to send it back; the producer reads it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=12)


def today_plus_year() -> str:
    today = timezone.localdate()
    return f"{today.year + 1}-{today:%m}-{min(today.day, 28):02}"
