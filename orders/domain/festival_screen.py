"""The wall of a festival: its state, and what its room is told, at most once a second.

A paid order leaves a mark in Redis (by prefecture, and its line with a masked name); a sweep takes
the marks of the last second and tells them together, with the figures if they changed. The
figures are counted from the rows every five seconds while somebody looks, and the less often the
longer that takes. All of it may be lost: the rows are the truth, and a snapshot says it again.
"""

import contextlib
import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from livecommerce import redis_client
from livecommerce.accounts.models import User
from livecommerce.realtime import presence
from livecommerce.realtime.publish import position, publish
from orders.domain.festival_figures import Demand, count_figures
from orders.events import FestivalTold
from orders.models import OrderLine
from products.models import Festival, Product
from streams.domain.festival_facts import place_names, show_facts
from streams.domain.offers import epoch_ms, image_url, is_picture_made_by_ai

SWEEP_SECONDS = 1.0
COUNT_SECONDS = 5.0
REST, LONGEST_REST = 20, 60.0
"""A count that took long is made again after so many times as long, at most a minute."""
LINES = 8
"""Order lines on the wall, and at most in one event."""
_MARKS_SECONDS, _KEPT_SECONDS = 60, 24 * 3600
_FIGURES_SECONDS = 90
_WAITS, _WAIT_SECONDS = 20, 0.15
OPEN_DAYS = 60
"""So long after its end a festival's wall is still told of changes."""


def room_of(festival: Festival) -> str:
    """The realtime room's key."""
    return f"f:{festival.pk}"


# --- what happens ---------------------------------------------------------------------------


def note_lines(*, buyer: User, lines: Iterable[OrderLine]) -> None:
    """These lines of one order were paid: mark their festivals' walls after commit. Wants
    `product`, `deal` and `broadcast` loaded. May be lost: it is only news."""
    marks: dict[int, list[OrderLine]] = {}
    for line in lines:
        for pk in _festivals_of(line):
            marks.setdefault(pk, []).append(line)
    if marks:
        at = epoch_ms(timezone.now()) or 0
        transaction.on_commit(lambda: _mark(marks, buyer.masked_name, at), robust=True)


def _festivals_of(line: OrderLine) -> set[int]:
    """By the deal it was sold by, and by the show that sold it: mostly one and the same."""
    found = {line.deal.festival_id if line.deal else None}
    found.add(line.broadcast.festival_id if line.broadcast else None)
    return {pk for pk in found if pk is not None}


def _mark(marks: dict[int, list[OrderLine]], name: str, at: int) -> None:
    pipe = redis_client.sync().pipeline(transaction=False)
    for pk, lines in marks.items():
        for code in {line.product.prefecture_id for line in lines}:
            pipe.hincrby(_key(pk, "lit"), code, 1)
        pipe.expire(_key(pk, "lit"), _MARKS_SECONDS)
        told = json.dumps(_line_facts(lines[0], name, at))
        for list_, kept in (("waiting", _MARKS_SECONDS), ("newest", _KEPT_SECONDS)):
            pipe.lpush(_key(pk, list_), told)
            pipe.ltrim(_key(pk, list_), 0, LINES - 1)
            pipe.expire(_key(pk, list_), kept)
    try:
        pipe.execute()
    except RedisError:
        return


def _line_facts(line: OrderLine, name: str, at: int) -> dict[str, Any]:
    product = line.product
    return {
        "id": line.pk,
        "name": name,
        "code": product.prefecture_id,
        "product_zh": product.name_zh,
        "product_en": product.name_en or product.name_zh,
        "quantity": line.quantity,
        "at": at,
    }


# --- what is told ---------------------------------------------------------------------------


def tell_screens() -> int:
    """Tell the walls that somebody looks at; returns how many were told something. Does nothing if
    another worker did within this second."""
    client = redis_client.sync()
    turn = client.set(redis_client.key("screens-turn"), 1, nx=True, px=int(SWEEP_SECONDS * 900))
    if not turn:
        return 0
    since = timezone.now() - timedelta(days=OPEN_DAYS)
    open_ones = Festival.objects.filter(ends_at__gt=since).order_by("-starts_at")[:50]
    return sum(_tell(one) for one in open_ones if _is_watched(one))


def _is_watched(festival: Festival) -> bool:
    return presence.figures(room_of(festival)).get("viewers", 0) > 0


def _tell(festival: Festival) -> bool:
    lit, orders = _take_marks(festival)
    figures = _fresh_figures(festival)
    if not (lit or orders or figures):
        return False
    publish(room_of(festival), FestivalTold(lit=lit, orders=orders, figures=figures))
    return True


