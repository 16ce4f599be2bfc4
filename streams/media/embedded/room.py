"""A path on air: who publishes, who watches, and the window the HLS viewers read."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from streams.media.embedded import background, h264
from streams.media.embedded.fmp4 import AUDIO_CLOCK, VIDEO_CLOCK
from streams.media.embedded.muxer import Muxer
from streams.media.embedded.passthrough import PackedFrame, pack_h264
from streams.media.embedded.relay import RelayTrack
from streams.media.embedded.timeline import PathClock
from streams.media.embedded.window import SegmentSink, Window

if TYPE_CHECKING:
    from streams.media.embedded.publisher import Publisher

_KEY_EVERY = 0.5


class Room:
    """Lives on through its publisher's absence, so that viewers need not reload."""

    def __init__(
        self,
        name: str,
        window: Window,
        *,
        on_state: Callable[["Room"], None],
        on_segment: SegmentSink | None,
        media_ms: int = 0,
    ) -> None:
        self.name = name
        self.window = window
        self.clock = PathClock()
        self.publisher: Publisher | None = None
        self.relays: set[RelayTrack] = set()
        self.online_since: float | None = None
        self.left_at = time.monotonic()
        self._on_state = on_state
        self._key_asked = 0.0
        self._config: h264.Config | None = None
        self.muxer = Muxer(
            window,
            ask_for_key=self.ask_for_key,
            wall_origin_ms=self.clock.wall_origin_ms,
            on_segment=on_segment,
            media_ms=media_ms,
        )

    @property
    def is_online(self) -> bool:
        return self.publisher is not None

    def take_over(self, publisher: "Publisher") -> None:
        """The first media of a publisher makes it the path's; the one before is closed."""
        before, self.publisher = self.publisher, publisher
        if before:
            self.muxer.finish()
            background.start(before.close())
        self.online_since = time.time()
        self._config = None
        if not before:
            self._on_state(self)

    def leave(self, publisher: "Publisher") -> None:
        if self.publisher is publisher:
            self.publisher = None
            self.left_at = time.monotonic()
            self.muxer.finish()
            self._on_state(self)

    def ask_for_key(self) -> None:
        now = time.monotonic()
        if self.publisher and now - self._key_asked >= _KEY_EVERY:
            self._key_asked = now
            self.publisher.ask_for_key()

    def add_relay(self, track: RelayTrack) -> None:
        self.relays.add(track)
        self._key_asked = 0.0
        self.ask_for_key()

    def push_picture(self, annexb: bytes, start: int) -> None:
        """`start` in 90 kHz ticks of the path's clock."""
        picture = h264.parse_picture(annexb)
        self.muxer.push_picture(picture, start)
        self._config = picture.config or self._config
        if self.relays and picture.nals:
            heads = self._config if picture.is_key and self._config else ()
            self._relay("video", pack_h264([*heads, *picture.nals], start, picture.is_key))

    def push_sound(self, opus: bytes, start: int) -> None:
        """`start` in 48 kHz ticks of the path's clock."""
        self.muxer.push_sound(opus, start)
        if self.relays:
            self._relay("audio", PackedFrame([opus], start, True))

    def _relay(self, kind: str, frame: PackedFrame) -> None:
        for track in self.relays:
            if track.kind == kind:
                track.offer(frame)


RATES = {"video": VIDEO_CLOCK, "audio": AUDIO_CLOCK}
