"""What a room knows of its lucky draw: the one that was opened last, until the next one is."""

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from streams.domain.draw_proof import masked
from streams.domain.offers import epoch_ms
from streams.models import Broadcast, Draw, DrawWinner

MOST_NAMES = 50
LINGER_MS = 10 * 60_000
"""How long a room still shows who won; as in static/js/elements/lucky-draw.js."""


def newest(broadcast: Broadcast) -> dict[str, Any] | None:
    """For the snapshot. One query, a second one for the winners."""
    draws = Draw.objects.filter(broadcast=broadcast, state__in=Draw.STARTED)
    draw = draws.prefetch_related(_winners()).order_by("-announced_at").first()
    return facts(draw) if draw else None


def fresh(draw: Draw) -> dict[str, Any]:
    return facts(Draw.objects.prefetch_related(_winners()).get(pk=draw.pk))


def facts(draw: Draw) -> dict[str, Any]:
    """Times in epoch milliseconds, money in fen. Whether it opens soon, is open or is being drawn
    follows from the times by the server's clock until `state` says closed or drawn."""
    return {
        "id": draw.public_id,
        "run": epoch_ms(draw.announced_at),
        "version": draw.version,
        "state": draw.state,
        "is_practice": draw.is_practice,
        "url": reverse("streams:draw", args=[draw.public_id]),
        "prize_zh": draw.prize_zh,
        "prize_en": draw.prize_en or draw.prize_zh,
        "value_fen": draw.prize_fen,
        "places": draw.places,
        "must_follow": draw.must_follow,
        "passphrase": draw.passphrase,
        "min_minutes": draw.min_minutes,
        "if_unclaimed": draw.if_unclaimed,
        "opens_at": epoch_ms(draw.opens_at),
        "closes_at": epoch_ms(draw.closes_at),
        "seed_hash": draw.seed_hash,
        "entries": draw.told_entries if draw.entries_count is None else draw.entries_count,
        "entries_hash": draw.entries_hash,
        "drawn_at": epoch_ms(draw.drawn_at),
        "won": [_won(one) for one in list(draw.won.all())[:MOST_NAMES]] if draw.is_drawn else [],
    }


def _won(winner: DrawWinner) -> dict[str, Any]:
    return {
        "rank": winner.rank,
        "mark": winner.entry.mark,
        "name": masked(winner),
        "has_lapsed": winner.state == DrawWinner.State.LAPSED,
    }


def _winners() -> "Prefetch[str, Any, str]":
    return Prefetch("won", DrawWinner.objects.select_related("entry__user").order_by("rank"))
