"""Sign-up asks for one thing more than allauth does: the name others see."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.Form):
    display_name = forms.CharField(label=_("Name shown in rooms"), max_length=24, required=False)

    def signup(self, request: object, user: object) -> None:
        """allauth's hook; the adapter has already taken the name."""
