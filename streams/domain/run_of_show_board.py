"""A show's run as its host sees it: what is on, what comes, how late it is, what is marked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from streams.domain import offers, script_check
from streams.domain.offers import epoch_ms
from streams.domain.run_of_show_facts import next_of, running_of
from streams.domain.run_of_show_turns import ON_AIR
from streams.domain.script_check import SegmentCheck
from streams.models import Broadcast, FlashSale, Segment

State = Segment.State


@dataclass(frozen=True)
class Row:
    """One segment. `begins_at` is when it began, or will if what comes keeps to its minutes."""

    segment: Segment
    check: SegmentCheck
    begins_at: datetime
    image: str = ""
    place: int = 0

    @property
    def planned(self) -> timedelta:
        return timedelta(minutes=self.segment.planned_minutes)

    @property
    def planned_ms(self) -> int:
        return self.segment.planned_minutes * 60_000

    @property
    def started_ms(self) -> int | None:
        return epoch_ms(self.segment.started_at)

    @property
    def took(self) -> timedelta:
        """How long it has been, or was, on."""
        began, ended = self.segment.started_at, self.segment.ended_at
        return timedelta() if began is None else (ended or timezone.now()) - began

    @property
    def is_running(self) -> bool:
        return self.segment.state == State.RUNNING

    @property
    def is_planned(self) -> bool:
        return self.segment.state == State.PLANNED


@dataclass(frozen=True)
class Board:
    now: datetime
    rows: Sequence[Row]
    running: Row | None
    next: Row | None
    sale: FlashSale | None = None
    """The flash sale of the running segment, if it can be started now."""
    is_on: bool = False
    """The show is on air, or rehearsed: one may go through its run."""
    planned_minutes: int = 0
    """Of the show, as it stands in the schedule."""
    late: timedelta = field(default_factory=timedelta)
    """What the segments that are done took more (or less) than planned."""

    @property
    def minutes(self) -> int:
        return sum(row.segment.planned_minutes for row in self.rows)

    @property
    def minutes_over(self) -> int:
        """By how much the run is longer than the show; negative if it is shorter."""
        return self.minutes - self.planned_minutes

    @property
    def open_marks(self) -> int:
        return sum(row.check.open_marks for row in self.rows)

    @property
    def has_begun(self) -> bool:
        return any(not row.is_planned for row in self.rows)

    @property
    def to_read(self) -> Row | None:
        """What the teleprompter shows: what is on or, before it begins, what comes first."""
        return self.running or self.next

    @property
    def now_ms(self) -> int:
        return epoch_ms(self.now) or 0

    @property
    def late_ms(self) -> int:
        """Of the segments that are done; what runs over now comes on top of it as it grows."""
        return self.late // timedelta(milliseconds=1)

    @property
    def rest_ms(self) -> int:
        """Planned for what comes after what is on."""
        if self.next is None:
            return 0
        here = self.next.segment.position
        return sum(
            row.planned_ms for row in self.rows if row.is_planned and row.segment.position >= here
        )


def board_of(broadcast: Broadcast) -> Board:
    """Six queries at most, however many segments there are."""
    segments = list(
        Segment.objects.filter(broadcast=broadcast)
        .select_related("product", "flash_sale")
        .prefetch_related("product__images", script_check.with_clearances())
    )
    now = timezone.now()
    rows = _rows(broadcast, segments)
    by_id = {row.segment.pk: row for row in rows}
    running, following = running_of(segments), next_of(segments)
    done = [row for row in rows if row.segment.state == State.DONE]
    return Board(
        now=now,
        rows=rows,
        running=by_id[running.pk] if running else None,
        next=by_id[following.pk] if following else None,
        sale=_sale_of(broadcast, running),
        is_on=broadcast.state in ON_AIR,
        planned_minutes=broadcast.planned_minutes,
        late=sum((row.took - row.planned for row in done), timedelta()),
    )


def _rows(broadcast: Broadcast, segments: Sequence[Segment]) -> list[Row]:
    at = broadcast.started_at or broadcast.scheduled_at
    rows = []
    for place, segment in enumerate(segments, start=1):
        begins = segment.started_at or at
        image = offers.image_url(segment.product) if segment.product else ""
        row = Row(segment, script_check.check_segment(segment), begins, image, place)
        rows.append(row)
        ends = segment.ended_at or begins + row.planned
        at = max(ends, timezone.now()) if row.is_running else max(ends, at)
    return rows


def _sale_of(broadcast: Broadcast, running: Segment | None) -> FlashSale | None:
    """Not while another one is on: one at a time."""
    sale = running.flash_sale if running else None
    if sale is None or not sale.can_be_started or not broadcast.is_live:
        return None
    is_other_on = FlashSale.objects.filter(broadcast=broadcast, state__in=FlashSale.OPEN).exists()
    return None if is_other_on else sale
