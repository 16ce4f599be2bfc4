"""Factories of shows, and ears for what a room is told."""

import json
from datetime import timedelta

from django.utils import timezone

from livecommerce import redis_client
from livecommerce.realtime import rooms
from streams.models import Broadcast, ShelfItem
from tests.factories import make_deal, make_official, make_product


def make_show(*, state="scheduled", items=0, deal=False, **fields) -> Broadcast:
    """A show of a verified official; `items` products on its shelf, with a deal each if asked."""
    host = fields.pop("host", None) or make_official()
    now = timezone.now()
    values = {
        "host": host,
        "region": host.region,
        "title_zh": "三月三山货专场",
        "title_en": "Hill goods for the Third of March",
        "scheduled_at": now + timedelta(hours=1),
    }
    if state in ("live", "ended"):
        values |= {"scheduled_at": now - timedelta(minutes=5), "started_at": now}
    if state == "ended":
        values["ended_at"] = now
    show = Broadcast.objects.create(state=state, **values | fields)
    for position in range(1, items + 1):
        add_item(show, position=position, deal=deal)
    return show


def add_item(show: Broadcast, *, position=1, deal=False, product=None) -> ShelfItem:
    product = product or make_product(county=show.region if show.region.parent_id else None)
    return ShelfItem.objects.create(
        broadcast=show,
        product=product,
        deal=make_deal(product) if deal else None,
        position=position,
    )


def told(show: Broadcast) -> list[dict]:
    """Every event the room was told so far, in order."""
    names = rooms.keys(show.room)
    client = redis_client.sync()
    messages = []
    for stream in (names.log, names.chat):
        for _entry, fields in client.xrange(stream):
            messages.append(rooms.parse(fields[b"m"]))
    return [json.loads(message.body) for message in sorted(messages, key=lambda one: one.seq)]
