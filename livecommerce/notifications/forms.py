"""What to be told, by which way, and when not."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livecommerce.notifications import choices
from livecommerce.notifications.models import Channel, Kind, QuietHours


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

    def __init__(self, *args: Any, wanted: choices.Wanted, quiet: QuietHours | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._wanted = wanted
        for kind, channel in wanted:
            if choices.may_be_off(kind, channel):
                self.fields[f"{kind}-{channel}"] = forms.BooleanField(
                    required=False, initial=wanted[kind, channel]
                )
        if quiet is not None:
            self.fields["begins"].initial, self.fields["ends"].initial = quiet.begins, quiet.ends

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
            for kind in choices.OFFERED
        ]

    def _field(self, name: str) -> forms.BoundField | None:
        return self[name] if name in self.fields else None

    def wanted(self) -> dict[tuple[str, str], bool]:
        return {
            (kind, channel): self.cleaned_data[name]
            for kind, channel in self._wanted
            if (name := f"{kind}-{channel}") in self.fields
        }
