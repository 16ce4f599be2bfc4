"""The shows of a prefecture by day: a month for its curators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from officials.models import Region
from streams.models import Broadcast


@dataclass(frozen=True)
class Day:
    date: date
    is_of_month: bool
    is_today: bool
    shows: Sequence[Broadcast]


@dataclass(frozen=True)
class Month:
    first: date
    weeks: Sequence[Sequence[Day]]

    @property
    def days_with_shows(self) -> list[Day]:
        """For the list on a phone."""
        return [day for week in self.weeks for day in week if day.is_of_month and day.shows]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def count(self) -> int:
        return sum(len(day.shows) for day in self.days_with_shows)


def month_of(prefecture: Region, first: date) -> Month:
    """Weeks from Monday on that hold the month which begins at `first`. Two queries."""
    begin = first - timedelta(days=first.weekday())
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    end = last + timedelta(days=7 - last.weekday())
    today = timezone.localdate()
    by_day: dict[date, list[Broadcast]] = {}
    for show in _shows(prefecture, begin, end):
        by_day.setdefault(timezone.localdate(show.scheduled_at), []).append(show)
    days = [begin + timedelta(days=number) for number in range((end - begin).days)]
    made = [Day(one, one.month == first.month, one == today, by_day.get(one, [])) for one in days]
    return Month(first, [made[start : start + 7] for start in range(0, len(made), 7)])


def first_of(text: str) -> date:
    """`2026-11` → its first day; the current month for whatever else somebody types."""
    try:
        found = datetime.strptime(text[:7], "%Y-%m").date()  # noqa: DTZ007 -- a month, no moment
    except ValueError:
        return timezone.localdate().replace(day=1)
    return found if 2020 <= found.year <= 2099 else timezone.localdate().replace(day=1)


def _shows(prefecture: Region, begin: date, end: date) -> Sequence[Broadcast]:
    zone = timezone.get_current_timezone()
    span = (datetime.combine(begin, time.min, zone), datetime.combine(end, time.min, zone))
    rows = Broadcast.objects.filter(
        Q(region=prefecture) | Q(region__parent=prefecture),
        rehearsal_of=None,
        scheduled_at__gte=span[0],
        scheduled_at__lt=span[1],
    )
    return list(rows.select_related("host", "region", "approval").order_by("scheduled_at", "pk"))
