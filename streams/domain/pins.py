"""Explanations: which products the host talks about now. Several may overlap."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.publish import publish
from streams.domain import offers, roles, snapshot
from streams.domain.media_clock import media_ms
from streams.events import PinsChanged
from streams.models import Broadcast, Pin, ShelfItem


def pin(*, broadcast: Broadcast, item: ShelfItem, by: User, keep_others: bool = False) -> Pin:
    """Start explaining `item`, instead of what is explained now or beside it (`keep_others`).

    Pinning what is pinned does nothing. Raises DomainError: not_your_show (403), not_on_shelf
    (404), not_live (409).
    """
    roles.require_pin(by, broadcast)
    if item.broadcast_id != broadcast.pk:
        raise DomainError("not_on_shelf", _("This product is not on the shelf."), status=404)
    at_ms = media_ms(broadcast)
    with transaction.atomic():
        _take_turn(broadcast)
        others = Pin.objects.filter(broadcast=broadcast, unpinned_at=None).exclude(item=item)
        if not keep_others:
            others.update(unpinned_at=timezone.now(), media_end_ms=at_ms)
        opened, _created = Pin.objects.get_or_create(
            broadcast=broadcast,
            item=item,
            unpinned_at=None,
            defaults={"pinned_by": by, "media_start_ms": at_ms},
        )
        _tell(broadcast)
    return opened


def unpin(*, broadcast: Broadcast, item: ShelfItem, by: User) -> None:
    """Stop explaining `item`; nothing happens if it was not explained. Raises as `pin`."""
    roles.require_pin(by, broadcast)
    at_ms = media_ms(broadcast)
    with transaction.atomic():
        _take_turn(broadcast)
        still_open = Pin.objects.filter(broadcast=broadcast, item=item, unpinned_at=None)
        still_open.update(unpinned_at=timezone.now(), media_end_ms=at_ms)
        _tell(broadcast)


def unpin_all(*, broadcast: Broadcast, by: User) -> None:
    """Stop every explanation at once. Raises as `pin`; nothing happens if nothing was explained."""
    roles.require_pin(by, broadcast)
    at_ms = media_ms(broadcast)
    with transaction.atomic():
        _take_turn(broadcast)
        still_open = Pin.objects.filter(broadcast=broadcast, unpinned_at=None)
        still_open.update(unpinned_at=timezone.now(), media_end_ms=at_ms)
        _tell(broadcast)


def close_all(*, broadcast: Broadcast, at_ms: int | None) -> None:
    """End every open explanation with its show, inside the transaction that ends the show."""
    still_open = Pin.objects.filter(broadcast=broadcast, unpinned_at=None)
    if still_open.update(unpinned_at=timezone.now(), media_end_ms=at_ms):
        Broadcast.objects.filter(pk=broadcast.pk).update(pins_version=F("pins_version") + 1)
        _tell(broadcast)


def _take_turn(broadcast: Broadcast) -> None:
    """Grow the version, which locks the show's row: one change of pins after the other."""
    rows = Broadcast.objects.filter(
        pk=broadcast.pk, state__in=[Broadcast.State.LIVE, Broadcast.State.REHEARSING]
    )
    if not rows.update(pins_version=F("pins_version") + 1):
        raise DomainError("not_live", _("This show is not live."), status=409)


def _tell(broadcast: Broadcast) -> None:
    broadcast.refresh_from_db()
    open_pins = snapshot.open_pins(broadcast)
    pinned = {open_pin.item_id for open_pin in open_pins}
    items = [item for item in offers.shelf_items(broadcast.pk) if item.pk in pinned]
    cards, stock = snapshot.cards_and_levels(items)
    publish(
        broadcast.room,
        PinsChanged(
            version=broadcast.pins_version,
            pins=[snapshot.pin_facts(open_pin) for open_pin in open_pins],
            shelf_version=broadcast.shelf_version,
            cards=cards,
            stock=stock,
        ),
    )
