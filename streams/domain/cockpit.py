"""The host's cockpit: a show's figures, told to those who may see them whenever they move.

A sweep of the orders' side (`orders.domain.show_sales`) brings what was sold; here it is joined
with what the room did, stored, and published on the lane for figures: never to a viewer. However
many orders come in a second, a show is counted once in `COUNT_SECONDS` and told at most once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from livecommerce.realtime import presence
from livecommerce.realtime.publish import publish
from products.models import StockPool
from streams.domain import cockpit_clicks
from streams.domain.cockpit_advice import QUIET_MINUTES, Advice, Moment, find_worst
from streams.domain.cockpit_clicks import NOBODY, People
from streams.domain.cockpit_figures import NO_SALES, NOTHING_SOLD, ShowSales, per_mille
from streams.domain.offers import epoch_ms
from streams.events import CockpitTold
from streams.models import Broadcast, ChatMessage, Follow, Pin, ShelfItem, ShowFigures

COUNT_SECONDS = 2.0
AFTERWARDS = timedelta(hours=1)
"""What was ordered in a show is paid for some time after it."""
TELL_AGAIN = timedelta(seconds=15)
"""Who came back after a dropped connection, or an unheard word, is up to date by then."""
FIELDS = (
    "viewers",
    "peak",
    "likes",
    "watched",
    "opened",
    "messages",
    "followers",
    "orders",
    "paid_orders",
    "waiting_orders",
    "buyers",
    "units",
    "created_fen",
    "paid_fen",
    "waiting_fen",
    "refunded_fen",
)


def shows_to_count() -> list[Broadcast]:
    """Those on air, and those that ended within the hour."""
    on_air = Q(state=Broadcast.State.LIVE)
    late = Q(
        state__in=[Broadcast.State.ENDED, Broadcast.State.READY],
        ended_at__gt=timezone.now() - AFTERWARDS,
    )
    return list(Broadcast.objects.filter(on_air | late).order_by("pk"))


def tell(*, shows: Sequence[Broadcast], sales: Mapping[int, ShowSales]) -> int:
    """Store and publish the figures of these shows; `sales` by their ids. Returns how many were
    told: those of which a figure moved, and those on air now and then."""
    rooms = _look_at(shows)
    known = ShowFigures.objects.in_bulk([show.pk for show in shows])
    return sum(
        _tell(show, known.get(show.pk), rooms[show.pk], sales.get(show.pk, NO_SALES))
        for show in shows
    )


def facts_of(broadcast: Broadcast) -> dict[str, Any]:
    """What the event carries, from what was counted last: the cockpit's first paint."""
    row = ShowFigures.objects.filter(broadcast=broadcast).first()
    return _facts(row or ShowFigures(broadcast=broadcast))


# --- What the room did -----------------------------------------------------------------------


class _RoomMoment:
    """What one room did so far."""

    def __init__(self, show: Broadcast, counted: dict[str, int], people: People) -> None:
        self.here = presence.figures(show.room)
        self.people = people
        self.counted = counted
        self.pinned: frozenset[int] = frozenset()
        self.gone: frozenset[int] = frozenset()


def _look_at(shows: Sequence[Broadcast]) -> dict[int, _RoomMoment]:
    ids = [show.pk for show in shows]
    shelves: dict[int, list[int]] = {show.pk: [] for show in shows}
    for item in ShelfItem.objects.filter(broadcast__in=ids).only("broadcast_id", "product_id"):
        shelves[item.broadcast_id].append(item.product_id)
    people = cockpit_clicks.count_people({show.public_id: shelves[show.pk] for show in shows})
    counted = _count(shows)
    rooms = {
        show.pk: _RoomMoment(show, counted[show.pk], people.get(show.public_id, NOBODY))
        for show in shows
    }
    _look_at_pins(rooms)
    return rooms


def _count(shows: Sequence[Broadcast]) -> dict[int, dict[str, int]]:
    """Messages and new followers, two queries for all."""
    counted = {show.pk: {"messages": 0, "lately": 0, "followers": 0} for show in shows}
    lately = Q(created_at__gte=timezone.now() - timedelta(minutes=QUIET_MINUTES))
    said = (
        ChatMessage.objects.public()
        .filter(Q(is_demo=False) | Q(broadcast__lt=0), broadcast__in=list(counted))
        .exclude(badge=ChatMessage.SYSTEM)
        .order_by()
        .values("broadcast_id")
        .annotate(n=Count("pk"), lately=Count("pk", filter=lately))
    )
    for row in said:
        counted[row["broadcast_id"]] |= {"messages": row["n"], "lately": row["lately"]}
    new = (
        Follow.objects.filter(official=OuterRef("host"), created_at__gte=OuterRef("started_at"))
        .order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(n=Count("pk"))
        .values("n")
    )
    followed = Broadcast.objects.filter(pk__in=list(counted)).order_by()
    for pk, n in followed.values_list("pk", Coalesce(Subquery(new), 0)):
        counted[pk]["followers"] = n
    return counted


