"""A room's whole public state, as a fresh client starts from and events keep up to date.

The page's first paint, the snapshot endpoint and the events are all made here, so that they
cannot disagree. The keys are documented in static/js/realtime/reduce.js.
"""

from collections.abc import Iterable
from typing import Any

from django.core.cache import cache

from livecommerce.realtime import presence, publish
from streams.domain import (
    demand_facts,
    draw_facts,
    flash_facts,
    offers,
    poll_facts,
    question_facts,
    relay_facts,
    run_of_show_facts,
)
from streams.domain.offers import epoch_ms
from streams.models import Broadcast, ChatMessage, Pin, ShelfItem

OWN_FIELDS = [field.name for field in Broadcast._meta.concrete_fields if not field.is_relation]
"""What may have changed since the row was read; the host and the region are kept as loaded."""

CHAT_LENGTH = 50
"""Lines of history; reduce.js keeps as many."""
QUOTE_LENGTH = 60
"""Characters of a line that is answered."""

SAME_FOR_SECONDS = 2


def snapshot(broadcast: Broadcast) -> dict[str, Any]:
    """`{"s": seq, "ep": epoch, …state}`. The position is read first: events after it lead from
    this state to now, and those already in it do no harm.

    At one position the state is one, so a crowd that comes back together shares it: eight
    queries once, not for each of them.
    """
    position = publish.position(broadcast.room)
    at = {"s": position.seq, "ep": position.epoch}
    if not position.epoch:
        return at | room_state(Broadcast.objects.get(pk=broadcast.pk))
    name = f"snapshot:{broadcast.public_id}:{position.epoch}:{position.seq}"
    state: dict[str, Any] | None = cache.get(name)
    if state is None:
        state = room_state(Broadcast.objects.get(pk=broadcast.pk))
        cache.set(name, state, SAME_FOR_SECONDS)
    return at | state


def room_state(broadcast: Broadcast) -> dict[str, Any]:
    items = offers.shelf_items(broadcast.pk)
    return {
        "show": show_facts(broadcast),
        "shelf": {
            "version": broadcast.shelf_version,
            "cards": [offers.card(item) for item in items],
        },
        "pins": {
            "version": broadcast.pins_version,
            "open": [pin_facts(pin) for pin in open_pins(broadcast)],
        },
        "run": run_of_show_facts.facts(broadcast),
        "flash": flash_facts.newest(broadcast, items),
        "relay": relay_facts.newest(broadcast),
        "stock": offers.levels(items),
        "chat": [line_facts(line) for line in recent_lines(broadcast)],
        "questions": question_facts.board(broadcast),
        "draw": draw_facts.newest(broadcast),
        "poll": poll_facts.newest(broadcast),
        "answer": demand_facts.newest(broadcast),
        "counters": counters(broadcast),
    }


def show_facts(broadcast: Broadcast) -> dict[str, Any]:
    """The part of the state that show, host and announcement events carry."""
    return {
        "version": broadcast.state_version,
        "state": broadcast.state,
        "host_online": broadcast.is_host_online,
        "host_since": epoch_ms(
            broadcast.host_online_at if broadcast.is_host_online else broadcast.host_offline_at
        ),
        "scheduled_at": epoch_ms(broadcast.scheduled_at),
        "started_at": epoch_ms(broadcast.started_at),
        "ended_at": epoch_ms(broadcast.ended_at),
        "announcement": broadcast.announcement,
        "source": broadcast.picture_source,
        "slow_mode": broadcast.slow_mode_seconds,
    }


def open_pins(broadcast: Broadcast) -> list[Pin]:
    return list(
        Pin.objects.filter(broadcast=broadcast, unpinned_at=None).order_by("pinned_at", "pk")
    )


def pin_facts(pin: Pin) -> dict[str, Any]:
    return {"id": pin.pk, "item": pin.item_id, "at": epoch_ms(pin.pinned_at)}


def recent_lines(broadcast: Broadcast) -> list[ChatMessage]:
    """The newest lines, oldest first; hidden ones keep their place but not their words."""
    shown = ChatMessage.objects.filter(broadcast=broadcast, visibility=ChatMessage.Visibility.SHOWN)
    lines = shown.select_related("user", "reply_to__user")
    return list(lines.order_by("-pk")[:CHAT_LENGTH])[::-1]


def line_facts(line: ChatMessage) -> dict[str, Any]:
    if line.hidden_at is not None:
        return {"id": line.pk, "hidden": True}
    is_system = line.badge == ChatMessage.SYSTEM
    return {
        "id": line.pk,
        "name": "" if is_system else line.user.display_name,
        "text": line.text,
        "at": epoch_ms(line.created_at),
        "badge": line.badge,
        "user": 0 if is_system else line.user_id,
        "is_demo": line.is_demo,
        "text_en": line.text_en,
        "reply": _quoted(line.reply_to),
    }


def _quoted(line: ChatMessage | None) -> dict[str, Any] | None:
    """The line that was answered, as far as everyone may read it."""
    if line is None or line.hidden_at or line.visibility != ChatMessage.Visibility.SHOWN:
        return None
    return {"id": line.pk, "name": line.user.display_name, "text": line.text[:QUOTE_LENGTH]}


def counters(broadcast: Broadcast) -> dict[str, int]:
    """Likes and people watching; what was stored last if Redis does not know."""
    here = presence.figures(broadcast.room)
    return {
        "likes": max(here.get("likes", 0), broadcast.likes),
        "viewers": here.get("viewers", 0),
    }


def cards_and_levels(items: Iterable[ShelfItem]) -> tuple[list[Any], dict[str, Any]]:
    shelf = list(items)
    return [offers.card(item) for item in shelf], offers.levels(shelf)
