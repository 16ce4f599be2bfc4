"""MediaMTX's recordings, brought into our own: its playback server lists stretches of time and
hands out any part of them.

A show is collected piece by piece while it is on air, so that little is left to do when it ends.
Each piece goes on where the last one was cut, at the end of a segment, and what is so far is
written down beside the recording: a killed worker's half piece is cut off and made again.
"""

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import av
import httpx

from streams.media.clip_recording import Piece, joint_seconds, record_piece
from streams.media.embedded.muxer import Joint
from streams.media.embedded.recorder import INDEX, store
from streams.media.http_engine import read_time
from streams.media.protocol import EngineUnavailable

log = logging.getLogger(__name__)

PROGRESS = "collected.json"
_CLIP = ".piece.mp4"
_DOWNLOAD = httpx.Timeout(30.0, connect=2.0)
_LONG_LIST = httpx.Timeout(15.0, connect=2.0)
"""It reads through hours of files for a list; pages cannot wait for that, the worker can."""
_ALIVE_EVERY = 8 << 20  # bytes
_A_MOMENT = timedelta(microseconds=1)
_PIECE = 60.0  # seconds of a show: some 15 MB, and two seconds' work
_LEAST = 20.0  # while a show is on air, less than so many seconds are left for later
_LEAD_IN = 1.0  # seconds fetched before a joint, so that its sound goes on without a seam
_NOTHING = 0.1  # seconds: a stretch that ends so soon after what is collected holds nothing new
_ON_DISK = 2.0
"""The last seconds of a stretch that grows are left to the next piece: parts are still written."""

Call = Callable[[str, str], dict[str, Any] | None]
Stretch = dict[str, Any]
"""{"start": RFC 3339, "duration": seconds, "url"}"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a show is collected: `until` (ISO time) in the stretch that began at `start`, and
    how long the index was then. `init_number` is None between two stretches."""

    until: str = ""
    start: str = ""
    init_number: int | None = None
    picture_at: int = 0
    sound_at: int = 0
    index_octets: int = 0

    @classmethod
    def read(cls, folder: Path) -> "Progress":
        """Cuts off what a worker that died has written since. Raises OSError."""
        try:
            found = cls(**json.loads((folder / PROGRESS).read_bytes()))
        except FileNotFoundError:
            return cls(index_octets=_size(folder / INDEX))
        except (ValueError, TypeError):
            found = cls()  # of another version: all is collected anew
        if _size(folder / INDEX) > found.index_octets:
            os.truncate(folder / INDEX, found.index_octets)
        return found

    def write(self, folder: Path) -> None:
        store(folder / PROGRESS, json.dumps(asdict(self)).encode())

    def joint(self, folder: Path) -> Joint | None:
        if self.init_number is None:
            return None
        data = (folder / f"init-{self.init_number}.mp4").read_bytes()
        return Joint(self.init_number, data, self.picture_at, self.sound_at)


class PlaybackServer:
    """`client` asks with the shop's secret, `call` the control API; `url` is the playback server's,
    and without it nothing was ever recorded."""

    def __init__(self, client: httpx.Client, call: Call, url: str) -> None:
        self._client = client
        self._call = call
        self._url = url.rstrip("/")

    @property
    def is_known(self) -> bool:
        return bool(self._url)

    def stretches(self, path: str, *, timeout: httpx.Timeout | None = None) -> list[Stretch]:
        """In order; empty without any."""
        if not self._url:
            return []
        found = self.ask({"path": path}, timeout=timeout)
        if found is None:
            found = self._readable(path)
        return sorted(found, key=began)

    def ask(
        self, asked: dict[str, str], *, timeout: httpx.Timeout | None = None
    ) -> list[Stretch] | None:
        """Empty without any, None if a file among them cannot be read."""
        try:
            response = self._client.get(
                f"{self._url}/list?{urlencode(asked)}", timeout=timeout or self._client.timeout
            )
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"the recordings do not answer: {error}") from error
        if response.status_code == 404:
            return []
        if response.status_code == 400 and not self.starts(asked["path"]):
            return []  # what was never recorded has no folder, and that is an error to it
        if response.status_code == 500:
            return None
        if not response.is_success:
            raise EngineUnavailable(f"the recordings answered {response.status_code}")
        found: list[Stretch] = response.json()
        return found

    def starts(self, path: str) -> list[str]:
        """When each file begins."""
        found = self._call("GET", f"/v3/recordings/get/{quote(path)}")
        return [segment["start"] for segment in found["segments"]] if found else []

    def release(self, path: str) -> None:
        for start in self.starts(path):
            query = urlencode({"path": path, "start": start})
            self._call("DELETE", f"/v3/recordings/deletesegment?{query}")

    def download(
        self, path: str, start: str, seconds: float, target: Path, alive: Callable[[], None]
    ) -> None:
        """So many seconds from `start` on as one fragmented MP4. Raises OSError."""
        asked = {"path": path, "start": start, "duration": f"{seconds:.6f}", "format": "fmp4"}
        url = f"{self._url}/get?{urlencode(asked)}"
        try:
            with (
                self._client.stream("GET", url, timeout=_DOWNLOAD) as answer,
                target.open("wb") as file,
            ):
                if not answer.is_success:
                    raise OSError(f"MediaMTX answered {answer.status_code} for a recording")
                for data in answer.iter_bytes(_ALIVE_EVERY):
                    file.write(data)
                    alive()
        except httpx.HTTPError as error:
            raise OSError(f"a recording could not be fetched: {error}") from error

    def _readable(self, path: str) -> list[Stretch]:
        """One file that cannot be read, as a full disk or a power cut leaves it, and the playback
        server lists none at all: each is asked for by itself."""
        starts = sorted(self.starts(path), key=read_time)
        found: list[Stretch] = []
        for start, following in zip(starts, [*starts[1:], ""], strict=True):
            asked = {"path": path, "start": start}
            if following:
                asked["end"] = (read_time(following) - _A_MOMENT).isoformat()
            answer = self.ask(asked)
            if answer is None:
                log.error("a recording of %s from %s cannot be read", path, start)
            found += answer or []
        return found


