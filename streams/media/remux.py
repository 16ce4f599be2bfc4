"""A replay as one MP4 file with chapters: packets are copied, nothing is encoded again.

Each stretch of the recording has a clock of its own; here they follow each other without a gap.
Where the picture's size changes within a show, parameter sets go before each key picture, those of
the first size too: it may come back, and who watches may go back (most players follow that; those
that do not show the rest wrongly).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from streams.media.recordings import SegmentFile

_MS = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a chapter begins (milliseconds of the replay), and what it is called."""

    at_ms: int
    title: str


class _Files:
    """Files one after the other, as a stream that cannot be wound back."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = iter(paths)
        self._file: Any = None

    def read(self, size: int = -1) -> bytes:
        while True:
            if self._file is None:
                path = next(self._paths, None)
                if path is None:
                    return b""
                self._file = path.open("rb")
            data: bytes = self._file.read(size)
            if data:
                return data
            self.close()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def write_mp4(
    target: Path,
    folder: Path,
    segments: Sequence[SegmentFile],
    marks: Sequence[Mark],
    *,
    title: str = "",
    on_progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Write `target` (it appears only when it is whole). `on_progress` hears 0.0 … 1.0 and may
    raise to stop. Raises av.FFmpegError, OSError, ValueError (no segments)."""
    if not segments:
        raise ValueError("there is nothing to export")
    total = sum(segment.duration_ms for segment in segments)
    partial = target.with_name(target.name + ".part")
    try:
        options = {"movflags": "faststart"}
        with av.open(str(partial), "w", format="mp4", options=options) as output:
            output.metadata["title"] = title
            # Each time the picture comes anew it has an init of its own, often of another size.
            is_mixed = len({segment.init.file for segment in segments}) > 1
            copier = _Copier(output, total, is_mixed, on_progress)
            for stretch in _stretches(segments):
                copier.copy(folder, stretch)
            output.set_chapters(_chapters(marks, total))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _stretches(segments: Sequence[SegmentFile]) -> Iterator[list[SegmentFile]]:
    stretch: list[SegmentFile] = []
    for segment in segments:
        if stretch and (segment.is_break or segment.init.file != stretch[-1].init.file):
            yield stretch
            stretch = []
        stretch.append(segment)
    yield stretch


def _chapters(marks: Sequence[Mark], total: int) -> list[Any]:
    inside = [mark for mark in marks if mark.at_ms < total]
    if not inside:
        return []
    ends = [mark.at_ms for mark in inside[1:]] + [total]
    return [
        {
            "id": number,
            "start": mark.at_ms,
            "end": end,
            "time_base": _MS,
            "metadata": {"title": mark.title},
        }
        for number, (mark, end) in enumerate(zip(inside, ends, strict=True))
        if end > mark.at_ms
    ]


class _Copier:
    def __init__(
        self, output: Any, total: int, is_mixed: bool, on_progress: Callable[[float], None]
    ) -> None:
        self._output = output
        self._total = total
        self._is_mixed = is_mixed
        self._on_progress = on_progress
        self._streams: dict[str, Any] = {}
        self._last: dict[str, int] = {}
        self._position = 0  # milliseconds written so far

    def copy(self, folder: Path, stretch: Sequence[SegmentFile]) -> None:
        files = _Files([folder / stretch[0].init.file, *(folder / s.file for s in stretch)])
        try:
            with av.open(files, format="mp4") as source:
                self._copy(source)
        finally:
            files.close()
        self._position += sum(segment.duration_ms for segment in stretch)

    def _copy(self, source: Any) -> None:
        if not self._streams:
            for stream in source.streams:
                self._streams[stream.type] = self._output.add_stream_from_template(stream)
        config = bytes(source.streams.video[0].codec_context.extradata or b"")
        heads = parameter_sets(config) if self._is_mixed else b""
        origin: Fraction | None = None
        for packet in source.demux():
            if packet.dts is None or packet.stream.type not in self._streams:
                continue
            kind = packet.stream.type
            begins = packet.dts * packet.time_base
            origin = begins if origin is None else origin
            shift = int((self._position * _MS - origin) / packet.time_base)
            dts = packet.dts + shift
            if dts < 0 or dts <= self._last.get(kind, -1):
                continue  # sound that begins before the picture it belongs to
            self._last[kind] = dts
            fresh = packet
            if heads and kind == "video" and packet.is_keyframe:
                fresh = av.Packet(heads + bytes(packet))
                fresh.time_base, fresh.duration = packet.time_base, packet.duration
                fresh.is_keyframe = True
                fresh.pts = packet.pts
            fresh.pts = (packet.pts if packet.pts is not None else packet.dts) + shift
            fresh.dts = dts
            fresh.stream = self._streams[kind]
            if kind == "video":
                self._on_progress(min(1.0, float(dts * packet.time_base * 1000) / self._total))
            self._output.mux(fresh)


def parameter_sets(config: bytes) -> bytes:
    """The SPS and PPS of an avcC box as they stand before a key picture, four bytes of length."""
    if len(config) < 7 or config[0] != 1:
        return b""
    sets, at = [], 6
    for count in (config[5] & 31, None):
        if count is None:
            if at >= len(config):
                break
            count, at = config[at], at + 1
        for _number in range(count):
            size = int.from_bytes(config[at : at + 2], "big")
            sets.append(config[at + 2 : at + 2 + size])
            at += 2 + size
    return b"".join(len(each).to_bytes(4, "big") + each for each in sets)
