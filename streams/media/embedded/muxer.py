"""Coded pictures and sound in, parts and segments out. Video is never decoded."""

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from streams.media.embedded import fmp4, h264
from streams.media.embedded.fmp4 import AUDIO_CLOCK, VIDEO_CLOCK, Sample
from streams.media.embedded.sound import AacEncoder
from streams.media.embedded.window import InitMap, Part, Segment, SegmentSink, Window

_ASK_EVERY = 0.5  # seconds between two key frame requests
_SOUND_PATIENCE = 0.4  # seconds a picture waits for the sound of its moment
_SOUND_LOST = 2.0  # seconds without sound after which pictures no longer wait
_SOUND_AHEAD = AUDIO_CLOCK // 25
_HELD_SOUNDS = 60
_SAME_MOMENT = VIDEO_CLOCK // 50


class Joint(NamedTuple):
    """Where an earlier piece of the same sending was cut, at the end of a segment: the map in use
    and the times at which the next picture (90 kHz) and the next sound (48 kHz) begin."""

    init_number: int
    init_data: bytes
    picture_at: int
    sound_at: int


class _Waiting(NamedTuple):
    picture: h264.Picture
    start: int
    arrived: float


class _Held(NamedTuple):
    """A picture whose duration is known only when the next one comes."""

    picture: h264.Picture
    start: int


