"""A file put into the recordings as if it had been sent: the same muxer, the same recorder.

For what another engine recorded, and for the demo. Only the network is left out, so a minute is
recorded in a second.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, cast

import av
from av.bitstream import BitStreamFilterContext

from streams.media.embedded import h264
from streams.media.embedded.fmp4 import AUDIO_CLOCK, VIDEO_CLOCK
from streams.media.embedded.muxer import Joint, Muxer
from streams.media.embedded.recorder import Recorder, Track
from streams.media.embedded.window import Segment, Window

_BEGIN = 1.0  # seconds of the path's clock, as for every publisher
_SOUND_AHEAD = 0.5  # the muxer waits for the sound of a picture's moment: it comes in time
_HELD = 3.0  # files keep a part's pictures before its sound: so much is put in order
_OPUS_FRAME = AUDIO_CLOCK // 50
_ROUNDED = VIDEO_CLOCK // 100
"""The same picture's time in two fetches differs by less (90 kHz)."""


class UnfitRecording(OSError):
    """The file holds what our segments cannot: said in words."""


class _Unit(NamedTuple):
    at: float  # when it is handed on
    number: int
    kind: str
    seconds: float
    data: bytes


def record_clip(clip: Path, directory: Path, path: str, *, wall_ms: int) -> int:
    """Append the clip (H.264 without B-frames; Opus or AAC) to the recording of `path`, as sent
    from `wall_ms` on; returns the media milliseconds recorded so far. Blocks until it is written.

    Raises OSError (the disk), UnfitRecording, av.FFmpegError.
    """
    return _record(Piece(clip, wall_ms), directory, path, is_last=True, alive=lambda: None).media_ms


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one sending that began at `wall_ms`: `clip` holds it from its second `begins` on.

    What `joint` says is recorded already is left out; so is what lies before `skip_until`.
    """

    clip: Path
    wall_ms: int
    begins: float = 0.0
    skip_until: float = 0.0
    joint: Joint | None = None


def record_piece(
    piece: Piece, directory: Path, path: str, *, is_last: bool, alive: Callable[[], None]
) -> Joint | None:
    """As record_clip. Unless it is the last, what follows the last whole segment is left for the
    next piece, which goes on at the joint that is returned (None: there was no whole segment).
    `alive` is called with every segment."""
    return _record(piece, directory, path, is_last=is_last, alive=alive).joint


def _record(
    piece: Piece, directory: Path, path: str, *, is_last: bool, alive: Callable[[], None]
) -> Muxer:
    joint = piece.joint
    recorder = Recorder(directory)
    earlier = recorder.resume(path)
    if joint:
        recorder.tracks[path] = Track({joint.init_number})
    window = Window(
        part_seconds=0.5,
        segment_seconds=2.0,
        first_number=max(piece.wall_ms // 1000, earlier.next_number),
    )

    def keep(segment: Segment) -> None:
        recorder.write_now(path, segment)
        alive()

    muxer = Muxer(
        window,
        ask_for_key=lambda: None,
        wall_origin_ms=piece.wall_ms - round(_BEGIN * 1000),
        on_segment=keep,
        media_ms=earlier.media_ms,
        joint=joint,
    )
    begins = _BEGIN + piece.begins
    earliest = joint.picture_at if joint else (_BEGIN + piece.skip_until) * VIDEO_CLOCK
    with av.open(str(piece.clip), "r") as source:
        for unit in _in_order(_units(source)):
            seconds = begins + unit.seconds
            if unit.kind == "audio":
                muxer.push_sound(unit.data, round(seconds * AUDIO_CLOCK))
            elif seconds * VIDEO_CLOCK >= earliest - _ROUNDED:
                muxer.push_picture(h264.parse_picture(unit.data), round(seconds * VIDEO_CLOCK))
    if is_last:
        muxer.finish()
    return muxer


def joint_seconds(joint: Joint) -> float:
    """How far into its sending a joint lies."""
    return joint.picture_at / VIDEO_CLOCK - _BEGIN


def _in_order(units: Iterable[_Unit]) -> Iterator[_Unit]:
    """By time, sound a little ahead; a file of hours is never held as a whole."""
    waiting: list[_Unit] = []
    newest = 0.0
    for unit in units:
        heapq.heappush(waiting, unit)
        newest = max(newest, unit.at)
        while waiting and waiting[0].at < newest - _HELD:
            yield heapq.heappop(waiting)
    while waiting:
        yield heapq.heappop(waiting)


def _units(source: av.container.InputContainer) -> Iterator[_Unit]:
    """Pictures as Annex B units, sound as Opus."""
    if not source.streams.video or source.streams.video[0].codec_context.name != "h264":
        raise UnfitRecording("the recording holds no H.264 picture")
    to_units = BitStreamFilterContext("h264_mp4toannexb", source.streams.video[0])
    sound = source.streams.audio[0] if source.streams.audio else None
    to_opus = _OpusMaker() if sound and sound.codec_context.name != "opus" else None
    numbers = itertools.count()
    for packet in source.demux(*([source.streams.video[0]] + ([sound] if sound else []))):
        if packet.pts is None or packet.dts is None:
            continue
        if packet.stream.type == "video":
            if packet.pts != packet.dts:
                raise UnfitRecording("the picture was sent with B-frames")
            for picture in to_units.filter(packet):
                seconds = float((picture.pts or 0) * picture.time_base)
                yield _Unit(seconds, next(numbers), "video", seconds, bytes(picture))
        elif to_opus is None:
            seconds = float(packet.pts * packet.time_base)
            at = seconds - _SOUND_AHEAD
            yield _Unit(at, next(numbers), "audio", seconds, bytes(packet))
        else:
            for seconds, data in to_opus.convert(packet):
                yield _Unit(seconds - _SOUND_AHEAD, next(numbers), "audio", seconds, data)


class _OpusMaker:
    """Sound of another kind (an RTMP encoder's AAC) as the muxer takes it."""

    def __init__(self) -> None:
        encoder = av.CodecContext.create("libopus", "w")
        assert isinstance(encoder, av.AudioCodecContext)
        encoder.sample_rate, encoder.layout, encoder.format = AUDIO_CLOCK, "stereo", "s16"
        encoder.bit_rate = 96_000
        encoder.time_base = Fraction(1, AUDIO_CLOCK)
        encoder.open()
        self._encoder = encoder
        self._resampler = av.AudioResampler("s16", "stereo", AUDIO_CLOCK, frame_size=_OPUS_FRAME)
        self._origin: float | None = None
        self._taken = 0
        self._given = 0

    def convert(self, packet: "av.Packet[Any]") -> Iterator[tuple[float, bytes]]:
        for frame in cast("list[av.AudioFrame]", packet.decode()):
            begins = float((frame.pts or 0) * (frame.time_base or Fraction(1, AUDIO_CLOCK)))
            if self._origin is None:
                self._origin = begins
            frame.pts = None
            for block in self._resampler.resample(frame):
                block.pts = self._taken
                self._taken += block.samples
                for coded in self._encoder.encode(block):
                    yield self._origin + self._given / AUDIO_CLOCK, bytes(coded)
                    self._given += _OPUS_FRAME
