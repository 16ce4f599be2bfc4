"""A recording on the disk, read back: what of it may be played, its playlist and its manifest.

The media role's recorder writes <folder>/index.jsonl; the worker cuts the show out of it and
writes replay.m3u8 and manifest.json beside it; the media role serves what replay.m3u8 names.
Positions are milliseconds of the playlist, media milliseconds are the engine's own.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streams.media.embedded.recorder import INDEX, read_index

PLAYLIST = "replay.m3u8"
MANIFEST = "manifest.json"
THUMBS = "thumbs"
EXPORTS = "exports"
SEGMENT_NAME = re.compile(r"(?:init-\d{1,12}\.mp4|\d{1,12}\.m4s)")
_SMALLEST_GAP_MS = 50
"""Segments whose media times differ by more are not neighbours, whatever the index says."""


@dataclass(frozen=True, slots=True)
class InitFile:
    file: str
    codecs: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """`is_break`: the picture began anew here (the host came back, the size changed, a hole)."""

    file: str
    init: InitFile
    media_ms: int
    duration_ms: int
    wall_ms: int
    is_break: bool
    octets: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Uninterrupted media: where it lies in the replay, in the recording and in time."""

    position_ms: int
    media_ms: int
    wall_ms: int
    duration_ms: int


def read_segments(folder: Path) -> list[SegmentFile]:
    """What the index names and the disk holds, in order; torn or lost segments are left out."""
    inits: dict[int, InitFile] = {}
    found: list[SegmentFile] = []
    end: int | None = None
    for entry in read_index(folder):
        try:
            if entry["type"] == "init":
                inits[entry["n"]] = InitFile(
                    entry["file"], entry["codecs"], entry["width"], entry["height"]
                )
                continue
            init = inits[entry["init"]]
            is_break = bool(entry["discontinuity"]) or end is None
            is_break = is_break or abs(entry["media_ms"] - (end or 0)) > _SMALLEST_GAP_MS
            segment = SegmentFile(
                file=entry["file"],
                init=init,
                media_ms=entry["media_ms"],
                duration_ms=entry["duration_ms"],
                wall_ms=entry["wall_ms"],
                is_break=is_break,
                octets=entry["bytes"],
                sha256=entry["sha256"],
            )
        except (KeyError, TypeError):
            continue  # a line that this version does not understand
        if _is_whole(folder, segment):
            found.append(segment)
            end = segment.media_ms + segment.duration_ms
        else:
            end = None
    return found


def _is_whole(folder: Path, segment: SegmentFile) -> bool:
    if not SEGMENT_NAME.fullmatch(segment.file) or not SEGMENT_NAME.fullmatch(segment.init.file):
        return False
    try:
        if not (folder / segment.init.file).is_file():
            return False
        return (folder / segment.file).stat().st_size == segment.octets
    except OSError:
        return False


def cut(segments: Iterable[SegmentFile], *, from_ms: int, until_ms: int) -> list[SegmentFile]:
    """Those that begin within a span of wall time (epoch milliseconds).

    A host tries camera and microphone before going live: nobody but them was to see that.
    """
    return [segment for segment in segments if from_ms <= segment.wall_ms < until_ms]


def stretches(segments: Iterable[SegmentFile]) -> list[Stretch]:
    made: list[Stretch] = []
    position = 0
    for segment in segments:
        if segment.is_break or not made:
            made.append(Stretch(position, segment.media_ms, segment.wall_ms, segment.duration_ms))
        else:
            last = made[-1]
            length = last.duration_ms + segment.duration_ms
            made[-1] = Stretch(last.position_ms, last.media_ms, last.wall_ms, length)
        position += segment.duration_ms
    return made


def render_playlist(segments: Sequence[SegmentFile]) -> str:
    """A VOD playlist (RFC 8216) that joins what broke off by EXT-X-DISCONTINUITY."""
    longest = max((segment.duration_ms for segment in segments), default=2000)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{math.ceil(longest / 1000)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    init = ""
    for number, segment in enumerate(segments):
        if segment.is_break and number:
            lines.append("#EXT-X-DISCONTINUITY")
        if segment.init.file != init:
            init = segment.init.file
            lines.append(f'#EXT-X-MAP:URI="{init}"')
        if segment.is_break or not number:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(segment.wall_ms)}")
        lines += [f"#EXTINF:{segment.duration_ms / 1000:.3f},", segment.file]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def names_in(playlist: str) -> frozenset[str]:
    """The files that a playlist of ours names."""
    maps = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', playlist)
    files = [line for line in playlist.splitlines() if line and not line.startswith("#")]
    return frozenset(name for name in (*maps, *files) if SEGMENT_NAME.fullmatch(name))


def make_manifest(folder: Path, segments: Sequence[SegmentFile], **facts: Any) -> tuple[bytes, str]:
    """The files of a replay with their checksums, and the checksum of that list itself."""
    inits = dict.fromkeys(segment.init.file for segment in segments)
    files = [describe_file(folder / name) for name in inits]
    files += [{"file": s.file, "bytes": s.octets, "sha256": s.sha256} for s in segments]
    told = {
        "version": 1,
        **facts,
        "stretches": [asdict(stretch) for stretch in stretches(segments)],
        "files": files,
    }
    data = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    return data, hashlib.sha256(data).hexdigest()


def describe_file(path: Path) -> dict[str, Any]:
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": checksum(path)}


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder: Path, manifest_sha256: str) -> list[str]:
    """What is wrong with a kept replay, in words for operators; empty when all is as it was."""
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError:
        return [f"{MANIFEST} is missing"]
    if hashlib.sha256(data).hexdigest() != manifest_sha256:
        return [f"{MANIFEST} is not the one that was written"]
    wrong = []
    for entry in json.loads(data)["files"]:
        try:
            if checksum(folder / entry["file"]) != entry["sha256"]:
                wrong.append(f"{entry['file']} was changed")
        except OSError:
            wrong.append(f"{entry['file']} is missing")
    return wrong


def is_settled(folder: Path, *, now: float, quiet_seconds: float) -> bool:
    """Whether the recorder has written nothing here for a while."""
    try:
        return now - (folder / INDEX).stat().st_mtime >= quiet_seconds
    except OSError:
        return True


def _iso(wall_ms: int) -> str:
    moment = datetime.fromtimestamp(wall_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
