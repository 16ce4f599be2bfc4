"""The live window: the last segments of one path, their playlists, and who waits for the next."""

import asyncio
import gzip
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from streams.media.embedded.fmp4 import AAC_CODEC

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
_PARTS_LISTED_FOR = 3  # segments whose parts stay in the playlist
_QUERY = "\x00"  # stands for "?token=…" in a rendered playlist
_SOUND = "a"  # before the names of the files that hold only sound
_MOST_PACKED = 64  # different tokens, so different texts, of one playlist

Kind = Literal["stream", "plain", "sound"]
"""Picture and sound in parts; the same in whole segments only; the sound alone, in parts."""


@dataclass(frozen=True, slots=True)
class InitMap:
    """An init segment and what a player must know before it loads it.

    `number` is that of the first segment that uses it. `sound` is the init segment of the
    sound alone.
    """

    number: int
    data: bytes
    codec: str
    width: int
    height: int
    sound: bytes = b""

    @property
    def codecs(self) -> str:
        return f"{self.codec},{AAC_CODEC}"


@dataclass(frozen=True, slots=True)
class Part:
    """`sound` is the same moment's sound in a fragment of its own, for those who hear only."""

    seconds: float
    is_independent: bool
    data: bytes
    sound: bytes = b""


@dataclass(slots=True)
class Segment:
    """`media_ms` counts only recorded media: it is the position in a replay's playlist."""

    number: int
    init: InitMap
    media_ms: int
    wall_ms: int
    is_discontinuity: bool
    parts: list[Part] = field(default_factory=list)
    data: bytes = b""  # all parts, once it is complete
    sound: bytes = b""

    @property
    def is_complete(self) -> bool:
        return bool(self.data)

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in self.parts)

    def complete(self) -> None:
        self.data = b"".join(part.data for part in self.parts)
        self.sound = b"".join(part.sound for part in self.parts)


@dataclass(slots=True)
class _Waiter:
    number: int
    part: int | None
    deadline: float
    answer: asyncio.Future[bool]


