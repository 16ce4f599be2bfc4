"""Forms of one's own account; allauth brings those for signing in."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livecommerce.accounts import addresses, divisions
from livecommerce.accounts.models import Address, User
from livecommerce.accounts.names import require_name
from livecommerce.accounts.role_holders import holds_a_role
from livecommerce.errors import DomainError

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f<>\u202a-\u202e\u2066-\u2069]")


def _printable(text: str) -> str:
    """Without control and direction-changing characters, which would break a parcel's label."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _fit_to_show(name: str, *, holds_role: bool = False) -> str:
    try:
        return require_name(name, holds_role=holds_role)
    except DomainError as refusal:
        raise forms.ValidationError(refusal.message) from refusal


class SignupForm(forms.Form):
    """Sign-up asks for one thing more than allauth does: the name others see."""

    display_name = forms.CharField(
        label=_("Name shown in rooms"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def clean_display_name(self) -> str:
        name = self.cleaned_data["display_name"]
        return _fit_to_show(name) if name else ""

    def signup(self, request: object, user: object) -> None:
        """allauth's hook; the adapter has already taken the name."""


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("zh-hans", "简体中文"), ("en", "English")],
        help_text=_("For these pages and for the messages we send you."),
    )

    class Meta:
        model = User
        fields = ["display_name", "language"]
        labels = {"display_name": _("Name shown in rooms")}
        help_texts = {"display_name": _("Others see it beside what you say. Up to 24 characters.")}
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "nickname"})}

    def clean_display_name(self) -> str:
        holds_role = holds_a_role(self.instance)
        return _fit_to_show(self.cleaned_data["display_name"], holds_role=holds_role)


class AddressForm(forms.Form):
    """One address. Cities follow the province and counties the city: the page fetches them again
    when a choice changes (`accounts:divisions`), and without JavaScript the form says what is
    left to choose.

        form = AddressForm(user=request.user, data=request.POST)          # a new one
        form = AddressForm(user=…, address=address, data=request.POST)    # a change
        if form.is_valid() and (address := form.save()): …
    """

    recipient = forms.CharField(
        label=_("Recipient"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("For the courier. Mainland China, 11 digits."),
    )
    province = forms.ChoiceField(
        label=_("Province"),
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
        error_messages={"required": _("Choose a province.")},
    )
    city = forms.ChoiceField(
        label=_("City"),
        widget=forms.Select(attrs={"autocomplete": "address-level2"}),
        error_messages={
            "required": _("Choose a city."),
            "invalid_choice": _("Choose a city of this province."),
        },
    )
    county = forms.ChoiceField(
        label=_("County or district"),
        required=False,
        widget=forms.Select(attrs={"autocomplete": "address-level3"}),
        error_messages={"invalid_choice": _("Choose a county or district of this city.")},
    )
    street = forms.CharField(
        label=_("Street, number, building, room"),
        max_length=160,
        min_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"min_length": _("Write the street or village and the number in full.")},
    )
    is_first = forms.BooleanField(label=_("Use this address first"), required=False)

    def __init__(self, *args: Any, user: User, address: Address | None = None, **kwargs: Any):
        self.user = user
        self.address = address
        if address is not None:
            kwargs["initial"] = {
                **address.snapshot(),
                "is_first": address.is_default,
                **(kwargs.get("initial") or {}),
            }
        super().__init__(*args, **kwargs)
        province, city = self._chosen("province"), self._chosen("city")
        cities = divisions.cities(province)
        if len(cities) == 1:  # Beijing in Beijing: nothing to choose
            city = cities[0]
        counties = divisions.counties(province, city)
        self._offer("province", divisions.provinces())
        self._offer("city", cities)
        self._offer("county", counties)
        self.has_county = bool(counties) or city not in cities

    def _chosen(self, name: str) -> str:
        if self.is_bound:
            return str(self.data.get(self.add_prefix(name), ""))
        return str(self.get_initial_for_field(self.fields[name], name) or "")

    def _offer(self, name: str, names: list[str]) -> None:
        prompt = [] if len(names) == 1 else [("", _("Choose"))]
        choices = [*prompt, *((choice, choice) for choice in names)]
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean_recipient(self) -> str:
        name = _printable(self.cleaned_data["recipient"])
        if not name or name.isdigit():
            raise forms.ValidationError(_("Write the name of the person who takes the parcel."))
        return name

    def clean_phone(self) -> str:
        number = addresses.mainland_mobile(self.cleaned_data["phone"])
        if not number:
            raise forms.ValidationError(
                _("A mainland mobile number has 11 digits and begins with 1. Check it once more.")
            )
        return number

    def clean_street(self) -> str:
        street = _printable(self.cleaned_data["street"])
        if len(street) < 4 or street.isdigit():
            raise forms.ValidationError(_("Write the street or village and the number in full."))
        return street

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        offered = divisions.counties(cleaned.get("province", ""), cleaned.get("city", ""))
        if offered and not cleaned.get("county") and "county" not in self.errors:
            self.add_error("county", _("Choose a county or district."))
        return cleaned

    def save(self) -> Address | None:
        """The address as the book now holds it; None (and an error to show) if it is full."""
        facts = addresses.Facts(
            recipient=self.cleaned_data["recipient"],
            phone=self.cleaned_data["phone"],
            province=self.cleaned_data["province"],
            city=self.cleaned_data["city"],
            county=self.cleaned_data["county"],
            street=self.cleaned_data["street"],
        )
        is_first: bool = self.cleaned_data["is_first"]
        try:
            if self.address is None:
                return addresses.add_address(user=self.user, facts=facts, is_first=is_first)
            return addresses.change_address(address=self.address, facts=facts, is_first=is_first)
        except DomainError as error:
            self.add_error(None, error.message)
            return None