class Collector:
    """One path's recording on its way into `directory`; one at a time for a path."""

    def __init__(
        self, server: PlaybackServer, path: str, directory: Path, alive: Callable[[], None]
    ) -> None:
        self._server = server
        self._path = path
        self._directory = directory
        self._folder = directory / path
        self._alive = alive

    def collect(self, *, is_over: bool, seconds: float) -> bool:
        """True once all there is has been collected, False when `seconds` are used up first.

        Unless it is over the last stretch may still grow. Raises OSError.
        """
        give_up = time.monotonic() + seconds
        stretches = self._server.stretches(self._path, timeout=_LONG_LIST)
        if not stretches:
            return True
        self._folder.mkdir(parents=True, exist_ok=True)
        progress = Progress.read(self._folder)
        progress.write(self._folder)
        try:
            for stretch in stretches:
                grows = not is_over and stretch is stretches[-1]
                while following := self._collect_piece(stretch, progress, grows):
                    progress = following
                    progress.write(self._folder)
                    if time.monotonic() > give_up:
                        return False
        except av.FFmpegError as error:
            raise OSError(f"a recording of MediaMTX cannot be read: {error}") from error
        finally:
            (self._folder / _CLIP).unlink(missing_ok=True)
        return True

    def _collect_piece(self, stretch: Stretch, progress: Progress, grows: bool) -> Progress | None:
        """None when there is nothing more of this stretch, for now or at all."""
        start, end = began(stretch), ended(stretch)
        if grows:
            end -= timedelta(seconds=_ON_DISK)
        until = datetime.fromisoformat(progress.until) if progress.until else start
        joint = progress.joint(self._folder) if progress.start == stretch["start"] else None
        at = joint_seconds(joint) if joint else max(0.0, (until - start).total_seconds())
        left = (end - start).total_seconds() - at
        if left <= (_LEAST if grows else _NOTHING):
            return None
        length = min(left, _PIECE)
        is_last = not grows and length == left
        lead_in = min(_LEAD_IN, at)
        clip = self._folder / _CLIP
        since = start + timedelta(seconds=at - lead_in) if at else None
        self._server.download(
            self._path,
            since.isoformat() if since else stretch["start"],
            length + lead_in,
            clip,
            self._alive,
        )
        piece = Piece(
            clip=clip,
            wall_ms=round(start.timestamp() * 1000),
            begins=at - lead_in,
            skip_until=at,
            joint=joint,
        )
        made = self._record(piece, is_last=is_last)
        if made is joint and not is_last:  # a minute without a key picture
            made = self._record(piece, is_last=True)
            is_last = True
        octets = _size(self._folder / INDEX)
        if is_last or made is None:
            reached = start + timedelta(seconds=at + length)
            return Progress(_iso(reached), stretch["start"], index_octets=octets)
        reached = start + timedelta(seconds=joint_seconds(made))
        return Progress(
            until=_iso(reached),
            start=stretch["start"],
            init_number=made.init_number,
            picture_at=made.picture_at,
            sound_at=made.sound_at,
            index_octets=octets,
        )

    def _record(self, piece: Piece, *, is_last: bool) -> Joint | None:
        return record_piece(piece, self._directory, self._path, is_last=is_last, alive=self._alive)


def began(stretch: Stretch) -> datetime:
    return read_time(stretch["start"])


def ended(stretch: Stretch) -> datetime:
    return began(stretch) + timedelta(seconds=float(stretch["duration"]))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
