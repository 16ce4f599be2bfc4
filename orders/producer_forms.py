"""What a producer and a reviewing buyer send. Which units, which carrier: nothing else is read."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.domain.reviews import LONGEST
from orders.forms import WholeNumber
from orders.models import Carrier, OrderLine


class ParcelForm(forms.Form):
    """Who carries it and under which number; the rules of numbers are the domain's."""

    carrier = forms.ChoiceField(label=_("Carrier"), choices=[("", "—"), *Carrier.choices])
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def refuse(self, code: str, message: str) -> None:
        """A rule's words beside the field they are about."""
        self.add_error(code if code in self.fields else None, message)


class ShipForm(ParcelForm):
    """With the units of each line that is not all sent yet: `units-<line id>`."""

    def __init__(self, lines: Sequence[OrderLine], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.lines = [line for line in lines if line.unsent]
        for line in self.lines:
            name = f"units-{line.pk}"
            units = WholeNumber(least=0, most=line.unsent)
            units.required = False
            units.label = line.name
            units.widget = forms.NumberInput(
                attrs={"min": 0, "max": line.unsent, "inputmode": "numeric"}
            )
            units.initial = line.unsent
            self.fields[name] = units

    def rows(self) -> list[tuple[OrderLine, forms.BoundField]]:
        return [(line, self[f"units-{line.pk}"]) for line in self.lines]

    def units(self) -> dict[int, int]:
        """Quantity by line id, of a valid form."""
        return {line.pk: self.cleaned_data.get(f"units-{line.pk}") or 0 for line in self.lines}


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("The list with carriers and tracking numbers filled in"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        max_length=200,
    )


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Your answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PicturesInput(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Any number of files; how many and what they may be is the domain's."""

    widget = PicturesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        one = super().clean
        return [one(item, initial) for item in data or []]


class ReviewForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=_("How was it?"),
        coerce=int,
        choices=[
            (5, _("5 stars: very good")),
            (4, _("4 stars: good")),
            (3, _("3 stars: fair")),
            (2, _("2 stars: poor")),
            (1, _("1 star: bad")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one to five stars.")},
    )
    text = forms.CharField(
        label=_("What others should know"),
        required=False,
        max_length=LONGEST * 20,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    pictures = PicturesField(
        label=_("Photos"),
        required=False,
        widget=PicturesInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("Up to six. Where and when they were taken is removed."),
    )

    def __init__(self, *args: Any, own: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        """`own` are pictures that are there already: id and a name for the box that drops it."""
        super().__init__(*args, **kwargs)
        if own:
            self.fields["drop"] = forms.TypedMultipleChoiceField(
                label=_("Take these photos away"),
                required=False,
                coerce=int,
                choices=own,
                widget=forms.CheckboxSelectMultiple,
            )

    def said(self) -> dict[str, Any]:
        """Arguments of `reviews.review`, of a valid form."""
        cleaned = self.cleaned_data
        return {name: cleaned[name] for name in ("stars", "text", "pictures")}
