"""What a buyer writes who wants money back. Amounts are read as yuan and kept as fen."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from livecommerce.money import format_fen
from orders.models import Carrier, OrderLine, Refund

_YUAN = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")


class YuanField(forms.CharField):
    """`12`, `12.5` or `12.50` as 1200 or 1250 fen: no sign, exponent, comma or third digit."""

    default_error_messages = {
        "invalid": _("Write the amount in yuan, such as 12.50."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "decimal"
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: object) -> int | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        found = _YUAN.fullmatch(text)
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        whole, part = found.groups()
        return int(whole) * 100 + int((part or "0").ljust(2, "0"))


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Any number of files; what they are is found out when they are drawn anew."""

    widget = ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        single = super().clean
        return [single(one, initial) for one in data or []]


class AskForm(forms.Form):
    """One farm's lines of an order: which of them, how much of each, why, and pictures."""

    cause = forms.ChoiceField(
        label=_("What is wrong?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    reason = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = PicturesField(
        label=_("Photos"),
        required=False,
        help_text=_(
            "Up to 6, each at most 10 MB. Seen by you, the farm and our staff only; where they were"
            " taken is removed."
        ),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        lines: Sequence[OrderLine],
        left: dict[int, int],
        causes: Sequence[Refund.Cause],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lines = lines
        cause = self.fields["cause"]
        assert isinstance(cause, forms.ChoiceField)
        cause.choices = [(one.value, one.label) for one in causes]
        for line in lines:
            self.fields[f"line_{line.pk}"] = forms.BooleanField(
                required=False, initial=len(lines) == 1
            )
            self.fields[f"amount_{line.pk}"] = YuanField(
                required=False,
                label=_("Amount in yuan"),
                initial=format_fen(left[line.pk]).replace(",", ""),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Each line with its two fields, for the template."""
        return [
            {"line": line, "choice": self[f"line_{line.pk}"], "amount": self[f"amount_{line.pk}"]}
            for line in self._lines
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for line in self._lines:
            name = f"amount_{line.pk}"
            if cleaned.get(f"line_{line.pk}") and name in cleaned and cleaned[name] is None:
                self.add_error(name, YuanField.default_error_messages["invalid"])
        return cleaned

    def wanted(self) -> dict[int, int]:
        """Fen by line id of those that were chosen."""
        cleaned = self.cleaned_data
        return {
            line.pk: cleaned[f"amount_{line.pk}"]
            for line in self._lines
            if cleaned.get(f"line_{line.pk}")
        }

    def pictures(self) -> "list[File[bytes]]":
        return list(self.cleaned_data.get("photos") or [])


class SentBackForm(forms.Form):
    carrier = forms.ChoiceField(label=_("Carrier"), choices=Carrier.choices)
    number = forms.RegexField(
        label=_("Tracking number"),
        regex=r"^[A-Za-z0-9-]{6,32}\Z",
        max_length=32,
        error_messages={"invalid": _("Letters and digits as printed on the receipt.")},
    )


class DecisionForm(forms.Form):
    """A note is welcome with a yes and needed with a no (the domain says so)."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("refuse", "")])
    answer = forms.CharField(
        label=_("Answer to the buyer"),
        required=False,
        max_length=400,
        help_text=_("Needed when you refuse; the buyer reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