def _take_marks(festival: Festival) -> tuple[dict[str, int], list[dict[str, Any]]]:
    pipe = redis_client.sync().pipeline(transaction=True)
    lit, waiting = _key(festival.pk, "lit"), _key(festival.pk, "waiting")
    pipe.hgetall(lit)
    pipe.lrange(waiting, 0, LINES - 1)
    pipe.delete(lit, waiting)
    counts, lines, _deleted = pipe.execute()
    return (
        {code.decode(): int(number) for code, number in sorted(counts.items())},
        _oldest_first(lines),
    )


def _fresh_figures(festival: Festival) -> dict[str, Any] | None:
    """Counted anew if it is time and something of them changed since they were told last."""
    client = redis_client.sync()
    resting = _key(festival.pk, "resting")
    if not client.set(resting, 1, nx=True, px=int(COUNT_SECONDS * 1000)):
        return None
    began = time.monotonic()
    figures = _count(festival)
    rest = min(max((time.monotonic() - began) * REST, COUNT_SECONDS), LONGEST_REST)
    client.set(resting, 1, px=int(rest * 1000))
    mark = _mark_of(figures)
    known: Any = client.getset(_key(festival.pk, "told"), mark)
    return figures if known is None or known.decode() != mark else None


def _mark_of(figures: dict[str, Any]) -> str:
    said = {name: value for name, value in figures.items() if name != "version"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


# --- the state ------------------------------------------------------------------------------


def snapshot(festival: Festival) -> dict[str, Any]:
    """The wall's whole state and the position `s`, `ep` it stands at. The figures may be a minute
    old while the festival is large: nobody can make them be counted more often."""
    at = position(room_of(festival))
    return {
        "s": at.seq,
        "ep": at.epoch,
        "now": epoch_ms(timezone.now()),
        "festival": festival_facts(festival),
        "figures": _figures(festival),
        "orders": _newest(festival),
    }


def festival_facts(festival: Festival) -> dict[str, Any]:
    """What of the festival itself the wall goes by."""
    return {
        "slug": festival.slug,
        "name_zh": festival.name_zh,
        "name_en": festival.name_en or festival.name_zh,
        "starts_at": epoch_ms(festival.starts_at),
        "ends_at": epoch_ms(festival.ends_at),
        "places": place_names(festival),
    }


def _figures(festival: Festival) -> dict[str, Any]:
    """As they are kept, or counted now: by one of those who ask, while the others wait for it."""
    for _attempt in range(_WAITS):
        known = _known_figures(festival)
        if known is not None:
            return known
        try:
            is_mine = redis_client.sync().set(_key(festival.pk, "counting"), 1, nx=True, px=3000)
        except RedisError:
            break
        if is_mine:
            break
        time.sleep(_WAIT_SECONDS)
    return _count(festival)


def _count(festival: Festival) -> dict[str, Any]:
    """Everything that is counted, kept for the snapshots of the next minute. `version` grows."""
    version = epoch_ms(timezone.now()) or 0
    counted = count_figures(festival)
    figures = {
        "version": version,
        "orders": counted.orders,
        "orders_today": counted.orders_today,
        "settled_orders": counted.settled_orders,
        "settled_fen": counted.settled_fen,
        "coming_fen": counted.coming_fen,
        "paid": counted.places,
        "goods": _goods(counted.goods),
        "goods_of": "day" if counted.are_goods_of_today else "festival",
        "shows": show_facts(festival),
    }
    with contextlib.suppress(RedisError):
        client = redis_client.sync()
        client.set(_key(festival.pk, "figures"), json.dumps(figures), ex=_FIGURES_SECONDS)
    return figures


def _goods(demand: Sequence[Demand]) -> list[dict[str, Any]]:
    rows = Product.objects.select_related("prefecture").prefetch_related("images")
    found = rows.defer("search").in_bulk([one.product_id for one in demand])
    return [
        {
            "sku": product.sku,
            "name_zh": product.name_zh,
            "name_en": product.name_en or product.name_zh,
            "place_zh": product.prefecture.short_zh or product.prefecture.name_zh,
            "place_en": product.prefecture.name_en,
            "image": image_url(product, 160),
            "ai": is_picture_made_by_ai(product),
            "buyers": one.buyers,
        }
        for one in demand
        if (product := found.get(one.product_id)) is not None
    ]


def _known_figures(festival: Festival) -> dict[str, Any] | None:
    try:
        kept = redis_client.sync().get(_key(festival.pk, "figures"))
    except RedisError:
        return None
    return json.loads(kept) if kept else None


def _newest(festival: Festival) -> list[dict[str, Any]]:
    try:
        lines = redis_client.sync().lrange(_key(festival.pk, "newest"), 0, LINES - 1)
    except RedisError:
        return []
    return _oldest_first(lines)


def _oldest_first(lines: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in reversed(lines)]


def _key(pk: int, part: str) -> str:
    return redis_client.key("screen", pk, part)
