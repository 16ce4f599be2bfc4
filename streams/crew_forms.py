"""Forms about who helps in a show and who may see its rehearsals."""

from django import forms
from django.utils.translation import gettext_lazy as _

from streams.models import Rehearsal, RoomRole

RIGHTS = (
    (RoomRole.Role.CHAT.value, _("Look after the chat: hide lines, mute, take questions away")),
    (RoomRole.Role.PINS.value, _("Pin and unpin products")),
    (RoomRole.Role.DRAWS.value, _("Run draws and polls")),
)


class ShowAssistantForm(forms.Form):
    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("The address they signed up with. The console asks them for two factors, too."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    rights = forms.MultipleChoiceField(
        label=_("They may"), choices=RIGHTS, widget=forms.CheckboxSelectMultiple
    )


class GuestForm(forms.Form):
    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("The address they signed up with. Nobody else finds the rehearsal."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class CrowdForm(forms.Form):
    crowd = forms.TypedChoiceField(
        label=_("Played crowd"),
        choices=Rehearsal.Crowd.choices,
        coerce=int,
        initial=Rehearsal.Crowd.SMALL,
        help_text=_("They come, talk, like and order. All of it is marked as simulated."),
    )
