"""What a buyer sends. Only the wish is read: no price, state or owner comes from outside."""

import re
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orders.domain.checkout import MAX_QUANTITY

_WHOLE = re.compile(r"[0-9]{1,9}")
_LINE = re.compile(r"([-a-zA-Z0-9_]{1,20}):([0-9]{1,3}):([0-9]{1,9})")
MOST_CODES = 10


class WholeNumber(forms.Field):
    """Digits only: no sign, point, exponent or space passes for a number of things."""

    default_error_messages = {
        "invalid": _("Choose a whole number between 1 and %(most)d."),
        "required": _("Choose how many."),
    }

    def __init__(self, *, most: int, least: int = 1, required: bool = True) -> None:
        super().__init__(required=required)
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


class ChoiceForm(forms.Form):
    """Where to and with which coupons: what a bill depends on beside the goods."""

    address = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    asked = forms.BooleanField(required=False)

    def all_of(self, name: str) -> list[str]:
        """Every value sent under a name."""
        return self.data.getlist(name) if isinstance(self.data, QueryDict) else []

    def codes(self) -> list[str] | None:
        """The coupons named; None if the buyer has not been asked yet."""
        named = [code for code in self.all_of("code") if code.strip()][:MOST_CODES]
        return named if named or self.data.get("asked") else None

    def address_id(self) -> int | None:
        """None if there is none, or nothing that could be one."""
        return self.cleaned_data.get("address") if self.is_valid() else None


class PlaceForm(ChoiceForm):
    """`price` is the unit price in fen the buyer saw, `freight` the carriage and `total` the sum;
    `key` makes a second click harmless."""

    quantity = WholeNumber(most=MAX_QUANTITY)
    price = WholeNumber(most=2_000_000_000)
    freight = WholeNumber(most=2_000_000_000, least=0, required=False)
    total = WholeNumber(most=2_000_000_000, least=0, required=False)
    key = forms.UUIDField()
    room = forms.SlugField(required=False, max_length=12)
    perishable = forms.BooleanField(required=False)

    def asked_for(self) -> tuple[int, int, UUID]:
        """Quantity, price and key of a valid form."""
        cleaned = self.cleaned_data
        return cleaned["quantity"], cleaned["price"], cleaned["key"]

    def freight_fen(self) -> int:
        """The carriage a valid form was filled in with; none where it shows none."""
        return self.cleaned_data["freight"] or 0

    def total_fen(self) -> int:
        """The sum a valid form was filled in with; the goods alone where it shows none."""
        quantity, price, _key = self.asked_for()
        total: int | None = self.cleaned_data["total"]
        return price * quantity if total is None else total


class BasketForm(ChoiceForm):
    """`line` is given once a product: SKU, how many, and the unit price in fen the buyer saw.
    `total` is the sum they saw."""

    total = WholeNumber(most=2_000_000_000, least=0)
    key = forms.UUIDField()
    perishable = forms.BooleanField(required=False)

    def lines(self) -> list[tuple[str, int, int]]:
        """(SKU, quantity, price) of every line. Raises ValueError for what no page of ours sent."""
        return [_line(_LINE.fullmatch(text)) for text in self.all_of("line")]


def _line(match: re.Match[str] | None) -> tuple[str, int, int]:
    if match is None:
        raise ValueError("not a line of a basket")
    return match[1], int(match[2]), int(match[3])
