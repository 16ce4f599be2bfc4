"""What a buyer sends. Only the wish is read: no price, state or owner comes from outside."""

import re
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.domain.checkout import MAX_QUANTITY

_WHOLE = re.compile(r"[0-9]{1,9}")


class WholeNumber(forms.Field):
    """Digits only: no sign, point, exponent or space passes for a number of things."""

    default_error_messages = {
        "invalid": _("Choose a whole number between 1 and %(most)d."),
        "required": _("Choose how many."),
    }

    def __init__(self, *, most: int, least: int = 1) -> None:
        super().__init__()
        self.least, self.most = least, most

    def to_python(self, value: object) -> int | None:
        text = str(value or "")
        if not text:
            return None
        if not _WHOLE.fullmatch(text) or not self.least <= int(text) <= self.most:
            raise forms.ValidationError(
                self.error_messages["invalid"], "invalid", {"most": self.most}
            )
        return int(text)


class PlaceForm(forms.Form):
    """`price` is the unit price in fen the buyer saw; `key` makes a second click harmless."""

    quantity = WholeNumber(most=MAX_QUANTITY)
    price = WholeNumber(most=2_000_000_000)
    key = forms.UUIDField()
    address = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    room = forms.SlugField(required=False, max_length=12)
    perishable = forms.BooleanField(required=False)

    def asked_for(self) -> tuple[int, int, UUID]:
        """Quantity, price and key of a valid form."""
        cleaned = self.cleaned_data
        return cleaned["quantity"], cleaned["price"], cleaned["key"]
