"""How many people came into a room, and how many opened a product there: each person once.

Sets of people in Redis that keep no names (HyperLogLog, right within a percent): one command for
a person, some twelve kilobytes for any number of them. A lost Redis loses the numbers of the
moment, never a sale; what was told before stays in `ShowFigures`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from livecommerce import redis_client
from livecommerce.realtime.presence import device_in, person_of_user
from streams.domain import same_people, watching

KEEP_SECONDS = 7 * 24 * 3600
WATCHED, OPENED = "watched", "opened"


@dataclass(frozen=True, slots=True)
class People:
    """Of one show. `by_product`: who opened which product id."""

    watched: int = 0
    opened: int = 0
    by_product: Mapping[int, int] = field(default_factory=dict)


NOBODY = People()


async def note_watcher(*, public_id: str, person: str, device: str = "") -> None:
    """Somebody came in. A person is a presence key: an account, or a signed browser; `device` is
    the browser they are at, if it is known."""
    pipe = redis_client.aio().pipeline(transaction=False)
    _add(pipe, _key(public_id, WATCHED), person)
    _leave(pipe, watching.came_key(public_id), person)
    if device and person != f"d{device}":
        same_people.note_same(pipe, public_id=public_id, device=device, person=person)
    try:
        await pipe.execute()
    except RedisError:
        return


def note_opened(
    *, public_id: str, product_id: int, user_id: int | None, cookies: Mapping[str, str]
) -> None:
    """Somebody opened a product's sheet in a room. Who has neither account nor the room's cookie
    is not counted: they could be anybody, any number of times."""
    device = device_in(cookies)
    if not (user_id or device) or redis_client.is_away():
        return
    person = person_of_user(user_id) if user_id else f"d{device}"
    pipe = redis_client.sync().pipeline(transaction=False)
    _add(pipe, _key(public_id, OPENED), person)
    _add(pipe, _key(public_id, OPENED, product_id), person)
    _leave(pipe, watching.opened_key(public_id), f"{product_id}:{person}")
    if user_id and device:
        same_people.note_same(pipe, public_id=public_id, device=device, person=person)
    try:
        pipe.execute()
    except RedisError:
        redis_client.note_failure()


def note_played(
    public_id: str, what: str, people: Sequence[str], *, product_id: int | None = None
) -> None:
    """The played crowd of a rehearsal came in, or opened a product."""
    pipe = redis_client.sync().pipeline(transaction=False)
    _add(pipe, _key(public_id, what, product_id), *people)
    try:
        pipe.execute()
    except RedisError:
        return


def count_people(products: Mapping[str, Sequence[int]]) -> dict[str, People]:
    """By room (`public_id` → its product ids): one round trip for all; {} if Redis is away."""
    pipe = redis_client.sync().pipeline(transaction=False)
    for public_id, ids in products.items():
        pipe.pfcount(_key(public_id, WATCHED))
        pipe.pfcount(_key(public_id, OPENED))
        for product_id in ids:
            pipe.pfcount(_key(public_id, OPENED, product_id))
    try:
        counts = iter(pipe.execute())
    except RedisError:
        return {}
    return {public_id: _read(counts, ids) for public_id, ids in products.items()}


def _read(counts: Iterable[int], ids: Sequence[int]) -> People:
    numbers = iter(counts)
    watched, opened = next(numbers), next(numbers)
    return People(watched, opened, {product_id: next(numbers) for product_id in ids})


def _add(pipe: Any, name: str, *people: str) -> None:
    pipe.pfadd(name, *people)
    pipe.expire(name, KEEP_SECONDS)


def _leave(pipe: Any, name: str, word: str) -> None:
    """For the next look into the room, which writes it down for the reports."""
    pipe.sadd(name, word)
    pipe.expire(name, watching.KEEP_SECONDS)


def _key(public_id: str, what: str, product_id: int | None = None) -> str:
    """With the room's hash tag: all of a room lives on one node of a cluster."""
    parts = [] if product_id is None else [product_id]
    return redis_client.key("cockpit", f"{{b:{public_id}}}", what, *parts)
