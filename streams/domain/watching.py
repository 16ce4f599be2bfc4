"""Looking around in the rooms on air every quarter of a minute, for the reports.

Each look adds the time since the last one to everybody who is there and writes down how many that
are; who came and went in between is known from what their sockets and sheets left in Redis. A look
is one transaction behind a compare-and-set, so that it counts once, whoever else looks. If Redis
is away nobody is seen: time is then missed, never invented.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from livecommerce import redis_client
from livecommerce.realtime import presence
from livecommerce.realtime.presence import person_of_user
from officials.models import Assistant
from streams.domain import same_people
from streams.models import Broadcast, RoomRole, ShowMoment, ShowWatch

LOOK_SECONDS = 15.0
MOST_SECONDS = 60
"""Counted for one look, however late it is: nobody saw what happened in between."""
BACK_AFTER = timedelta(minutes=5)
"""Who was away for longer has come again: another view."""
CAME, OPENED = "came", "opened-by"
KEEP_SECONDS = 3600


@dataclass(frozen=True)
class _Seen:
    """Person keys: who is here, who came in since the last look, who opened which product; by
    which account a browser is now known (`same_people`)."""

    here: frozenset[str]
    came: frozenset[str]
    opened: frozenset[tuple[int, str]]
    makers: frozenset[str]
    accounts: dict[str, str]


def look_around() -> int:
    """Look into every room on air; returns how many people were seen."""
    shows = Broadcast.objects.live().select_related("host").order_by("pk")
    return sum(look_into(show) for show in shows)


def look_into(show: Broadcast, *, at: datetime | None = None) -> int:
    """One look; returns how many were here. Does nothing if another look was made just now.

    The first look of a show forgets who came before it was on the air.
    """
    at = at or timezone.now()
    watch = ShowWatch.objects.filter(broadcast=show).first()
    if watch is not None and at - watch.looked_at < timedelta(seconds=LOOK_SECONDS / 2):
        return 0
    seen = _see(show)
    if seen is None:
        return 0
    with transaction.atomic():
        if watch is None:
            row = ShowWatch(broadcast=show, looked_at=at)
            if not ShowWatch.objects.bulk_create([row], ignore_conflicts=True):
                return 0
            seconds, came = 0, seen.here
        else:
            mine = ShowWatch.objects.filter(broadcast=show, looked_at=watch.looked_at)
            if not mine.update(looked_at=at):
                return 0
            seconds = min(round((at - watch.looked_at).total_seconds()), MOST_SECONDS)
            came = seen.here | seen.came
        same_people.merge(
            show=show.pk,
            accounts={number_of(one): number_of(of) for one, of in seen.accounts.items()},
            makers=[number_of(one) for one in seen.makers],
            back_after=BACK_AFTER,
        )
        _keep_visitors(show, at, came, seen.here, seconds)
        _keep_looks(show, at, seen.opened)
        ShowMoment.objects.create(broadcast=show, at=at, viewers=len(seen.here))
    _forget_taken(show)
    return len(seen.here)


def number_of(person: str) -> int:
    """A person key as the number of its rows: the same in every show of this installation."""
    key = settings.SECRET_KEY.encode()
    digest = hmac.digest(key, f"watching:{person}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], signed=True)


def came_key(public_id: str) -> str:
    """The set of those who came in since the last look, on the node of its room."""
    return redis_client.key("cockpit", f"{{b:{public_id}}}", CAME)


def opened_key(public_id: str) -> str:
    return redis_client.key("cockpit", f"{{b:{public_id}}}", OPENED)


def _see(show: Broadcast) -> _Seen | None:
    """What was left in Redis is set aside, and thrown away when it is written down: a look that
    fails finds it again. None if Redis is away."""
    try:
        came = _take(came_key(show.public_id))
        opened = _take(opened_key(show.public_id))
        accounts = same_people.accounts_by_device(show.public_id)
    except RedisError:
        return None
    makers = _makers_of(show)
    pairs = (text.partition(":") for text in opened)

    def known(people: Iterable[str]) -> frozenset[str]:
        return frozenset(accounts.get(one, one) for one in people) - makers

    return _Seen(
        here=known(presence.people_here(show.room)),
        came=known(came),
        opened=frozenset(
            (int(product), one)
            for product, _colon, person in pairs
            if product.isdecimal()
            for one in known([person])
        ),
        makers=makers,
        accounts=accounts,
    )


def _take(name: str) -> frozenset[str]:
    client, aside = redis_client.sync(), f"{name}:taken"
    if not client.exists(aside) and client.exists(name):
        client.rename(name, aside)
        client.expire(aside, KEEP_SECONDS)
    found = client.smembers(aside)
    return frozenset(one.decode() for one in found if isinstance(one, bytes))


def _forget_taken(show: Broadcast) -> None:
    try:
        for name in (came_key(show.public_id), opened_key(show.public_id)):
            redis_client.sync().delete(f"{name}:taken")
    except RedisError:
        return  # read again with the next look, which changes nothing


def _makers_of(show: Broadcast) -> frozenset[str]:
    """Those who make the show do not watch it."""
    people = {show.host.user_id}
    people |= set(Assistant.objects.filter(official=show.host).values_list("user", flat=True))
    people |= set(RoomRole.objects.filter(broadcast=show).values_list("user", flat=True))
    return frozenset(person_of_user(one) for one in people)


_VISITORS = """
    INSERT INTO streams_showvisitor AS known
        (broadcast_id, person, visits, seconds, first_at, last_at)
    SELECT %(show)s, person, 1, CASE WHEN is_here THEN %(seconds)s ELSE 0 END, %(at)s, %(at)s
    FROM unnest(%(people)s::bigint[], %(is_here)s::boolean[]) AS seen (person, is_here)
    ORDER BY person
    ON CONFLICT (broadcast_id, person) DO UPDATE SET
        seconds = known.seconds + excluded.seconds,
        visits = known.visits + (excluded.last_at - known.last_at > %(back_after)s)::int,
        last_at = greatest(known.last_at, excluded.last_at)
"""
_LOOKS = """
    INSERT INTO streams_showlook (broadcast_id, product_id, person, at)
    SELECT %s, product.id, looked.person, %s
    FROM unnest(%s::bigint[], %s::bigint[]) AS looked (product, person)
    JOIN products_product product ON product.id = looked.product
    ORDER BY product.id, looked.person
    ON CONFLICT DO NOTHING
"""


def _keep_visitors(
    show: Broadcast, at: datetime, people: Iterable[str], here: Collection[str], seconds: int
) -> None:
    """Whoever is here gets the whole time since the last look: too much for who has just come, too
    little for who has just gone, and right on the average."""
    rows = [(number_of(one), one in here) for one in people]
    if not rows:
        return
    values: dict[str, Any] = {
        "show": show.pk,
        "at": at,
        "seconds": seconds,
        "back_after": BACK_AFTER,
        "people": [person for person, _is_here in rows],
        "is_here": [is_here for _person, is_here in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_VISITORS, values)


def _keep_looks(show: Broadcast, at: datetime, opened: Iterable[tuple[int, str]]) -> None:
    rows = [(product, number_of(person)) for product, person in opened]
    if not rows:
        return
    products, people = ([row[n] for row in rows] for n in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, [show.pk, at, products, people])
