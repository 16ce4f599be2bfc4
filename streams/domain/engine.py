"""What the shows ask of the media engine. A silent engine never stops a show's business: an
answer that does not come in time is None, and a sweep asks again."""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings

from streams.media.engines import create_engine
from streams.media.protocol import EngineUnavailable, MediaEngine, Playback
from streams.models import Broadcast

log = logging.getLogger(__name__)


@cache
def engine() -> MediaEngine:
    return create_engine(
        settings.MEDIA_ENGINE,
        settings.MEDIA_INTERNAL_URL,
        secret=settings.MEDIA_HOOK_SECRET,
        recordings_url=settings.MEDIA_RECORDINGS_URL,
        spool=Path(settings.MEDIA_SPOOL_DIR) if settings.MEDIA_SPOOL_DIR else None,
        min_free=settings.RECORDINGS_MIN_FREE_BYTES,
    )


def media_ms(path: str) -> int | None:
    """Media milliseconds sent on `path` so far; None if there are none or nobody answers."""
    try:
        status = engine().status(path)
    except EngineUnavailable:
        return None
    return status.media_ms if status else None


def online_paths() -> set[str] | None:
    """The paths that receive a picture now; None if the engine does not answer."""
    try:
        return engine().online_paths()
    except EngineUnavailable:
        return None


def recording_errors() -> dict[str, str] | None:
    """Paths on air whose recording has stopped, with the reason; None if nobody answers."""
    try:
        return engine().recording_errors()
    except EngineUnavailable:
        return None


def keeps_recordings() -> bool:
    """Whether the engine records into a place of its own, from which they are to be collected."""
    return engine().keeps_recordings


def collect_recording(
    broadcast: Broadcast, *, seconds: float, alive: Callable[[], None], is_over: bool = True
) -> bool:
    """Bring the show's recording under RECORDINGS_DIR; whether all of it is there, or the time is
    used up. Raises OSError."""
    try:
        return engine().collect_recording(
            broadcast.public_id,
            Path(settings.RECORDINGS_DIR),
            is_over=is_over,
            seconds=seconds,
            alive=alive,
        )
    except EngineUnavailable as error:
        raise OSError(str(error)) from error


def release_recording(broadcast: Broadcast) -> None:
    """The replay is made and its checksums are written: no second copy is needed."""
    try:
        engine().release_recording(broadcast.public_id)
    except EngineUnavailable:
        log.warning("the engine still keeps its own recording of %s", broadcast.public_id)


def disconnect(broadcast: Broadcast) -> None:
    """Cut whoever still sends to a show that is over; the sweep does it if this fails."""
    try:
        engine().kick(broadcast.public_id)
    except EngineUnavailable:
        log.warning("%s could not be disconnected now", broadcast.public_id)


def publish_url(broadcast: Broadcast, *, base: str) -> str:
    """Where the host's browser, or OBS, sends WHIP."""
    return engine().publish_url(broadcast.public_id, base=base)


def replay_url(broadcast: Broadcast, name: str, *, base: str, token: str = "") -> str:
    """The address of a file of a replay, its playlist `index.m3u8` for one."""
    query = f"?token={token}" if token else ""
    return f"{base.rstrip('/')}/{broadcast.public_id}/replay/{name}{query}"


def playback_urls(broadcast: Broadcast, *, base: str, token: str) -> Playback:
    """The addresses of the live picture for one visitor; `base` is the media role's."""
    return engine().playback_urls(broadcast.public_id, base=base, token=token)
