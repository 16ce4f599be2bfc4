"""The terms of a deal, as a curator proposes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livecommerce.errors import DomainError
from products.curate.forms import YuanField
from products.domain.deal_desk import LONGEST
from products.domain.deals import TERMS
from products.models import Deal, Festival

WHEN = "%Y-%m-%dT%H:%M"


class FestivalChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN),
    )


class TermsForm(forms.Form):
    """`festivals` are those the product may be part of; without one there is nothing to propose."""

    festival = FestivalChoice(
        label=pgettext_lazy("of a deal", "Festival"),
        queryset=Festival.objects.none(),
        empty_label=None,
    )
    price_fen = YuanField(label=_("Price in yuan"), least="0.01")
    quantity = forms.IntegerField(
        label=_("Units promised"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("They are set aside from everyday stock when it is approved."),
    )
    per_person_limit = forms.IntegerField(
        label=_("At most per person"), min_value=1, max_value=1_000
    )
    starts_at = _moment(_("Starts"), _("China’s time, within the festival."))
    ends_at = _moment(_("Ends"))
    subsidy_payer_zh = forms.CharField(
        label=_("Who pays the difference (Chinese)"),
        max_length=80,
        required=False,
        help_text=_("Needed where the price does not cover the cost; the receipt names them."),
    )
    subsidy_payer_en = forms.CharField(
        label=_("Who pays the difference (English)"), max_length=120, required=False
    )

    def __init__(self, *args: Any, festivals: Sequence[Festival], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = Festival.objects.filter(pk__in=[one.pk for one in festivals]).order_by("starts_at")
        self.fields["festival"].queryset = chosen  # type: ignore[attr-defined]

    @staticmethod
    def beginning(festival: Festival) -> dict[str, Any]:
        """What a new proposal starts from: the rest of the festival, from the next full hour."""
        now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
        return {
            "festival": festival,
            "per_person_limit": 2,
            "starts_at": max(now + timedelta(hours=1), timezone.localtime(festival.starts_at)),
            "ends_at": timezone.localtime(festival.ends_at),
        }

    @staticmethod
    def of(deal: Deal) -> dict[str, Any]:
        return {name: getattr(deal, name) for name in TERMS}

    def starts(self) -> datetime | None:
        """What the page computes the base price for; None while it says no moment."""
        if not self.is_bound:
            found: datetime | None = self.initial.get("starts_at")
            return found
        return getattr(self, "cleaned_data", {}).get("starts_at")

    def say(self, refusal: DomainError) -> None:
        self.add_error(_FIELDS.get(refusal.code), refusal.message)


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed to send it back or to take it back; others read it."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)


_FIELDS = {
    "deal_honours_rule": "price_fen",
    "deal_needs_history": "starts_at",
    "deal_price_positive": "price_fen",
    "deal_below_cost": "subsidy_payer_zh",
    "deal_within_festival": "starts_at",
    "deal_dates": "ends_at",
    "deal_is_over": "ends_at",
    "deal_no_overlap": "starts_at",
    "deal_stock": "quantity",
    "deal_region": "festival",
}
