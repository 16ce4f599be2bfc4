"""How figures stand in the cockpit. static/js/elements/cock-pit.js writes them the same way."""

from typing import Any

from django import template

from livecommerce.money import format_fen
from streams.domain.cockpit_words import ADVICE, NO_ADVICE

register = template.Library()


@register.filter
def share(per_mille: int | None) -> str:
    """`123` → `12.3%`; a share of nobody is a dash."""
    if per_mille is None:
        return "–"
    whole, tenth = divmod(per_mille, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


@register.filter
def counted(number: int) -> str:
    """`12345` → `12,345`."""
    return f"{number:,}"


@register.filter
def advice_words(advice: dict[str, Any] | None, names: dict[int, str]) -> str:
    """What the worst figure means and what to do; `names` of the show's products by id."""
    if advice is None:
        return str(NO_ADVICE)
    places = {
        "{name}": names.get(advice["product"], "–"),
        "{n}": str(advice["n"]),
        "{yuan}": format_fen(advice["fen"]),
    }
    words = str(ADVICE[advice["code"]])
    for place, value in places.items():
        words = words.replace(place, value)
    return words
