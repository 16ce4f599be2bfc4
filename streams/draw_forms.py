"""Preparing a lucky draw, and asking a poll."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from livecommerce.errors import DomainError
from streams.domain.draw_terms import Terms
from streams.domain.polls import LONGEST_CHOICE, LONGEST_QUESTION
from streams.models import Draw
from streams.models.draws import MOST_MINUTES, MOST_PRIZE_FEN, PLACES
from streams.models.polls import CHOICES

MINUTES = (1, 2, 3, 5, 10, 15, 30)
FIELD_OF = {
    "empty_text": "prize_zh",
    "text_too_long": "prize_zh",
    "prize_too_high": "value",
    "prize_value": "value",
    "draw_passphrase": "passphrase",
    "draw_places": "places",
    "draw_min_minutes": "min_minutes",
    "poll_choices": None,
}
"""Beside which field a refusal is said."""


def _key() -> str:
    return str(uuid4())


class _Form(forms.Form):
    def say(self, refusal: DomainError) -> None:
        """The rule's words, beside the field they are about."""
        field = FIELD_OF.get(refusal.code)
        self.add_error(field if field in self.fields else None, refusal.message)


class DrawForm(_Form):
    key = forms.CharField(max_length=36, widget=forms.HiddenInput, initial=_key)
    prize_zh = forms.CharField(label=_("Prize, in Chinese"), max_length=60)
    prize_en = forms.CharField(label=_("Prize, in English"), max_length=100, required=False)
    value = forms.DecimalField(
        label=_("Worth of one prize, in yuan"),
        min_value=Decimal("0.01"),
        max_value=Decimal(MOST_PRIZE_FEN) / 100,
        decimal_places=2,
        error_messages={"max_value": _("A prize in a draw may be worth ¥50,000 at most, by law.")},
    )
    places = forms.IntegerField(
        label=_("How many prizes"), min_value=PLACES[0], max_value=PLACES[1], initial=1
    )
    minutes = forms.TypedChoiceField(
        label=_("Open for"),
        coerce=int,
        initial=3,
        choices=[(number, str(number)) for number in MINUTES],
        help_text=_("Minutes, after a countdown of five seconds."),
    )
    must_follow = forms.BooleanField(label=_("Only for those who follow the host"), required=False)
    passphrase = forms.CharField(
        label=_("Words to say in the chat"),
        max_length=20,
        required=False,
        help_text=_("Short and kind: everybody reads them many times."),
    )
    min_minutes = forms.IntegerField(
        label=_("Minutes watched"),
        min_value=0,
        max_value=MOST_MINUTES,
        initial=0,
        help_text=_("Of this show, signed in. 0: no matter how long."),
    )
    if_unclaimed = forms.ChoiceField(
        label=_("If nobody gives an address within 48 hours"),
        choices=Draw.IfUnclaimed.choices,
        initial=Draw.IfUnclaimed.NEXT,
        widget=forms.RadioSelect,
    )

    def terms(self) -> Terms:
        """Money in fen, times in seconds."""
        asked = self.cleaned_data
        return Terms(
            prize_zh=asked["prize_zh"],
            prize_en=asked["prize_en"],
            prize_fen=int(asked["value"] * 100),
            places=asked["places"],
            must_follow=asked["must_follow"],
            passphrase=asked["passphrase"],
            min_minutes=asked["min_minutes"],
            entry_seconds=asked["minutes"] * 60,
            if_unclaimed=asked["if_unclaimed"],
        )


class PollForm(_Form):
    key = forms.CharField(max_length=36, widget=forms.HiddenInput, initial=_key)
    question = forms.CharField(label=_("Question"), max_length=LONGEST_QUESTION * 3)
    minutes = forms.TypedChoiceField(
        label=_("Open for"),
        coerce=int,
        initial=2,
        choices=[(number, str(number)) for number in MINUTES],
        help_text=_("Minutes; you can close it earlier."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        low, high = CHOICES
        for number in range(1, high + 1):
            self.fields[f"choice_{number}"] = forms.CharField(
                label=_("Answer %(number)s") % {"number": number},
                max_length=LONGEST_CHOICE * 3,
                required=number <= low,
            )

    def choices(self) -> list[str]:
        return [
            text
            for number in range(1, CHOICES[1] + 1)
            if (text := self.cleaned_data[f"choice_{number}"])
        ]