def _look_at_pins(rooms: Mapping[int, _RoomMoment]) -> None:
    """What is explained now, and of what of it nothing is left."""
    pins = Pin.objects.filter(broadcast__in=list(rooms), unpinned_at=None)
    pinned: dict[int, set[int]] = {}
    for broadcast_id, product_id in pins.values_list("broadcast_id", "item__product_id"):
        pinned.setdefault(broadcast_id, set()).add(product_id)
    left = _left_of(set().union(*pinned.values()))
    for broadcast_id, products in pinned.items():
        rooms[broadcast_id].pinned = frozenset(products)
        rooms[broadcast_id].gone = frozenset(one for one in products if not left.get(one, 0))


def _left_of(products: Iterable[int]) -> dict[int, int]:
    ids = list(products)
    if not ids:
        return {}
    pools = StockPool.objects.filter(product__in=ids).order_by().values("product_id")
    return {row["product_id"]: row["n"] for row in pools.annotate(n=Sum("available"))}


# --- Telling ---------------------------------------------------------------------------------


def _tell(show: Broadcast, known: ShowFigures | None, room: _RoomMoment, sales: ShowSales) -> bool:
    now = timezone.now()
    row = known or ShowFigures(broadcast=show)
    values = _values(show, row, room, sales)
    advice = _advice(show, values, room, now) if show.is_on_air else None
    values["advice"] = advice.to_wire() if advice else None
    has_moved = any(getattr(row, name) != value for name, value in values.items())
    is_due = row.told_at is None or (show.is_on_air and now - row.told_at >= TELL_AGAIN)
    if not (has_moved or is_due):
        return False
    with transaction.atomic():
        if not _store(row, known is None, values, now):
            return False  # another run has told them meanwhile
        publish(show.room, CockpitTold(**_facts(row)))
    return True


def _values(
    show: Broadcast, row: ShowFigures, room: _RoomMoment, sales: ShowSales
) -> dict[str, Any]:
    here, people = room.here, room.people
    products = sorted(people.by_product.keys() | sales.products.keys())
    known = {one["product"]: one["opened"] for one in row.products}
    return {
        "viewers": here.get("viewers", 0),
        "peak": max(row.peak, show.peak_viewers, here.get("peak", 0), here.get("viewers", 0)),
        "likes": max(show.likes, here.get("likes", 0)),
        "watched": max(row.watched, people.watched),
        "opened": max(row.opened, people.opened),
        "messages": room.counted["messages"],
        "followers": room.counted["followers"],
        "products": [
            {"product": one, "opened": max(known.get(one, 0), people.by_product.get(one, 0))}
            | asdict(sales.products.get(one, NOTHING_SOLD))
            for one in products
        ],
    } | asdict(sales.total)


def _store(row: ShowFigures, is_new: bool, values: dict[str, Any], now: datetime) -> bool:
    """Compare-and-set on the version; the row is as stored afterwards."""
    if is_new:
        ShowFigures.objects.bulk_create([row], ignore_conflicts=True)
    stored = ShowFigures.objects.filter(pk=row.pk, version=row.version)
    times = {"counted_at": now, "told_at": now}
    if not stored.update(version=F("version") + 1, **times, **values):
        return False
    for name, value in (values | times | {"version": row.version + 1}).items():
        setattr(row, name, value)
    return True


def _advice(
    show: Broadcast, values: Mapping[str, Any], room: _RoomMoment, now: datetime
) -> Advice | None:
    since = show.started_at or now
    return find_worst(
        Moment(
            figures={name: values[name] for name in FIELDS},
            products=values["products"],
            minutes=int((now - since).total_seconds() // 60),
            pinned=room.pinned,
            gone=room.gone,
            said_lately=room.counted["lately"],
        )
    )


def _facts(row: ShowFigures) -> dict[str, Any]:
    figures = {name: getattr(row, name) for name in FIELDS}
    figures["click_through"] = per_mille(row.opened, row.watched)
    figures["conversion"] = per_mille(row.buyers, row.opened)
    return {
        "version": row.version,
        "at": epoch_ms(row.counted_at) or 0,
        "figures": figures,
        "products": [
            one
            | {
                "click_through": per_mille(one["opened"], row.watched),
                "conversion": per_mille(one["buyers"], one["opened"]),
            }
            for one in row.products
        ],
        "advice": row.advice,
    }
