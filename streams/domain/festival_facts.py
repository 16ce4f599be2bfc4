"""What a festival's wall shows of its shows: facts in both languages, the same for every screen."""

from typing import Any

from django.utils.translation import override

from livecommerce.realtime import presence
from products.domain.festivals import Phase
from products.models import Festival
from streams.domain.festival import Programme, Standing, Stop, programme_of
from streams.domain.offers import epoch_ms, picture_marks, poster_url
from streams.domain.queries import shows
from streams.models import Broadcast

PICTURES = 3
NEXT = 8


def show_facts(festival: Festival) -> dict[str, Any]:
    """`places`: standing and time by prefecture code; `pictures`: three shows to look at (on air,
    else to come, else to see again); `next`: what comes; `live`: how many are on air."""
    programme = programme_of(festival)
    watching = {
        stop.show.pk: presence.figures(stop.show.room).get("viewers", 0) for stop in programme.live
    }
    live = sorted(programme.live, key=lambda stop: (-watching[stop.show.pk], stop.show.pk))
    chosen = _pictures(programme, live)
    seen = {show.pk: _picture(show) for show in shows().filter(pk__in=[s.show.pk for s in chosen])}
    return {
        "live": len(live),
        "places": {
            place.code: {
                "standing": place.standing,
                "at": epoch_ms(place.stop.at) if place.stop else None,
            }
            for place in programme.places
        },
        "pictures": [
            _facts(stop) | seen[stop.show.pk] | {"viewers": watching.get(stop.show.pk, 0)}
            for stop in chosen
        ],
        "next": [_facts(stop) for stop in programme.coming[:NEXT]],
    }


def place_names(festival: Festival, programme: Programme | None = None) -> list[dict[str, str]]:
    """The tiles of the map, by code."""
    places = (programme or programme_of(festival)).places
    return [
        {
            "code": place.code,
            "name_zh": place.region.short_zh or place.region.name_zh,
            "name_en": place.region.name_en,
        }
        for place in places
    ]


def _pictures(programme: Programme, live: list[Stop]) -> list[Stop]:
    """Before the festival what comes, after it what was watched most, replays first."""
    watched = sorted(
        (stop for stop in programme.stops if stop.standing in (Standing.REPLAY, Standing.BEEN)),
        key=lambda stop: (
            stop.standing != Standing.REPLAY,
            -stop.show.peak_viewers,
            stop.show.pk,
        ),
    )
    rest = watched if programme.phase == Phase.AFTER else [*programme.coming, *watched]
    return [*live, *rest][:PICTURES]


def _picture(show: Broadcast) -> dict[str, str]:
    """Its address, and what has to be said beside it in each language."""
    facts = {"poster": poster_url(show, 640)}
    for name, language in (("mark_zh", "zh-hans"), ("mark_en", "en")):
        with override(language):
            facts[name] = " · ".join(picture_marks(show))
    return facts


def _facts(stop: Stop) -> dict[str, Any]:
    show, place = stop.show, stop.prefecture
    return {
        "id": show.public_id,
        "standing": str(stop.standing),
        "is_away": stop.standing == Standing.LIVE and not show.is_host_online,
        "at": epoch_ms(stop.at),
        "title_zh": show.title_zh,
        "title_en": show.title_en or show.title_zh,
        "host_zh": show.host.name_zh,
        "host_en": show.host.name_en or show.host.name_zh,
        "place_zh": place.short_zh or place.name_zh,
        "place_en": place.name_en,
    }
