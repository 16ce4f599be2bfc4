"""Forms whose texts the public will read: words of advertising law are said beside their field."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from livecommerce.wording import advertising
from livecommerce.wording.advertising import Finding

if TYPE_CHECKING:
    _Form = forms.Form
else:
    _Form = object


class AdvertisingChecked(_Form):
    """Put it before the form's own base and name the fields in `public_texts`.

    A forbidden word is refused with the rule it is against. A form may have a tick
    `words_may_stay` for somebody who has looked at the words and knows that they are right (a name,
    an office); the Django admin writes that tick into the audit book like every other field.
    """

    public_texts: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("words_may_stay"):
            for name, found in forbidden_of(cleaned, self.public_texts).items():
                self.add_error(name, [said(one) for one in found])
        return cleaned


def forbidden_of(texts: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, list[Finding]]:
    """Field → what the law forbids in it."""
    found = {name: advertising.forbidden_in(str(texts.get(name) or "")) for name in names}
    return {name: findings for name, findings in found.items() if findings}


def said(finding: Finding) -> str:
    """`“最好” – Advertising Law, article 9: … Write instead: …`"""
    words = _("“%(word)s” – %(law)s: %(explanation)s") % {
        "word": finding.word,
        "law": finding.law,
        "explanation": finding.explanation,
    }
    return f"{words} {finding.suggestion}".strip()
