"""MediaMTX in the embedded engine's place, when one machine is no longer enough.

Behind nginx both of its ports (WebRTC 8889, HLS 8888) share one public address, so that the
addresses in pages are the same for both engines.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from streams.media.http_engine import HttpEngine, read_time
from streams.media.protocol import EngineUnavailable, PathStatus, Playback


class MediaMtxEngine(HttpEngine):
    """`api_url` is the control API (:9997), `recordings_url` the playback server (:9996)."""

    def __init__(self, api_url: str, *, recordings_url: str = "", secret: str = "") -> None:
        super().__init__(api_url, secret=secret)
        self._recordings_url = recordings_url.rstrip("/")

    def playback_urls(self, path: str, *, base: str, token: str) -> Playback:
        """Its low-latency lists keep picture and sound apart: the picture first, so sound is 2."""
        urls = super().playback_urls(path, base=base, token=token)
        sound = urls.sound.replace("/sound.m3u8?", "/audio2_stream.m3u8?")
        return replace(urls, sound=sound, is_split=True)

    def _read_status(self, found: dict[str, Any]) -> PathStatus:
        """MediaMTX counts no media time: earlier stretches plus the running one give it."""
        status = super()._read_status(found)
        if status.media_ms is not None:
            return status
        return replace(status, media_ms=self._media_ms(status))

    def _media_ms(self, status: PathStatus) -> int | None:
        earlier = 0.0
        for stretch in self._stretches(status.path):
            is_running = status.is_online and status.online_since is not None
            if is_running and read_time(stretch["start"]) >= _second_before(status.online_since):
                continue
            earlier += float(stretch["duration"])
        running = 0.0
        if status.is_online and status.online_since:
            running = (datetime.now(UTC) - status.online_since).total_seconds()
        return round((earlier + max(0.0, running)) * 1000)

    def _stretches(self, path: str) -> list[dict[str, Any]]:
        if not self._recordings_url:
            return []
        url = f"{self._recordings_url}/list?{urlencode({'path': path})}"
        try:
            response = self._client.get(url)
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"the recordings do not answer: {error}") from error
        found: list[dict[str, Any]] = response.json() if response.is_success else []
        return found


def _second_before(moment: datetime | None) -> datetime:
    """The recording of a stretch may begin a little before the path is said to be ready."""
    return datetime.fromtimestamp((moment.timestamp() if moment else 0) - 1, UTC)
