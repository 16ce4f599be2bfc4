"""Filters for the curators' pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from livecommerce.money import format_fen
from products import words
from products.domain import curation_gaps as gaps
from products.models import Product, Specialty, Submission

register = template.Library()

GAP_WORDS = {
    gaps.NO_DEAL: _("no deal"),
    gaps.NO_STOCK: _("no stock"),
    gaps.NO_PICTURE: _("no picture"),
    gaps.OUT_OF_SEASON: _("out of season"),
    gaps.NO_WORDS: _("words missing in one language"),
    gaps.NO_IDENTITY: _("producer’s identity check"),
    gaps.NOT_ON_SALE: _("not on sale"),
}
GAP_DEEDS = {
    gaps.NO_DEAL: _("Propose a deal"),
    gaps.NO_STOCK: _("Add stock"),
    gaps.NO_PICTURE: _("Add a picture"),
    gaps.OUT_OF_SEASON: _("Change the season"),
    gaps.NO_WORDS: _("Write them"),
    gaps.NO_IDENTITY: _("Renew the check"),
    gaps.NOT_ON_SALE: _("See where it stands"),
}
URGENT = (gaps.NOT_ON_SALE, gaps.NO_STOCK, gaps.NO_PICTURE, gaps.NO_IDENTITY)
STATE_BADGES = {
    Submission.State.COUNTY: "badge-warn",
    Submission.State.PREFECTURE: "badge-warn",
    Submission.State.APPROVED: "badge-good",
    Submission.State.RETURNED: "badge-bad",
    Submission.State.WITHDRAWN: "",
}


@register.filter
def gap_words(name: str) -> Any:
    return GAP_WORDS[name]


@register.filter
def gap_deed(name: str) -> Any:
    return GAP_DEEDS[name]


@register.filter
def gap_badge(name: str) -> str:
    return "badge-bad" if name in URGENT else "badge-warn"


@register.filter
def submission_badge(state: str) -> str:
    return STATE_BADGES[Submission.State(state)]


@register.filter
def step_words(state: str) -> Any:
    return Submission.State(state).label


@register.filter
def is_past(moment: datetime) -> bool:
    return moment <= timezone.now()


@register.filter
def specialty_label(name: str) -> Any:
    return _called(Specialty, name)


@register.filter
def who(label: str) -> str:
    """`韦小满 (12)` of the audit book without the number."""
    return label.rpartition(" (")[0] or label


@register.filter
def field_label(name: str) -> Any:
    """`name_zh` → “name (Chinese)”, as the model calls it."""
    known = {"name_zh": _("name (Chinese)"), "name_en": _("name (English)")}
    return known.get(name) or _called(Product, name)


@register.filter
def shown_as(value: Any, name: str) -> Any:
    """A value of a product's field as people read it."""
    if name.endswith("_fen"):
        return f"¥{format_fen(value)}"
    if name == "season_months":
        return months(value) or _("all year")
    if name == "cold_chain":
        return words.COLD_CHAIN.get(value, value)
    if name == "storage":
        return words.STORAGE.get(value, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if value not in ("", None) else "–"


@register.filter
def months(numbers: Sequence[int]) -> str:
    """`[11, 12, 1, 2]` → `Nov–Feb`; runs over the new year are one run."""
    chosen = set(numbers)
    if len(chosen) in (0, 12):
        return ""
    starts = [month for month in sorted(chosen) if (month - 2) % 12 + 1 not in chosen]
    parts = []
    for first in starts:
        last = first
        while last % 12 + 1 in chosen:
            last = last % 12 + 1
        name = str(words.MONTHS[first])
        parts.append(name if last == first else f"{name}–{words.MONTHS[last]}")
    comma = "、" if (get_language() or "").startswith("zh") else ", "
    return comma.join(parts)


def _called(model: type[Model], name: str) -> Any:
    field = model._meta.get_field(name)
    return field.verbose_name if isinstance(field, Field) else name
