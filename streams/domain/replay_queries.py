"""What the pages read of replays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from livecommerce.accounts.models import User
from products.models import Product
from streams.domain import roles, snapshot
from streams.domain.replay_timeline import Timeline
from streams.models import Broadcast, ChatMessage, Replay, ReplayChapter, ShelfItem

WINDOW_MS = 60_000
MOST_LINES = 300
"""Lines of one window; of a crowd's minute the first ones."""
SHOWN_EXPLANATIONS = 3
LIST_LENGTH = 24


def replay_for(broadcast: Broadcast, user: User | None) -> Replay | None:
    """The show's replay if this person may watch it now."""
    replay = Replay.objects.filter(broadcast=broadcast, state=Replay.State.READY).first()
    if replay is None or broadcast.state != Broadcast.State.READY:
        return None
    return replay if replay.is_public or may_manage(broadcast, user) else None


def may_manage(broadcast: Broadcast, user: User | None) -> bool:
    """Hide and export: the host, their assistants, the curators of the prefecture."""
    return roles.standing_of(user, broadcast).may_cancel


def public_replays(limit: int = LIST_LENGTH) -> list[Replay]:
    """The newest that everyone may watch, with what a card of the list shows."""
    posters = ShelfItem.objects.select_related("product").prefetch_related("product__images")
    rows = Replay.objects.filter(state=Replay.State.READY, is_public=True)
    return list(
        rows.select_related("broadcast__host__user", "broadcast__region__parent")
        .prefetch_related(Prefetch("broadcast__shelf", queryset=posters))
        .order_by("-ready_at")[:limit]
    )


def window(replay: Replay, number: int) -> dict[str, Any]:
    """One minute of the replay: `{"n", "ms", "lines": [line + "pos"], "pins": [{item, from, to}]}`.

    Lines as in the snapshot, hidden and held ones left out; positions in milliseconds.
    """
    timeline = Timeline.of(replay)
    begin = number * WINDOW_MS
    end = begin + WINDOW_MS
    said = ChatMessage.objects.public().filter(broadcast_id=replay.broadcast_id)
    rows = said.filter(timeline.stamped_within(begin, end)).select_related("user", "reply_to__user")
    lines = [
        snapshot.line_facts(row) | {"pos": timeline.of_stamp(row.media_ms, row.created_at)}
        for row in rows.order_by("pk")[:MOST_LINES]
    ]
    return {
        "n": number,
        "ms": WINDOW_MS,
        "lines": sorted(lines, key=lambda line: (line["pos"], line["id"])),
        "pins": _pins(replay, begin, end),
    }


def _pins(replay: Replay, begin: int, end: int) -> list[dict[str, int]]:
    rows = replay.chapters.filter(kind=ReplayChapter.Kind.PRODUCT, start_ms__lt=end)
    found = rows.filter(end_ms__gt=begin).values_list("item_id", "start_ms", "end_ms")
    return [{"item": item, "from": start, "to": stop} for item, start, stop in found if item]


def has_window(replay: Replay, number: int) -> bool:
    return 0 <= number * WINDOW_MS < replay.duration_ms


@dataclass(frozen=True)
class Explanation:
    """A place in a replay where a product is explained."""

    show: Broadcast
    chapter: ReplayChapter

    @property
    def public_id(self) -> str:
        return self.show.public_id

    @property
    def seconds(self) -> int:
        return self.chapter.start_seconds


def _explained() -> Any:
    return ReplayChapter.objects.filter(
        kind=ReplayChapter.Kind.PRODUCT,
        replay__state=Replay.State.READY,
        replay__is_public=True,
        replay__broadcast__state=Broadcast.State.READY,
    ).select_related("replay__broadcast__host")


def explanations_of(product: Product, limit: int = SHOWN_EXPLANATIONS) -> list[Explanation]:
    """The newest public explanations of a product, at most one of each show: the longest."""
    rows = _explained().filter(product=product).order_by("-replay__ready_at", "-pk")[:50]
    longest: dict[int, ReplayChapter] = {}
    for row in rows:
        known = longest.get(row.replay_id)
        if known is None or row.end_ms - row.start_ms > known.end_ms - known.start_ms:
            longest[row.replay_id] = row
    return [Explanation(row.replay.broadcast, row) for row in longest.values()][:limit]


def explanations_for(
    bought: Iterable[tuple[int, int]], *, at: datetime | None = None
) -> dict[tuple[int, int], Explanation]:
    """(broadcast id, product id) → where the product was explained in that show.

    Of several the last that had begun at `at` (when it was bought), or else the first. One query.
    """
    wanted = set(bought)
    if not wanted:
        return {}
    rows: Sequence[ReplayChapter] = _explained().filter(
        replay__broadcast__in={show for show, _product in wanted},
        product__in={product for _show, product in wanted},
    )
    found: dict[tuple[int, int], Explanation] = {}
    for row in rows:
        place = (row.replay.broadcast_id, row.product_id or 0)
        if place not in wanted:
            continue
        limit = Timeline.of(row.replay).of_wall(at) if at else 0
        if place not in found or row.start_ms <= limit:
            found[place] = Explanation(row.replay.broadcast, row)
    return found
