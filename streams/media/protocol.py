"""What the shop asks of a media engine. Two engines answer: our embedded one and MediaMTX."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


class EngineUnavailable(RuntimeError):
    """The engine did not answer in time; nothing is known about any path."""


@dataclass(frozen=True, slots=True)
class Playback:
    """Addresses a viewer's page needs; the token is already in them.

    `sound` is HLS of the sound alone. `is_split`: `hls` holds picture and sound in lists of their
    own, which the browser's small HLS library does not put together; `sound` is then the same
    list, in which the player finds the sound's.
    """

    hls: str
    whep: str
    sound: str
    is_split: bool = False


@dataclass(frozen=True, slots=True)
class PathStatus:
    """`media_ms` is the position in the recording: pins are stamped with it."""

    path: str
    is_online: bool
    online_since: datetime | None
    media_ms: int | None
    viewers: int
    tracks: tuple[str, ...] = ()
    width: int | None = None
    height: int | None = None
    bits_per_second: int | None = None


class MediaEngine(Protocol):
    """Synchronous, with short time-outs; every method may raise EngineUnavailable.

    `base` is the public address of the media role as this visitor reaches it.
    """

    def publish_url(self, path: str, *, base: str) -> str:
        """Where a browser or OBS sends WHIP; the token goes into the Authorization header."""

    def playback_urls(self, path: str, *, base: str, token: str) -> Playback: ...

    def status(self, path: str) -> PathStatus | None:
        """None when the engine has never heard of the path."""

    def online_paths(self) -> set[str]:
        """Paths with a publisher right now: what the sweep compares the database with."""

    def recording_errors(self) -> dict[str, str]:
        """Paths on air whose recording has stopped, with the reason in words."""

    def kick(self, path: str) -> int:
        """Ends the publisher's sessions of a path; how many there were."""

    def recordings(self, path: str) -> list[datetime]:
        """When each continuous stretch of the recording began."""

    keeps_recordings: bool
    """Whether it records into a place of its own, from which recordings are to be collected."""

    def collect_recording(
        self,
        path: str,
        directory: Path,
        *,
        is_over: bool = True,
        seconds: float = math.inf,
        alive: Callable[[], None] = lambda: None,
    ) -> bool:
        """Bring what was recorded of a path into `directory`/path, as our recorder writes it
        (docs/media.md, "Recording"); done again it goes on where it was. Whether all is there:
        after about `seconds` it stops for this time. Not `is_over`: more may still come. `alive`
        is called now and then. Raises OSError when it cannot be brought there."""

    def release_recording(self, path: str) -> None:
        """What was collected is safe: the engine need not keep its own copy."""
