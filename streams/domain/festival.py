"""A festival's shows: the relay day by day, what each prefecture is about to do, and what happens
on the stage.

Read by the festival's page and, as facts in both languages, by its wall (`festival_facts.py`). The
number of queries does not depend on the number of shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import zip_longest

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from officials.models import Region
from products.domain.festivals import Phase, phase_of, prefectures_of
from products.models import Festival
from streams.domain.replay_timeline import Timeline
from streams.models import Broadcast, Replay, ReplayChapter, Segment, SegmentKind

LATE = timedelta(minutes=30)
"""A host so late still comes; after that the show did not take place."""
STAGE = (SegmentKind.SONG, SegmentKind.TALENT)
MOST_SHOWS = 400
MOST_TO_COME, MOST_TO_REPLAY = 8, 12
State = Broadcast.State


class Standing(StrEnum):
    """Of a show on the schedule, or of a prefecture by its most telling show."""

    LIVE = "live"
    COMING = "coming"
    REPLAY = "replay"
    BEEN = "been"
    MISSED = "missed"
    NONE = "none"


RANK = (Standing.LIVE, Standing.COMING, Standing.REPLAY, Standing.BEEN, Standing.NONE)


@dataclass(frozen=True)
class Stop:
    """One show of the relay; `hands_over` if the show after it follows within the hour."""

    show: Broadcast
    standing: Standing
    hands_over: bool = False

    @property
    def prefecture(self) -> Region:
        return self.show.region.prefecture

    @property
    def at(self) -> datetime:
        return self.show.started_at or self.show.scheduled_at

    @property
    def ends_at(self) -> datetime:
        planned = self.at + timedelta(minutes=self.show.planned_minutes)
        return self.show.ended_at or planned


@dataclass(frozen=True)
class Day:
    """One day of the relay by the shop's clock."""

    date: date
    stops: list[Stop] = field(default_factory=list)

    @property
    def is_today(self) -> bool:
        return self.date == timezone.localdate()

    @property
    def is_past(self) -> bool:
        return self.date < timezone.localdate()

    @property
    def places(self) -> int:
        return len({stop.prefecture.code for stop in self.stops})


@dataclass(frozen=True)
class Place:
    """A prefecture on the map; `stop` is the show its standing comes from."""

    region: Region
    standing: Standing
    stop: Stop | None

    @property
    def code(self) -> str:
        return self.region.code

    @property
    def short_name(self) -> str:
        return self.region.short_name

    @property
    def is_live(self) -> bool:
        return self.standing == Standing.LIVE

    @property
    def css(self) -> str:
        return f"tile-{self.standing}"

    @property
    def note(self) -> str:
        """A few letters for a small tile."""
        if self.standing == Standing.COMING and self.stop is not None:
            return _moment(self.stop.at)
        words = {Standing.REPLAY: _("replay"), Standing.BEEN: _("over")}
        return words.get(self.standing, "–")


@dataclass(frozen=True)
class Moment:
    """A song, a lusheng tune, a national dress on stage. `seconds` is where its replay has it,
    `still_ms` names the picture there; None of what is to come."""

    segment: Segment
    show: Broadcast
    standing: Standing
    at: datetime
    seconds: int | None = None
    still_ms: int | None = None

    @property
    def title(self) -> str:
        return self.segment.title


@dataclass(frozen=True)
class Programme:
    """All that a festival's page shows of its shows."""

    festival: Festival
    phase: Phase
    stops: list[Stop]
    places: list[Place]

    @property
    def live(self) -> list[Stop]:
        return self._those(Standing.LIVE)

    @property
    def coming(self) -> list[Stop]:
        return self._those(Standing.COMING)

    @property
    def replays(self) -> list[Stop]:
        return self._those(Standing.REPLAY)

    @property
    def next(self) -> Stop | None:
        return next(iter(self.coming), None)

    @property
    def days(self) -> list[Day]:
        days: dict[date, Day] = {}
        for stop in self.stops:
            on = timezone.localtime(stop.show.scheduled_at).date()
            days.setdefault(on, Day(on)).stops.append(stop)
        return list(days.values())

    @property
    def open_day(self) -> date | None:
        """The day that a reader wants to see first: of what is on or next, or else the last."""
        chosen = next(iter([*self.live, *self.coming, *reversed(self.stops)]), None)
        return timezone.localtime(chosen.show.scheduled_at).date() if chosen else None

    def _those(self, standing: Standing) -> list[Stop]:
        return [stop for stop in self.stops if stop.standing == standing]


def programme_of(festival: Festival, at: datetime | None = None) -> Programme:
    """Four queries: the shows, their public replays, the places."""
    at = at or timezone.now()
    stops = stops_of(festival, at)
    return Programme(festival, phase_of(festival, at), stops, _places(festival, stops))


def stops_of(festival: Festival, at: datetime) -> list[Stop]:
    """The relay in the order of its schedule."""
    rows = list(
        Broadcast.objects.filter(festival=festival, rehearsal_of=None)
        .exclude(state=State.CANCELLED)
        .select_related("host__user", "region__parent")
        .order_by("scheduled_at", "pk")[:MOST_SHOWS]
    )
    watchable = set(
        Replay.objects.filter(
            broadcast__in=[row.pk for row in rows if row.state == State.READY],
            state=Replay.State.READY,
            is_public=True,
        ).values_list("broadcast_id", flat=True)
    )
    return [
        Stop(row, _standing(row, watchable, at), _hands_over(row, after))
        for row, after in zip_longest(rows, rows[1:])
    ]


