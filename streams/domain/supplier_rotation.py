"""How often each producer of a prefecture was on air: whoever approves a show sees whose turn it
would be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from officials.models import Region
from products.models import Producer
from streams.models import Broadcast, Pin, ShelfItem

DAYS = 90
HIGH_SHARE = 40
"""From so many percent of the minutes on one producer stands out."""


@dataclass(frozen=True)
class Turn:
    """One producer's part of the last 90 days. Shares in whole percent, rounded down."""

    producer: Producer
    shows: int
    minutes: int
    show_share: int
    minute_share: int
    is_in_this_show: bool

    @property
    def is_high(self) -> bool:
        return self.minute_share >= HIGH_SHARE


@dataclass(frozen=True)
class Rotation:
    turns: Sequence[Turn]
    shows: int
    minutes: int

    @property
    def top(self) -> Turn | None:
        return self.turns[0] if self.turns and self.turns[0].shows else None

    @property
    def waiting(self) -> Sequence[Turn]:
        """Producers that were never on air in these days."""
        return [turn for turn in self.turns if not turn.shows]


def rotation_of(
    prefecture: Region, *, show: Broadcast | None = None, at: datetime | None = None
) -> Rotation:
    """By four queries. Minutes are those in which goods were being explained (pinned); a show
    counts for each producer on its shelf."""
    at = at or timezone.now()
    since = at - timedelta(days=DAYS)
    here = Q(region=prefecture) | Q(region__parent=prefecture)
    past = Broadcast.objects.real().filter(here, started_at__gte=since, started_at__lt=at)
    shows: dict[int, set[int]] = {}
    pairs = ShelfItem.objects.filter(broadcast__in=past).values_list(
        "product__producer_id", "broadcast_id"
    )
    for producer_id, broadcast_id in pairs:
        shows.setdefault(producer_id, set()).add(broadcast_id)
    seconds = _seconds_explained(past, at)
    mine = _producers_of(show) if show is not None else set()
    producers = Producer.objects.filter(here, products__state="listed").distinct()
    all_shows = len({one for group in shows.values() for one in group})
    all_seconds = sum(seconds.values())
    turns = [
        Turn(
            producer=one,
            shows=len(shows.get(one.pk, ())),
            minutes=round(seconds.get(one.pk, 0) / 60),
            show_share=_percent(len(shows.get(one.pk, ())), all_shows),
            minute_share=_percent(int(seconds.get(one.pk, 0)), int(all_seconds)),
            is_in_this_show=one.pk in mine,
        )
        for one in producers
    ]
    turns.sort(key=lambda turn: (-turn.minutes, -turn.shows, turn.producer.pk))
    return Rotation(turns, all_shows, round(all_seconds / 60))


def _seconds_explained(past: QuerySet[Broadcast], at: datetime) -> dict[int, float]:
    """Producer → seconds; an explanation that was never closed ended with its show."""
    found: dict[int, float] = {}
    pins = Pin.objects.filter(item__broadcast__in=past).values_list(
        "item__product__producer_id", "pinned_at", "unpinned_at", "item__broadcast__ended_at"
    )
    for producer_id, begin, end, show_end in pins:
        length = ((end or show_end or at) - begin).total_seconds()
        found[producer_id] = found.get(producer_id, 0) + max(length, 0)
    return found


def _producers_of(show: Broadcast) -> set[int]:
    return set(show.shelf.values_list("product__producer_id", flat=True))


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 0
