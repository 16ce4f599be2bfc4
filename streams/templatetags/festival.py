"""Tags of the festival's page: its shows, and whom the reader asked to be reminded of."""

from typing import Any

from django import template
from django.urls import reverse

from products.models import Festival
from streams.domain import festival as shows_of
from streams.domain.festival import Moment, Place, Programme
from streams.domain.queries import reminded_of

register = template.Library()


@register.simple_tag
def programme(festival: Festival) -> Programme:
    return shows_of.programme_of(festival)


@register.simple_tag
def stage_moments(programme: Programme) -> list[Moment]:
    return shows_of.moments_of(programme)


@register.simple_tag
def reminded(user: Any, programme: Programme) -> set[int]:
    """Ids of the shows that `user` will be reminded of."""
    return reminded_of(user, [stop.show for stop in programme.coming])


@register.simple_tag
def place_tiles(programme: Programme) -> list[dict[str, Any]]:
    """What `components/tile_map.html` wants, each leading to the show it speaks of."""
    return [_tile(place) for place in programme.places]


@register.filter
def moment_url(moment: Moment) -> str:
    """The room; of a replay the second at which it begins."""
    url = reverse("streams:room", args=[moment.show.public_id])
    return url if moment.seconds is None else f"{url}#t={moment.seconds}"


def _tile(place: Place) -> dict[str, Any]:
    if place.stop is not None:
        url = reverse("streams:room", args=[place.stop.show.public_id])
    else:
        url = reverse("products:prefecture", args=[place.code])
    return {
        "code": place.code,
        "short_name": place.short_name,
        "is_live": place.is_live,
        "note": place.note,
        "css": place.css,
        "url": url,
    }
