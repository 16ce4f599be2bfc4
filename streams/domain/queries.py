"""What the pages about shows read; each loads what its template touches, and no more."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.realtime import presence
from officials.models import Official, Region
from products.domain.offers import Offer, offers_for
from products.domain.queries import cards
from products.models import Deal, Festival
from streams.domain.roles import SHOW_RIGHTS
from streams.models import Broadcast, Follow, Pin, Reminder, RoomRole, ShelfItem
from streams.models.broadcasts import BroadcastQuerySet

HOME_SHOWS = 8
HOME_GOODS = 10
HOME_STORIES = 8
SCHEDULE_DAYS = 8


def shows() -> BroadcastQuerySet:
    """Shows with what `streams/_show_card.html` touches: three more queries for the poster."""
    rows: BroadcastQuerySet = Broadcast.objects.filter(rehearsal_of=None)
    posters = ShelfItem.objects.select_related("product").prefetch_related("product__images")
    return rows.select_related("host__user", "region__parent").prefetch_related(
        Prefetch("shelf", queryset=posters)
    )


@dataclass(frozen=True)
class LiveCard:
    """A live show as the home page shows it; `pinned` is what is explained right now."""

    show: Broadcast
    viewers: int
    pinned: ShelfItem | None
    offer: Offer | None


@dataclass(frozen=True)
class Tile:
    """A prefecture on the map, as `components/tile_map.html` wants it."""

    region: Region
    url: str
    note: str
    is_live: bool

    @property
    def code(self) -> str:
        return self.region.code

    @property
    def short_name(self) -> str:
        return self.region.short_name


@dataclass(frozen=True)
class Day:
    """One day of the schedule, in the shop's time zone."""

    date: date
    shows: list[Broadcast] = field(default_factory=list)

    @property
    def is_today(self) -> bool:
        return self.date == timezone.localdate()


def live_cards() -> list[LiveCard]:
    """Everything on air, the fullest room first."""
    pins = Pin.objects.filter(unpinned_at=None).order_by("-pinned_at")
    rows = list(shows().live().prefetch_related(Prefetch("pins", queryset=pins)))
    items = {item.pk: item for show in rows for item in show.shelf.all()}
    pinned = {
        show.pk: items.get(newest.item_id)
        for show in rows
        if (newest := next(iter(show.pins.all()), None))
    }
    chosen = [item for item in pinned.values() if item is not None]
    offers = {
        offer.product.pk: offer
        for offer in (offers_for(item.product for item in chosen) if chosen else [])
    }
    made = []
    for show in rows:
        item = pinned.get(show.pk)
        viewers = presence.figures(show.room).get("viewers", 0)
        made.append(LiveCard(show, viewers, item, offers.get(item.product_id) if item else None))
    return sorted(made, key=lambda one: (-one.viewers, one.show.pk))


def next_shows(limit: int = HOME_SHOWS) -> list[Broadcast]:
    """The shows that begin next (one whose host is a little late included)."""
    since = timezone.now() - timedelta(minutes=30)
    return list(shows().upcoming().filter(scheduled_at__gte=since)[:limit])


def schedule() -> list[Day]:
    """Today and the next seven days with their shows, empty days left out."""
    today = timezone.localdate()
    begin = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    end = begin + timedelta(days=SCHEDULE_DAYS)
    days: dict[date, Day] = {}
    rows = shows().public().filter(scheduled_at__gte=begin, scheduled_at__lt=end)
    for show in rows:
        on = timezone.localtime(show.scheduled_at).date()
        days.setdefault(on, Day(on)).shows.append(show)
    return [days[on] for on in sorted(days)]


def reminded_of(user: Any, rows: Iterable[Broadcast]) -> set[int]:
    """The ids of those shows that `user` asked to be reminded of; no query for the signed-out."""
    if not user.is_authenticated:
        return set()
    ids = [show.pk for show in rows]
    return set(
        Reminder.objects.filter(user=user, broadcast__in=ids).values_list("broadcast_id", flat=True)
    )


def follows(user: Any, official: Official) -> bool:
    return user.is_authenticated and Follow.objects.filter(user=user, official=official).exists()


def prefecture_tiles(url_of: Callable[[str], str]) -> list[Tile]:
    """The 14 prefectures with their number of listed products; `url_of(code)` leads there."""
    on_air = Broadcast.objects.filter(state=Broadcast.State.LIVE).values_list(
        Coalesce("region__parent_id", "region_id"), flat=True
    )
    is_on_air = set(on_air)
    listed = Count("prefecture_products", filter=Q(prefecture_products__state="listed"))
    rows = Region.objects.filter(parent=None).annotate(products_listed=listed)
    return [
        Tile(region, url_of(region.code), str(region.products_listed), region.code in is_on_air)
        for region in rows
    ]


def festival_today() -> Festival | None:
    now = timezone.now()
    return Festival.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("pk").first()


def half_price_today(limit: int = HOME_GOODS) -> list[Offer]:
    """The deals that are on now, those that end first at the front."""
    now = timezone.now()
    deals = Deal.objects.filter(
        state=Deal.State.APPROVED, starts_at__lte=now, ends_at__gt=now
    ).order_by("ends_at", "pk")
    # A product's flash sale and its ordinary deal may both be on: it is still one product.
    ids = list(dict.fromkeys(deals.values_list("product_id", flat=True)[: limit * 2]))
    found = {product.pk: product for product in cards().filter(pk__in=ids)}
    offers = offers_for([found[pk] for pk in ids if pk in found])
    return sorted(offers, key=lambda offer: offer.is_sold_out)[:limit]


def stories(limit: int = HOME_STORIES) -> list[Official]:
    """Verified officials who soon have a show, with something to say for themselves."""
    return list(
        Official.objects.filter(state=Official.State.VERIFIED)
        .exclude(catchphrase_zh="")
        .select_related("region__parent")
        .annotate(shows_to_come=Count("broadcasts", filter=Q(broadcasts__state="scheduled")))
        .order_by("-shows_to_come", "pk")[:limit]
    )


def hosted_by(user: User) -> QuerySet[Broadcast]:
    """The shows this person runs, as host or assistant, newest first."""
    return (
        shows()
        .filter(
            Q(host__user=user)
            | Q(host__assistants__user=user)
            | Q(roles__user=user, roles__role__in=[RoomRole.Role.ASSISTANT, *SHOW_RIGHTS])
        )
        .select_related("approval")
        .distinct()
        .order_by("-scheduled_at")
    )
