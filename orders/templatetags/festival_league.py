"""The league of a festival, on its page."""

from django import template

from orders.domain.festival_league import LEAST, League, Level, Measure, league_of
from products.models import Festival

register = template.Library()


@register.simple_tag
def league(festival: Festival, level: str = "", measure: str = "") -> League:
    return league_of(festival, level=level or "", measure=measure or "")


@register.simple_tag
def league_levels() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in Level.choices]


@register.simple_tag
def league_measures() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in Measure.choices]


@register.simple_tag
def league_least() -> int:
    return LEAST
