"""Telling rooms that what they sell has changed (stock levels are told by `orders`)."""

from django.db.models import F

from livecommerce.realtime.publish import publish
from products.models import Deal
from streams.domain import offers, snapshot
from streams.events import ShelfChanged
from streams.models import Broadcast

TOLD = (Broadcast.State.SCHEDULED, Broadcast.State.REHEARSING, Broadcast.State.LIVE)


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
    rows.update(shelf_version=F("shelf_version") + 1)
    broadcast.refresh_from_db(fields=["shelf_version"])
    cards, stock = snapshot.cards_and_levels(offers.shelf_items(broadcast.pk))
    publish(broadcast.room, ShelfChanged(version=broadcast.shelf_version, cards=cards, stock=stock))
