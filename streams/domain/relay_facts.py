"""What a room is told of a hand-over: where the show goes on, and when."""

from typing import Any

from streams.domain.offers import epoch_ms
from streams.models import Broadcast, Relay

OPEN = (Relay.State.ANNOUNCED, Relay.State.STARTED)


def facts(relay: Relay) -> dict[str, Any]:
    """For the viewers of the first room; announced, it is for those who run it."""
    show = relay.to_show
    return {
        "id": relay.pk,
        "version": relay.version,
        "state": relay.state,
        "to": show.public_id,
        "title_zh": show.title_zh,
        "title_en": show.title_en or show.title_zh,
        "host_zh": show.host.name_zh,
        "host_en": show.host.name_en or show.host.name_zh,
        "place_zh": show.region.name_zh,
        "place_en": show.region.name_en or show.region.name_zh,
        "scheduled_at": epoch_ms(show.scheduled_at),
        "goes_at": epoch_ms(relay.goes_at),
    }


def newest(broadcast: Broadcast) -> dict[str, Any] | None:
    """The hand-over from this show as its snapshot has it; only a festival's shows have one."""
    if broadcast.festival_id is None:
        return None
    relay = Relay.objects.filter(from_show=broadcast).order_by("-pk")
    found = relay.select_related("to_show__host", "to_show__region").first()
    return facts(found) if found else None
