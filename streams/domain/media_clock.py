"""Media time: how far into the recording a moment of the show lies.

The engine knows; it is asked at most every few seconds and the time between is added by our own
clock. Nothing here may hold up a sale or a line of chat: without an answer the stamp is null.
"""

from django.core.cache import cache
from django.utils import timezone

from streams.domain import engine
from streams.models import Broadcast

ASK_EVERY_SECONDS = 5
UNKNOWN = -1


def media_ms(broadcast: Broadcast) -> int | None:
    """Milliseconds of media sent since the show's first picture, now; null if unknown.

    May ask the engine over the network: call it before a transaction, never inside.
    """
    if not broadcast.is_host_online:
        return None
    now_ms = int(timezone.now().timestamp() * 1000)
    name = f"media-clock:{broadcast.public_id}"
    offset = cache.get(name)
    if offset is None:
        told = engine.media_ms(broadcast.public_id)
        offset = UNKNOWN if told is None else now_ms - told
        cache.set(name, offset, ASK_EVERY_SECONDS)
    return None if offset == UNKNOWN else now_ms - int(offset)