class Window:
    """Fed by the muxer on the event loop; read by any number of HTTP requests."""

    def __init__(
        self,
        *,
        part_seconds: float,
        segment_seconds: float,
        length: int = 7,
        first_number: int = 0,
    ) -> None:
        self.part_seconds = part_seconds
        self.segment_seconds = segment_seconds
        self.next_number = first_number
        self.bits_per_second = 0
        self._length = length
        self._complete: deque[Segment] = deque()
        self._open: Segment | None = None
        self._discontinuities_gone = 0
        self._longest = segment_seconds * 1.5  # key frames come when the host's browser likes
        self._waiters: list[_Waiter] = []
        self._rendered: dict[Kind, str] = {}
        self._packed: dict[tuple[Kind, str], bytes] = {}
        self._sweep: asyncio.TimerHandle | None = None

    # ---- the muxer's side

    def open(self, segment: Segment) -> None:
        self._open = segment
        self.next_number = segment.number + 1

    def add_part(self, part: Part) -> None:
        if self._open is None:
            raise RuntimeError("a part needs an open segment")
        self._open.parts.append(part)
        self._changed()

    def close(self) -> Segment | None:
        """Completes the open segment and returns it; None when it held nothing."""
        segment, self._open = self._open, None
        if segment is None or not segment.parts:
            return None
        segment.complete()
        self._longest = max(self._longest, segment.seconds)
        self._complete.append(segment)
        while len(self._complete) > self._length:
            self._discontinuities_gone += self._complete.popleft().is_discontinuity
        size = sum(len(part.data) for each in self._complete for part in each.parts)
        self.bits_per_second = int(size * 8 / sum(each.seconds for each in self._complete))
        self._changed()
        return segment

    # ---- the viewers' side

    @property
    def init(self) -> InitMap | None:
        """The map of the newest media, None before the first part."""
        newest = self._newest()
        return newest.init if newest else None

    def segment(self, number: int) -> Segment | None:
        if self._open and self._open.number == number:
            return self._open
        if self._complete:
            index = number - self._complete[0].number
            if 0 <= index < len(self._complete):
                return self._complete[index]
        return None

    def init_map(self, number: int) -> InitMap | None:
        for segment in self._listed():
            if segment.init.number == number:
                return segment.init
        return None

    def has(self, number: int, part: int | None) -> bool:
        """Whether the playlist already holds this segment, or this part of it or a later one."""
        if self._complete and self._complete[-1].number >= number:
            return True
        if part is None or self._open is None:
            return False
        return self._open.number > number or (
            self._open.number == number and len(self._open.parts) > part
        )

    def is_too_far(self, number: int) -> bool:
        """RFC 8216bis 6.2.5.2: a reload for more than two segments ahead is a client's mistake."""
        return number > self.next_number + 1

    async def wait(self, number: int, part: int | None, seconds: float) -> bool:
        """True once `has`; False after `seconds`, so that an absent host gets an old playlist."""
        if self.has(number, part):
            return True
        loop = asyncio.get_running_loop()
        waiter = _Waiter(number, part, loop.time() + seconds, loop.create_future())
        self._waiters.append(waiter)
        if self._sweep is None:
            self._sweep = loop.call_later(0.5, self._release)
        return await waiter.answer

    def playlist(self, query: str = "", kind: Kind = "stream") -> str:
        """`query` ("?token=…") is put behind every URI, for players that send no headers."""
        text = self._rendered.get(kind)
        if text is None:
            text = self._rendered[kind] = self._render(kind)
        return text.replace(_QUERY, query)

    def packed(self, query: str, kind: Kind) -> bytes:
        """The same, gzipped: a fifth of the bytes, twice a second, for who has few to spend.

        A room's viewers share a token, so one packing serves them all until the next part.
        """
        data = self._packed.get((kind, query))
        if data is None:
            data = gzip.compress(self.playlist(query, kind).encode(), 5, mtime=0)
            if len(self._packed) < _MOST_PACKED:
                self._packed[(kind, query)] = data
        return data

    def master(self, query: str = "") -> str | None:
        """None before there is anything to play."""
        init = self.init
        if init is None:
            return None
        bandwidth = max(self.bits_per_second, 500_000) * 3 // 2
        return (
            "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n"
            f'#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},CODECS="{init.codecs}",'
            f"RESOLUTION={init.width}x{init.height}\nstream.m3u8{query}\n"
        )

    # ---- inside

    def _newest(self) -> Segment | None:
        if self._open and self._open.parts:
            return self._open
        return self._complete[-1] if self._complete else None

    def _listed(self) -> list[Segment]:
        opened = [self._open] if self._open and self._open.parts else []
        return [*self._complete, *opened]

    def _changed(self) -> None:
        self._rendered.clear()
        self._packed.clear()
        self._release()

    def _release(self) -> None:
        if self._sweep:
            self._sweep.cancel()
            self._sweep = None
        if not self._waiters:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        waiting = []
        for waiter in self._waiters:
            if waiter.answer.done():
                continue  # the client went away
            if self.has(waiter.number, waiter.part):
                waiter.answer.set_result(True)
            elif waiter.deadline <= now:
                waiter.answer.set_result(False)
            else:
                waiting.append(waiter)
        self._waiters = waiting
        if waiting:
            self._sweep = loop.call_later(0.5, self._release)

    def _render(self, kind: Kind) -> str:
        low_latency = kind != "plain"
        only = _SOUND if kind == "sound" else ""
        segments = self._listed() if low_latency else list(self._complete)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:9",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            f"#EXT-X-TARGETDURATION:{int(self._longest + 0.5)}",
        ]
        if low_latency:
            lines += [
                "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,"
                f"PART-HOLD-BACK={3 * self.part_seconds:.3f}",
                f"#EXT-X-PART-INF:PART-TARGET={self.part_seconds:.5f}",
            ]
        first = segments[0].number if segments else self.next_number
        lines.append(f"#EXT-X-MEDIA-SEQUENCE:{first}")
        if self._discontinuities_gone:
            lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._discontinuities_gone}")
        lines += _segment_lines(segments, low_latency=low_latency, only=only)
        if low_latency:
            number = self._open.number if self._open else self.next_number
            part = len(self._open.parts) if self._open else 0
            lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{only}p{number}.{part}.m4s{_QUERY}"')
        return "\n".join(lines) + "\n"


def _segment_lines(segments: list[Segment], *, low_latency: bool, only: str) -> list[str]:
    lines: list[str] = []
    current: InitMap | None = None
    for index, segment in enumerate(segments):
        if segment.is_discontinuity:
            lines.append("#EXT-X-DISCONTINUITY")
        if segment.init is not current:
            current = segment.init
            lines.append(f'#EXT-X-MAP:URI="{only}init{current.number}.mp4{_QUERY}"')
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(segment.wall_ms)}")
        if low_latency and index >= len(segments) - _PARTS_LISTED_FOR:
            lines += [
                f"#EXT-X-PART:DURATION={part.seconds:.5f},"
                f'URI="{only}p{segment.number}.{k}.m4s{_QUERY}"'
                + (",INDEPENDENT=YES" if part.is_independent or only else "")
                for k, part in enumerate(segment.parts)
            ]
        if segment.is_complete:
            lines += [f"#EXTINF:{segment.seconds:.5f},", f"{only}s{segment.number}.m4s{_QUERY}"]
    return lines


def _iso(wall_ms: int) -> str:
    moment = datetime.fromtimestamp(wall_ms / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{wall_ms % 1000:03d}Z"


SegmentSink = Callable[[Segment], None]
