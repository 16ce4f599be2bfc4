"""Telling rooms that what they sell has changed (stock levels are told by `orders`)."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from livecommerce.realtime.publish import publish
from products.models import Deal
from streams.domain import offers, snapshot
from streams.events import ShelfChanged
from streams.models import Broadcast, ShelfItem

TOLD = (Broadcast.State.SCHEDULED, Broadcast.State.REHEARSING, Broadcast.State.LIVE)
SWEEP_SECONDS = 3.0
OPEN_BEFORE = timedelta(hours=24)
"""People wait in a room this long before its show: until then each page load tells the shelf."""


def announce_offer(deal: Deal) -> None:
    """Tell every room that sells this product: its deal was approved, ended or withdrawn.

    Inside the transaction that changed it.
    """
    rooms = Broadcast.objects.filter(shelf__product=deal.product_id, state__in=TOLD).order_by("pk")
    for broadcast in rooms:
        announce_shelf(broadcast)


def announce_shelf(broadcast: Broadcast) -> None:
    """Tell a room its whole shelf anew, inside the transaction that changed it."""
    rows = Broadcast.objects.filter(pk=broadcast.pk)
    rows.update(shelf_version=F("shelf_version") + 1)  # locks the row: one telling at a time
    items = offers.shelf_items(broadcast.pk)
    rows.update(shelf_told=_fingerprint(items))
    broadcast.refresh_from_db(fields=["shelf_version", "shelf_told"])
    cards, stock = snapshot.cards_and_levels(items)
    publish(broadcast.room, ShelfChanged(version=broadcast.shelf_version, cards=cards, stock=stock))


def tell_changed_offers() -> int:
    """Tell the open rooms whose cards are not what they were told. How many rooms that were.

    A deal is approved, withdrawn, over or corrected in `products`, which knows no rooms; and a
    deal that ends on its own is nobody's write at all. So the cards themselves are compared.
    """
    changed = 0
    for broadcast in _rooms_told_otherwise():
        with transaction.atomic():
            announce_shelf(broadcast)
        changed += 1
    return changed


def _rooms_told_otherwise() -> list[Broadcast]:
    rooms = {room.pk: room for room in _open_rooms()}
    shelves: dict[int, list[ShelfItem]] = {pk: [] for pk in rooms}
    for item in offers.items_with_offers(ShelfItem.objects.filter(broadcast__in=rooms)):
        shelves[item.broadcast_id].append(item)
    return [room for pk, room in rooms.items() if room.shelf_told != _fingerprint(shelves[pk])]


def _open_rooms() -> QuerySet[Broadcast]:
    soon = Q(state=Broadcast.State.SCHEDULED, scheduled_at__lt=timezone.now() + OPEN_BEFORE)
    on_air = Q(state__in=[Broadcast.State.REHEARSING, Broadcast.State.LIVE])
    return Broadcast.objects.filter(soon | on_air).order_by("pk")


def _fingerprint(items: Iterable[ShelfItem]) -> str:
    """Of the cards, and of how many units there are in all. What sales leave of them changes all
    the time and is told by `orders`; new units, or units that came home from a deal, are not."""
    shelf = list(items)
    totals = {pool: level["total"] for pool, level in offers.levels(shelf).items()}
    facts = json.dumps([[offers.card(item) for item in shelf], totals], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()
