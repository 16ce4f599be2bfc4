"""From a publisher's RTP timestamps to the path's own clock, pictures and sound in step."""

import time
from dataclasses import dataclass, field

from streams.media.embedded.passthrough import SenderReport

_LARGEST_SHIFT = 0.4  # seconds; a report that asks for more is not believed
_TOLERANCE = 0.02
_LARGEST_JUMP = 8.0  # an encoder whose clock leaps begins anew, or hours of silence would be made


@dataclass
class PathClock:
    """Starts at +1 s, so that the audio encoder's delay never makes a negative decode time."""

    origin: float = field(default_factory=lambda: time.monotonic() - 1.0)
    wall_origin_ms: int = field(default_factory=lambda: round(time.time() * 1000) - 1000)

    def now(self) -> float:
        return time.monotonic() - self.origin


class Timeline:
    """One publisher's. Arrival sets the offsets; RTCP sender reports then align the sound."""

    def __init__(self, clock: PathClock) -> None:
        self.shift_ms = 0.0
        self._clock = clock
        self._offsets: dict[str, float] = {}
        self._reports: dict[str, tuple[float, float]] = {}
        self._arrived: dict[str, float] = {}

    def place(self, kind: str, rate: int, timestamp: int) -> int:
        """Path time, in ticks of `rate`, of an RTP timestamp of this "video" or "audio" track."""
        seconds = timestamp / rate
        now = self._clock.now()
        offset = self._offsets.get(kind)
        if offset is None or abs(seconds + offset - now) > _LARGEST_JUMP:
            self._offsets[kind] = self._arrived[kind] = now - seconds
            self._reports.pop(kind, None)
        return max(0, round((seconds + self._offsets[kind]) * rate))

    def report(self, kind: str, rate: int, report: SenderReport) -> None:
        self._reports[kind] = (report.seconds, report.timestamp / rate)
        self._align()

    def _align(self) -> None:
        if len(self._reports) < 2 or len(self._offsets) < 2:
            return
        video_ntp, video_at = self._reports["video"]
        audio_ntp, audio_at = self._reports["audio"]
        wanted = self._offsets["video"] - (video_ntp - video_at) + (audio_ntp - audio_at)
        if abs(wanted - self._arrived["audio"]) > _LARGEST_SHIFT:
            return
        if abs(wanted - self._offsets["audio"]) > _TOLERANCE:
            self.shift_ms = (wanted - self._arrived["audio"]) * 1000
            self._offsets["audio"] = wanted
