"""What an official tells about themselves, and whom they name."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from officials.models import Official, Region


class ApplicationForm(forms.ModelForm):  # type: ignore[type-arg]
    portrait = forms.FileField(
        label=_("Portrait"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 10 MB. It is shown beside your name."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    class Meta:
        model = Official
        fields = (
            "name_zh",
            "name_en",
            "region",
            "post_zh",
            "post_en",
            "intro_zh",
            "intro_en",
            "catchphrase_zh",
            "catchphrase_en",
        )
        labels = {
            "name_zh": pgettext_lazy("of a person", "Name"),
            "name_en": _("Name in Latin letters"),
            "region": _("City or county"),
            "post_zh": _("Post"),
            "post_en": _("Post in English"),
            "intro_zh": _("About you"),
            "intro_en": _("About you, in English"),
            "catchphrase_zh": _("A sentence viewers will remember"),
            "catchphrase_en": _("That sentence in English"),
        }
        widgets = {
            "intro_zh": forms.Textarea(attrs={"rows": 4}),
            "intro_en": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["intro_zh"].required = True
        self.fields["name_zh"].widget.attrs["autocomplete"] = "name"
        region = self.fields["region"]
        assert isinstance(region, forms.ModelChoiceField)
        region.empty_label = _("Choose …")
        region.choices = _places()


def _places() -> list[tuple[str, object]]:
    """Counties under their prefecture, in one query."""
    groups: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    for place in Region.objects.order_by("code"):
        head = place.parent_id or place.code
        names.setdefault(head, place.name)
        groups.setdefault(head, []).append((place.code, place.name))
    return [("", _("Choose …")), *((names[head], members) for head, members in groups.items())]


class AssistantForm(forms.Form):
    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("The address they signed up with."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
