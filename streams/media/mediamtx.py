"""MediaMTX in the embedded engine's place, when one machine is no longer enough.

Written for 1.20, the version of docker-compose.yml, by its sources, and tried against it: see
docs/media.md. Behind nginx both of its ports (WebRTC 8889, HLS 8888) share one public address, so
that the addresses in pages are the same for both engines.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from streams.media.http_engine import HttpEngine, is_online, read_time
from streams.media.mediamtx_disk import DiskGuard
from streams.media.mediamtx_recordings import Collector, PlaybackServer, began, ended
from streams.media.protocol import PathStatus, Playback

_BEHIND = timedelta(seconds=20)
"""A recording that runs is written every second."""


class MediaMtxEngine(HttpEngine):
    """`api_url` is the control API (:9997), `recordings_url` the playback server (:9996), `spool`
    the folder it records into, where the shop can see it, with `min_free` bytes to be kept free."""

    keeps_recordings = True

    def __init__(
        self,
        api_url: str,
        *,
        recordings_url: str = "",
        secret: str = "",
        spool: Path | None = None,
        min_free: int = 0,
    ) -> None:
        super().__init__(api_url, secret=secret)
        self._server = PlaybackServer(self._client, self._call, recordings_url)
        self._disk = DiskGuard(self._call, spool=spool, min_free=min_free)

    def playback_urls(self, path: str, *, base: str, token: str) -> Playback:
        """Its low-latency lists keep picture and sound apart, and it opens them to nobody who has
        not asked for the first one: the player finds the sound's there."""
        urls = super().playback_urls(path, base=base, token=token)
        return replace(urls, sound=urls.hls, is_split=True)

    def _read_status(self, found: dict[str, Any]) -> PathStatus:
        """MediaMTX counts no media time: earlier stretches plus the running one give it."""
        status = super()._read_status(found)
        size = _picture_size(found)
        return replace(status, media_ms=self._media_ms(status), width=size[0], height=size[1])

    def _media_ms(self, status: PathStatus) -> int | None:
        earlier = 0.0
        for stretch in self._server.stretches(status.path):
            is_running = status.is_online and status.online_since is not None
            if is_running and began(stretch) >= _second_before(status.online_since):
                continue
            earlier += float(stretch["duration"])
        running = 0.0
        if status.is_online and status.online_since:
            running = (datetime.now(UTC) - status.online_since).total_seconds()
        return round((earlier + max(0.0, running)) * 1000)

    # ---- whether it records

    def recording_errors(self) -> dict[str, str]:
        """It tells of no failure itself: what has been written of late is looked at."""
        stopped = self._disk.look()
        found = {}
        for path in self._pages("/v3/paths/list"):
            if is_online(path):
                words = stopped or self._find_gap(path)
                if words:
                    found[path["name"]] = words
        return found

    def _find_gap(self, path: dict[str, Any]) -> str:
        now = datetime.now(UTC)
        if not self._server.is_known or now - read_time(path["onlineTime"]) < _BEHIND:
            return ""
        lately = (now - 2 * _BEHIND).isoformat()
        answer = self._server.ask({"path": path["name"], "start": lately})
        if answer is None:
            return "what is written cannot be read"
        ends = [ended(stretch) for stretch in answer]
        if ends and now - max(ends) < _BEHIND:
            return ""
        return "nothing is being written"

    # ---- recordings

    def collect_recording(
        self,
        path: str,
        directory: Path,
        *,
        is_over: bool = True,
        seconds: float = math.inf,
        alive: Callable[[], None] = lambda: None,
    ) -> bool:
        """Put through our own recorder, so that replays, chapters, exports and keeping are the
        same for both engines."""
        collector = Collector(self._server, path, directory, alive)
        return collector.collect(is_over=is_over, seconds=seconds)

    def release_recording(self, path: str) -> None:
        self._server.release(path)


def _picture_size(path: dict[str, Any]) -> tuple[int | None, int | None]:
    for track in path.get("tracks2") or ():
        told = track.get("codecProps") or {}
        if told.get("width") and told.get("height"):
            return told["width"], told["height"]
    return None, None


def _second_before(moment: datetime | None) -> datetime:
    """The recording of a stretch may begin a little before the path is said to be ready."""
    return datetime.fromtimestamp((moment.timestamp() if moment else 0) - 1, UTC)
