"""The order of a draw, worked out as anybody can: docs/draws.md has the formula and a script.

An entry's key is SHA-256 of `draw-v1|seed|draw|terms|entries|beacon|mark`, all as text; the order
is that of the keys, the smallest first. The database computes the same again for each winner.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from streams.domain import draw_beacon, draw_terms
from streams.domain.offers import epoch_ms
from streams.models import Draw, DrawEntry, DrawWinner

VERSION = "draw-v1"


def key_of(
    mark: str, *, seed: str, draw: str, terms_hash: str, entries_hash: str, beacon: str
) -> str:
    told = "|".join((VERSION, seed, draw, terms_hash, entries_hash, beacon, mark))
    return hashlib.sha256(told.encode()).hexdigest()


def list_hash(marks: Iterable[str]) -> str:
    """Of the marks in their own order, one a line."""
    return hashlib.sha256("\n".join(sorted(marks)).encode()).hexdigest()


def order_of(draw: Draw, marks: Iterable[str], *, seed: str, beacon: str) -> list[str]:
    """The marks as the draw ranks them."""
    facts = {
        "seed": seed,
        "draw": draw.public_id,
        "terms_hash": draw.terms_hash,
        "entries_hash": draw.entries_hash,
        "beacon": beacon,
    }
    return sorted(marks, key=lambda mark: key_of(mark, **facts))


def proof_of(draw: Draw) -> dict[str, Any]:
    """All that is needed to check a draw, and nothing of what may not be told yet: no list before
    it is closed, no seed before it is drawn. Times in epoch milliseconds. Two queries."""
    is_closed = draw.state in (Draw.State.CLOSED, Draw.State.DRAWN)
    marks = DrawEntry.objects.filter(draw=draw).order_by("mark").values_list("mark", flat=True)
    return {
        "version": VERSION,
        "draw": draw.public_id,
        "state": draw.state,
        "is_practice": draw.is_practice,
        "terms": draw_terms.text_of(draw),
        "terms_hash": draw.terms_hash,
        "announced_at": epoch_ms(draw.announced_at),
        "opens_at": epoch_ms(draw.opens_at),
        "closes_at": epoch_ms(draw.closes_at),
        "seed_hash": draw.seed_hash,
        "seed": draw.seed,
        "beacon": _beacon(draw),
        "entries": sorted(marks) if is_closed else [],
        "entries_hash": draw.entries_hash,
        "drawn_at": epoch_ms(draw.drawn_at),
        "winners": [_winner(one) for one in winners_of(draw)] if draw.is_drawn else [],
    }


def winners_of(draw: Draw) -> Sequence[DrawWinner]:
    return list(DrawWinner.objects.filter(draw=draw).select_related("entry__user").order_by("rank"))


def masked(winner: DrawWinner) -> str:
    return winner.entry.masked_name


def _winner(winner: DrawWinner) -> dict[str, Any]:
    return {
        "rank": winner.rank,
        "mark": winner.entry.mark,
        "key": winner.key,
        "name": masked(winner),
        "state": winner.state,
    }


def _beacon(draw: Draw) -> dict[str, Any] | None:
    if draw.beacon_round is None:
        return None
    return {
        "source": "drand quicknet",
        "chain": draw_beacon.CHAIN,
        "scheme": draw_beacon.SCHEME,
        "public_key": draw_beacon.PUBLIC_KEY,
        "round": draw.beacon_round,
        "at": epoch_ms(draw_beacon.time_of(draw.beacon_round)),
        "value": draw.beacon_value,
        "signature": draw.beacon_signature,
    }
