"""The live segments, kept: <dir>/<path>/init-<n>.mp4, <n>.m4s and an append-only index.jsonl.

A line of the index is written only after its files are on the disk, so a killed process loses at
most the segment that was being written. A full disk stops the recording and never the show.
"""

import asyncio
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.media.embedded.window import Segment

logger = logging.getLogger(__name__)

INDEX = "index.jsonl"
_MOST_WAITING = 20  # segments in memory when the disk is slow
_TRY_AGAIN = 60.0  # seconds after an error


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where an existing recording of a path ends."""

    next_number: int = 0
    media_ms: int = 0


@dataclass(slots=True)
class Track:
    """What is known of one path's recording in this process."""

    inits: set[int]
    error: str = ""
    retry_at: float = 0.0
    segments: int = 0
    octets: int = 0
    waiting: int = 0


class Recorder:
    """One writer thread for all paths; the event loop never touches the disk."""

    def __init__(self, directory: Path | None, *, min_free: int = 0) -> None:
        self.tracks: dict[str, Track] = {}
        self._directory = directory
        self._min_free = min_free
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recorder")

    @property
    def is_enabled(self) -> bool:
        return self._directory is not None

    def resume(self, path: str) -> Earlier:
        """Reads how far an earlier recording came, and mends an index that was cut off."""
        if self._directory is None:
            return Earlier()
        try:
            _mend(self._directory / path / INDEX)
            last = None
            for entry in read_index(self._directory / path):
                last = entry if entry.get("type") == "segment" else last
        except OSError as error:
            logger.error("the recording of %s cannot be read: %s", path, error)
            return Earlier()
        if last is None:
            return Earlier()
        return Earlier(last["n"] + 1, last["media_ms"] + last["duration_ms"])

    async def starts(self, path: str) -> list[int] | None:
        """Wall milliseconds at which each continuous stretch begins; None without a recording."""
        directory = self._directory
        if directory is None:
            return None
        entries = await asyncio.to_thread(lambda: list(read_index(directory / path)))
        segments = [entry for entry in entries if entry.get("type") == "segment"]
        if not segments:
            return None
        return [
            entry["wall_ms"]
            for index, entry in enumerate(segments)
            if index == 0 or entry["discontinuity"]
        ]

    def write(self, path: str, segment: Segment) -> None:
        if self._directory is None:
            return
        track = self.tracks.setdefault(path, Track(set()))
        if track.error and time.monotonic() < track.retry_at:
            return
        if track.waiting >= _MOST_WAITING:
            self._fail(path, track, "the disk is too slow")
            return
        track.waiting += 1
        self._thread.submit(self._write, self._directory / path, path, track, segment)

    def write_now(self, path: str, segment: Segment) -> None:
        """In the caller's thread, for who is not on an event loop. Raises OSError."""
        if self._directory is None:
            return
        track = self.tracks.setdefault(path, Track(set()))
        self._write(self._directory / path, path, track, segment)
        if track.error:
            raise OSError(track.error)

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown)

    def _write(self, folder: Path, path: str, track: Track, segment: Segment) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(folder).free < self._min_free:
                raise OSError("the disk is almost full")
            init = segment.init
            if init.number not in track.inits:
                store(folder / f"init-{init.number}.mp4", init.data)
                _append(folder / INDEX, _init_entry(segment))
                track.inits.add(init.number)
            data = segment.data
            store(folder / f"{segment.number}.m4s", data)
            _append(folder / INDEX, _segment_entry(segment, data))
        except OSError as error:
            self._fail(path, track, str(error))
        else:
            track.error = ""
            track.segments += 1
            track.octets += len(data)
        finally:
            track.waiting -= 1

    def _fail(self, path: str, track: Track, words: str) -> None:
        track.error = words
        track.retry_at = time.monotonic() + _TRY_AGAIN
        logger.error("recording of %s has stopped: %s; the show goes on", path, words)


def read_index(folder: Path) -> Iterator[dict[str, Any]]:
    """Entries in order: {"type": "init", …} before the segments that need it."""
    index = folder / INDEX
    if not index.exists():
        return
    with index.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                continue
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # a bad block of the disk must not cost the rest of the recording
            if isinstance(entry, dict):
                yield entry


def _init_entry(segment: Segment) -> dict[str, Any]:
    init = segment.init
    return {
        "type": "init",
        "n": init.number,
        "file": f"init-{init.number}.mp4",
        "codecs": init.codecs,
        "width": init.width,
        "height": init.height,
    }


def _segment_entry(segment: Segment, data: bytes) -> dict[str, Any]:
    return {
        "type": "segment",
        "n": segment.number,
        "file": f"{segment.number}.m4s",
        "init": segment.init.number,
        "media_ms": segment.media_ms,
        "duration_ms": round(segment.seconds * 1000),
        "wall_ms": segment.wall_ms,
        "discontinuity": segment.is_discontinuity,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def store(target: Path, data: bytes) -> None:
    """The name appears only with the whole content behind it."""
    partial = target.with_suffix(target.suffix + ".part")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)


def _append(index: Path, entry: dict[str, Any]) -> None:
    with index.open("ab") as file:
        file.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _mend(index: Path) -> None:
    """A kill in the middle of a line leaves its beginning behind: cut it off."""
    if not index.exists():
        return
    content = index.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        os.truncate(index, whole)
