"""MediaMTX in the embedded engine's place, when one machine is no longer enough.

Written for 1.20, the version of docker-compose.yml, by its sources, and tried against it: see
docs/media.md. Behind nginx both of its ports (WebRTC 8889, HLS 8888) share one public address, so
that the addresses in pages are the same for both engines.
"""

import logging
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import av
import httpx

from streams.media.clip_recording import record_clip
from streams.media.embedded.recorder import INDEX
from streams.media.http_engine import HttpEngine, is_online, read_time
from streams.media.mediamtx_disk import DiskGuard
from streams.media.protocol import EngineUnavailable, PathStatus, Playback

log = logging.getLogger(__name__)

_DOWNLOAD = httpx.Timeout(30.0, connect=2.0)
_ALIVE_EVERY = 8 << 20  # bytes
_BEHIND = timedelta(seconds=20)
"""A recording that runs is written every second."""
_A_MOMENT = timedelta(microseconds=1)
_OURS = re.compile(r"(?:init-\d{1,12}\.mp4|\d{1,12}\.m4s)")


class MediaMtxEngine(HttpEngine):
    """`api_url` is the control API (:9997), `recordings_url` the playback server (:9996), `spool`
    the folder it records into, where the shop can see it, with `min_free` bytes to be kept free."""

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
        self._recordings_url = recordings_url.rstrip("/")
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
        for stretch in self._stretches(status.path):
            is_running = status.is_online and status.online_since is not None
            if is_running and read_time(stretch["start"]) >= _second_before(status.online_since):
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
        if not self._recordings_url or now - read_time(path["onlineTime"]) < _BEHIND:
            return ""
        lately = (now - 2 * _BEHIND).isoformat()
        answer = self._ask_list({"path": path["name"], "start": lately})
        if answer is None:
            return "what is written cannot be read"
        ends = [_end_of(stretch) for stretch in answer]
        if ends and now - max(ends) < _BEHIND:
            return ""
        return "nothing is being written"

    # ---- recordings: its playback server lists and hands out stretches of time

    def collect_recording(
        self, path: str, directory: Path, *, alive: Callable[[], None] = lambda: None
    ) -> None:
        """Each stretch is fetched as one fragmented MP4 and put through our own recorder, so that
        replays, chapters, exports and keeping are the same for both engines."""
        stretches = self._stretches(path)
        _clear(directory / path)
        directory.mkdir(parents=True, exist_ok=True)
        for stretch in stretches:
            # Beside the recordings: an hour of picture is too much for a small /tmp.
            with tempfile.TemporaryDirectory(prefix=".mediamtx-", dir=directory) as folder:
                clip = Path(folder) / "stretch.mp4"
                self._download(path, stretch, clip, alive)
                began_ms = round(read_time(stretch["start"]).timestamp() * 1000)
                try:
                    record_clip(clip, directory, path, wall_ms=began_ms, alive=alive)
                except av.FFmpegError as error:
                    raise OSError(f"a recording of MediaMTX cannot be read: {error}") from error

    def release_recording(self, path: str) -> None:
        for start in self._get_starts(path):
            query = urlencode({"path": path, "start": start})
            self._call("DELETE", f"/v3/recordings/deletesegment?{query}")

    def _get_starts(self, path: str) -> list[str]:
        found = self._get(f"/v3/recordings/get/{quote(path)}")
        return [segment["start"] for segment in found["segments"]] if found else []

    def _download(
        self, path: str, stretch: dict[str, Any], target: Path, alive: Callable[[], None]
    ) -> None:
        query = urlencode(
            {
                "path": path,
                "start": stretch["start"],
                "duration": stretch["duration"],
                "format": "fmp4",
            }
        )
        url = f"{self._recordings_url}/get?{query}"
        try:
            with (
                self._client.stream("GET", url, timeout=_DOWNLOAD) as answer,
                target.open("wb") as file,
            ):
                if not answer.is_success:
                    raise OSError(f"MediaMTX answered {answer.status_code} for a recording")
                for piece in answer.iter_bytes(_ALIVE_EVERY):
                    file.write(piece)
                    alive()
        except httpx.HTTPError as error:
            raise OSError(f"a recording could not be fetched: {error}") from error

    def _stretches(self, path: str) -> list[dict[str, Any]]:
        """[{"start": RFC 3339, "duration": seconds, "url"}], in order; empty without any."""
        if not self._recordings_url:
            return []
        found = self._ask_list({"path": path})
        if found is None:
            found = self._readable(path)
        return sorted(found, key=lambda stretch: read_time(stretch["start"]))

    def _readable(self, path: str) -> list[dict[str, Any]]:
        """One file that cannot be read, as a full disk or a power cut leaves it, and the playback
        server lists none at all: each is asked for by itself."""
        starts = sorted(self._get_starts(path), key=read_time)
        found: list[dict[str, Any]] = []
        for start, following in zip(starts, [*starts[1:], ""], strict=True):
            asked = {"path": path, "start": start}
            if following:
                asked["end"] = (read_time(following) - _A_MOMENT).isoformat()
            answer = self._ask_list(asked)
            if answer is None:
                log.error("a recording of %s from %s cannot be read", path, start)
            found += answer or []
        return found

    def _ask_list(self, asked: dict[str, str]) -> list[dict[str, Any]] | None:
        """Empty without any, None if a file among them cannot be read."""
        try:
            response = self._client.get(f"{self._recordings_url}/list?{urlencode(asked)}")
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"the recordings do not answer: {error}") from error
        if response.status_code == 404:
            return []
        if response.status_code == 400 and not self._get_starts(asked["path"]):
            return []  # what was never recorded has no folder, and that is an error to it
        if response.status_code == 500:
            return None
        if not response.is_success:
            raise EngineUnavailable(f"the recordings answered {response.status_code}")
        found: list[dict[str, Any]] = response.json()
        return found


def _picture_size(path: dict[str, Any]) -> tuple[int | None, int | None]:
    for track in path.get("tracks2") or ():
        told = track.get("codecProps") or {}
        if told.get("width") and told.get("height"):
            return told["width"], told["height"]
    return None, None


def _end_of(stretch: dict[str, Any]) -> datetime:
    return read_time(stretch["start"]) + timedelta(seconds=float(stretch["duration"]))


def _clear(folder: Path) -> None:
    """What an attempt that died left behind."""
    if not folder.is_dir():
        return
    (folder / INDEX).unlink(missing_ok=True)
    for file in folder.iterdir():
        if _OURS.fullmatch(file.name):
            file.unlink()


def _second_before(moment: datetime | None) -> datetime:
    """The recording of a stretch may begin a little before the path is said to be ready."""
    return datetime.fromtimestamp((moment.timestamp() if moment else 0) - 1, UTC)
