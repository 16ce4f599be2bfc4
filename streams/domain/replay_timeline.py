"""Where a moment of the show lies in its replay: media time and wall time become positions.

A position is milliseconds from the replay's beginning. What happened while nothing was recorded
(the host was away, the disk was full) lies at the next recorded picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from streams.media.recordings import Stretch
from streams.models import Replay

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """A piece of the recording: positions, and the media and wall time that belong to them."""

    position_ms: int
    media_ms: int
    wall_ms: int
    duration_ms: int


class Timeline:
    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._stretches = list(stretches)

    @classmethod
    def of(cls, replay: Replay) -> "Timeline":
        return cls([Stretch(*told) for told in replay.stretches])

    def as_json(self) -> list[list[int]]:
        return [[s.position_ms, s.media_ms, s.wall_ms, s.duration_ms] for s in self._stretches]

    @property
    def duration_ms(self) -> int:
        return sum(stretch.duration_ms for stretch in self._stretches)

    def of_media(self, media_ms: int) -> int:
        """The position of a media time; 0 before the replay, its length after it."""
        for stretch in self._stretches:
            if media_ms < stretch.media_ms + stretch.duration_ms:
                return stretch.position_ms + max(0, media_ms - stretch.media_ms)
        return self.duration_ms

    def of_wall(self, moment: datetime) -> int:
        wall = (moment - _EPOCH) // timedelta(milliseconds=1)
        for stretch in self._stretches:
            if wall < stretch.wall_ms + stretch.duration_ms:
                return stretch.position_ms + max(0, wall - stretch.wall_ms)
        return self.duration_ms

    def of_stamp(self, media_ms: int | None, moment: datetime) -> int:
        """By media time where it is known, by the clock where it is not."""
        return self.of_wall(moment) if media_ms is None else self.of_media(media_ms)

    def windows(self, from_ms: int, until_ms: int) -> Iterator[Window]:
        """The recorded pieces of a span of positions."""
        for stretch in self._stretches:
            begin = max(from_ms, stretch.position_ms)
            end = min(until_ms, stretch.position_ms + stretch.duration_ms)
            if begin < end:
                into = begin - stretch.position_ms
                yield Window(begin, stretch.media_ms + into, stretch.wall_ms + into, end - begin)

    def stamped_within(self, from_ms: int, until_ms: int) -> Q:
        """A filter for rows with `media_ms` and `created_at` that lie in a span of positions."""
        within = Q(pk__in=[])
        for window in self.windows(from_ms, until_ms):
            begin = _EPOCH + timedelta(milliseconds=window.wall_ms)
            end = begin + timedelta(milliseconds=window.duration_ms)
            until = window.media_ms + window.duration_ms
            within |= Q(media_ms__gte=window.media_ms, media_ms__lt=until)
            within |= Q(media_ms=None, created_at__gte=begin, created_at__lt=end)
        return within