class Muxer:
    """Times are those of the path's clock: 90 kHz for pictures, 48 kHz for sound, from 0.

    With a `joint` the earlier piece goes on without a discontinuity, if the first picture is the
    one that is missing there. `joint` afterwards: where the last whole segment ended.
    """

    def __init__(
        self,
        window: Window,
        *,
        ask_for_key: Callable[[], None],
        wall_origin_ms: int,
        on_segment: SegmentSink | None = None,
        media_ms: int = 0,
        joint: Joint | None = None,
    ) -> None:
        self.pictures = 0
        self.joint = joint
        self._window = window
        self._ask_for_key = ask_for_key
        self._wall_origin_ms = wall_origin_ms
        self._on_segment = on_segment
        self._media_ms = float(media_ms)
        self._fragments = 0
        self._starts_anew = media_ms > 0  # a process that takes up an older recording
        self._asked = 0.0
        self._sound_end = joint.sound_at if joint else 0
        self._goes_on = joint
        self._forget(sound_at=joint.sound_at if joint else None)

    def _forget(self, *, sound_at: int | None = None) -> None:
        self._config: h264.Config | None = None
        self._init: InitMap | None = None
        self._held: _Held | None = None
        self._pictures: list[Sample] = []
        self._sounds: list[Sample] = []
        self._early_sounds: deque[Sample] = deque(maxlen=_HELD_SOUNDS)
        self._waiting: deque[_Waiting] = deque()
        self._aac = AacEncoder(goes_on_at=sound_at)
        self._sound_until: int | None = None
        self._sound_heard = 0.0
        self._segment_start = 0
        self._part_start = 0
        self._map_start = 0
        self._is_open = False

    # ---- what the publisher sends

    def push_picture(self, picture: h264.Picture, start: int) -> None:
        """A picture is muxed when its sound is there, or when it has waited long enough."""
        self._waiting.append(_Waiting(picture, start, time.monotonic()))
        self._drain()

    def push_sound(self, opus: bytes, start: int) -> None:
        self._sound_heard = time.monotonic()
        self._add_sounds(self._aac.push(opus, start))
        self._sound_until = max(self._sound_until or 0, start + AUDIO_CLOCK // 50)
        self._drain()

    def finish(self) -> None:
        """The publisher is gone: hand out all there is. The next one starts a discontinuity."""
        while self._waiting:
            self._take(self._waiting.popleft())
        if self._held:
            self._commit(self._held, self._held.start + VIDEO_CLOCK // 30)
        self._close_segment()
        self._starts_anew = self._starts_anew or self._init is not None
        self._forget()

    @property
    def media_ms(self) -> int:
        """Media handed out so far in this path's life, in milliseconds, gaps left out."""
        pending = 0.0
        if self._is_open:
            until = self._held.start if self._held else self._part_start
            pending = max(0, until - self._segment_start) / VIDEO_CLOCK * 1000
        return int(self._media_ms + pending)

    # ---- waiting for sound

    def _drain(self) -> None:
        now = time.monotonic()
        patience = _SOUND_PATIENCE if now - self._sound_heard < _SOUND_LOST else 0.0
        while self._waiting:
            first = self._waiting[0]
            wanted = first.start * AUDIO_CLOCK // VIDEO_CLOCK + _SOUND_AHEAD
            if self._sound_until is None or self._sound_until < wanted:
                if now - first.arrived < patience:
                    return
                self._add_sounds(self._aac.fill_to(wanted))
                self._sound_until = wanted
            self._take(self._waiting.popleft())

    def _add_sounds(self, sounds: list[Sample]) -> None:
        if not self._is_open:
            self._early_sounds.extend(sounds)
            return
        earliest = self._map_start * AUDIO_CLOCK // VIDEO_CLOCK - 1024
        self._sounds += [s for s in (*self._early_sounds, *sounds) if s.start >= earliest]
        self._early_sounds.clear()

    # ---- pictures become parts

    def _take(self, waiting: _Waiting) -> None:
        picture, start, _ = waiting
        if not picture.nals:
            return
        self.pictures += 1
        if self._held:
            start = max(start, self._held.start + 1)
            self._commit(self._held, start)
        self._held = _Held(picture, start)

    def _commit(self, held: _Held, end: int) -> None:
        picture, start = held
        config = picture.config
        if not self._is_open and not (picture.is_key and (config or self._config)):
            self._request_key()
            return
        if picture.is_key:
            self._begin_group(config, start)
        elif start - self._segment_start > (self._window.segment_seconds - 0.1) * VIDEO_CLOCK:
            self._request_key()
        if self._pictures and end - self._part_start > self._window.part_seconds * VIDEO_CLOCK:
            self._cut_part()
        if not self._pictures:
            self._part_start = start
        self._pictures.append(Sample(start, end - start, picture.is_key, picture.data))

    def _begin_group(self, config: h264.Config | None, start: int) -> None:
        """A key picture may open a segment; a changed configuration must."""
        if config and config != self._config:
            self._close_segment()
            self._starts_anew = self._starts_anew or self._config is not None
            self._config = config
            self._new_map(config, start)
            self._map_start = start
            self._open_segment(start)
        elif start - self._segment_start >= 0.7 * self._window.segment_seconds * VIDEO_CLOCK:
            self._close_segment()
            self._open_segment(start)

    def _request_key(self) -> None:
        now = time.monotonic()
        if now - self._asked >= _ASK_EVERY:
            self._asked = now
            self._ask_for_key()

    # ---- parts become segments

    def _new_map(self, config: h264.Config, start: int) -> None:
        width, height = h264.picture_size(config.sps)
        data = fmp4.init_segment(config, self._aac.config)
        codec = h264.codec_string(config.sps)
        sound = fmp4.sound_init_segment(self._aac.config)
        number = self._window.next_number
        earlier, self._goes_on = self._goes_on, None
        if earlier and earlier.init_data == data and _is_near(start, earlier.picture_at):
            number, self._starts_anew = earlier.init_number, False
        self._init = InitMap(number, data, codec, width, height, sound)

    def _open_segment(self, start: int) -> None:
        if self._init is None:
            return
        self._segment_start = self._part_start = start
        self._is_open = True
        self._window.open(
            Segment(
                number=self._window.next_number,
                init=self._init,
                media_ms=round(self._media_ms),
                wall_ms=self._wall_origin_ms + start * 1000 // VIDEO_CLOCK,
                is_discontinuity=self._starts_anew,
            )
        )
        self._starts_anew = False
        self._add_sounds([])

    def _cut_part(self) -> None:
        if not self._pictures:
            return
        self._fragments += 1
        last = self._pictures[-1]
        end = last.start + last.duration
        boundary = end * AUDIO_CLOCK // VIDEO_CLOCK
        sounds = [sample for sample in self._sounds if sample.start < boundary]
        self._sounds = [sample for sample in self._sounds if sample.start >= boundary]
        if sounds:
            self._sound_end = sounds[-1].start + sounds[-1].duration
        first = self._pictures[0]
        data = fmp4.fragment(self._fragments, self._pictures, sounds)
        seconds = (end - first.start) / VIDEO_CLOCK
        part = Part(seconds, first.is_key, data, self._sound_fragment(sounds))
        self._pictures = []
        self._part_start = end
        self._window.add_part(part)

    def _sound_fragment(self, sounds: list[Sample]) -> bytes:
        """A part too short for a single frame of sound still has its place in the list."""
        if sounds:
            return fmp4.fragment(self._fragments, [], sounds)
        start = self._part_start * AUDIO_CLOCK // VIDEO_CLOCK
        return fmp4.empty_sound_fragment(self._fragments, start)

    def _close_segment(self) -> None:
        if not self._is_open:
            return
        self._cut_part()
        self._is_open = False
        segment = self._window.close()
        if segment is None:
            return
        self._media_ms += segment.seconds * 1000
        heard = max(self._sound_end, self._part_start * AUDIO_CLOCK // VIDEO_CLOCK - 1024)
        self.joint = Joint(segment.init.number, segment.init.data, self._part_start, heard)
        if self._on_segment:
            self._on_segment(segment)


def _is_near(start: int, other: int) -> bool:
    return abs(start - other) <= _SAME_MOMENT