def moments_of(programme: Programme) -> list[Moment]:
    """What is on stage now, then what comes, then what can be seen again, newest first. Three
    queries; a piece that was left out of its show is none."""
    shows = {stop.show.pk: stop for stop in programme.stops}
    earlier = (
        Segment.objects.filter(broadcast=OuterRef("broadcast"), position__lt=OuterRef("position"))
        .order_by()
        .values("broadcast")
        .annotate(minutes=Sum("planned_minutes"))
        .values("minutes")
    )
    rows = (
        Segment.objects.filter(broadcast__in=shows, kind__in=STAGE)
        .select_related("product")
        .annotate(minutes_before=Coalesce(Subquery(earlier), 0))
        .order_by("broadcast__scheduled_at", "position")
    )
    replays = _Replays([pk for pk, stop in shows.items() if stop.standing == Standing.REPLAY])
    made = [_moment_of(row, shows[row.broadcast_id], replays) for row in rows]
    found = [one for one in made if one is not None]
    by = {standing: [one for one in found if one.standing == standing] for standing in Standing}
    newest = sorted(by[Standing.REPLAY], key=lambda one: one.at, reverse=True)
    coming = sorted(by[Standing.COMING], key=lambda one: one.at)
    return [*by[Standing.LIVE], *coming[:MOST_TO_COME], *newest[:MOST_TO_REPLAY]]


class _Replays:
    """Where the segments of these shows lie in their replays. Two queries."""

    def __init__(self, shows: Sequence[int]) -> None:
        self._timelines = {
            row.broadcast_id: Timeline.of(row) for row in Replay.objects.filter(broadcast__in=shows)
        }
        chapters = ReplayChapter.objects.filter(
            replay__broadcast__in=shows, kind=ReplayChapter.Kind.SEGMENT
        )
        self._stills = {
            (show, start): has_thumb
            for show, start, has_thumb in chapters.values_list(
                "replay__broadcast", "start_ms", "has_thumb"
            )
        }

    def place(self, segment: Segment) -> tuple[int, bool] | None:
        """(position in ms, whether there is a still of it); None without a chapter of it."""
        timeline = self._timelines.get(segment.broadcast_id)
        if timeline is None or segment.started_at is None:
            return None
        start = timeline.of_stamp(segment.media_start_ms, segment.started_at)
        has_thumb = self._stills.get((segment.broadcast_id, start))
        return None if has_thumb is None else (start, has_thumb)


def _moment_of(segment: Segment, stop: Stop, replays: _Replays) -> Moment | None:
    show = stop.show
    planned = stop.at + timedelta(minutes=segment.minutes_before)  # type: ignore[attr-defined]
    is_to_come = segment.state == Segment.State.PLANNED
    if stop.standing == Standing.LIVE and segment.state == Segment.State.RUNNING:
        return Moment(segment, show, Standing.LIVE, segment.started_at or planned)
    if is_to_come and stop.standing in (Standing.COMING, Standing.LIVE):
        return Moment(segment, show, Standing.COMING, planned)
    place = replays.place(segment) if stop.standing == Standing.REPLAY else None
    if place is None:
        return None
    start, has_thumb = place
    return Moment(
        segment,
        show,
        Standing.REPLAY,
        segment.started_at or planned,
        seconds=start // 1000,
        still_ms=start if has_thumb else None,
    )


def _standing(show: Broadcast, watchable: set[int], at: datetime) -> Standing:
    if show.is_live:
        return Standing.LIVE
    if show.pk in watchable:
        return Standing.REPLAY
    if show.is_over:
        return Standing.BEEN
    return Standing.COMING if show.scheduled_at + LATE > at else Standing.MISSED


def _hands_over(show: Broadcast, after: Broadcast | None) -> bool:
    """Whether the next show of the schedule follows closely enough to be called a relay."""
    if after is None or after.region.prefecture == show.region.prefecture:
        return False
    ends = show.scheduled_at + timedelta(minutes=show.planned_minutes)
    return timedelta(0) <= after.scheduled_at - ends <= timedelta(hours=1)


def _places(festival: Festival, stops: Iterable[Stop]) -> list[Place]:
    """The show that tells most of each prefecture: on air, else next, else the newest that was."""
    best: dict[str, Stop] = {}
    for stop in stops:
        code = stop.prefecture.code
        known = best.get(code)
        if stop.standing == Standing.MISSED:
            continue
        if known is None or _tells_more(stop, known):
            best[code] = stop
    return [_place(region, best.get(region.code)) for region in prefectures_of(festival)]


def _tells_more(stop: Stop, known: Stop) -> bool:
    rank, known_rank = RANK.index(stop.standing), RANK.index(known.standing)
    if rank != known_rank:
        return rank < known_rank
    return stop.standing in (Standing.REPLAY, Standing.BEEN)  # of those the newest


def _place(region: Region, stop: Stop | None) -> Place:
    return Place(region, stop.standing if stop else Standing.NONE, stop)


def _moment(at: datetime) -> str:
    """`20:00` of today, else the day."""
    local = timezone.localtime(at)
    is_today = local.date() == timezone.localdate()
    return date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATE_FORMAT")
