"""What to be told, by which way, and when not."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livecommerce.notifications import choices
from livecommerce.notifications.models import ZONES, Channel, Kind, QuietHours


class ChoicesForm(forms.Form):
    """A box for each kind and way that may be switched off, and the quiet hours."""

    begins = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    zone = forms.ChoiceField(label=_("By the clock of"), choices=ZONES, required=False)

    def __init__(self, *args: Any, wanted: choices.Wanted, quiet: QuietHours | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._wanted = wanted
        for kind, channel in wanted:
            if choices.may_be_off(kind, channel):
                self.fields[f"{kind}-{channel}"] = forms.BooleanField(
                    required=False, initial=wanted[kind, channel]
                )
        if quiet is not None:
            for name in ("begins", "ends", "zone"):
                self.fields[name].initial = getattr(quiet, name)

    def rows(self) -> list[dict[str, Any]]:
        """A row a kind, with a bound field for each way (None: always on)."""
        return [
            {
                "label": Kind(kind).label,
                "cells": [
                    {"channel": Channel(channel).label, "field": self._field(f"{kind}-{channel}")}
                    for channel in Channel.values
                ],
            }
            for kind in dict.fromkeys(kind for kind, _channel in self._wanted)
        ]

    def _field(self, name: str) -> forms.BoundField | None:
        return self[name] if name in self.fields else None

    def clean_zone(self) -> str:
        return str(self.cleaned_data["zone"] or choices.HOME_ZONE)

    def wanted(self) -> dict[tuple[str, str], bool]:
        return {
            (kind, channel): self.cleaned_data[name]
            for kind, channel in self._wanted
            if (name := f"{kind}-{channel}") in self.fields
        }
