"""How long each signed-in person has watched a show, for draws that ask for it.

A sweep adds the time since it looked last to everyone who is here (presence counts a person once,
however many tabs). Kept in Redis: if it is lost, minutes begin anew and nobody has an advantage.
"""

import time

from redis.exceptions import RedisError

from livecommerce import redis_client
from livecommerce.realtime import presence
from livecommerce.realtime.presence import person_of_user
from streams.models import Broadcast

SWEEP_SECONDS = 15.0
MOST_SECONDS = 60
"""Counted for one look, however late it is: nobody saw what happened in between."""
KEEP_SECONDS = 2 * 24 * 3600
_AT = "at"
_BATCH = 1000


def count_watching() -> int:
    """Add the time since the last look for every live show, and for rehearsals that are on; returns
    how many people were seen."""
    on_air = (Broadcast.State.LIVE, Broadcast.State.REHEARSING)
    return sum(_count(show) for show in Broadcast.objects.filter(state__in=on_air))


def seconds_watched(*, broadcast: Broadcast, user_id: int) -> int:
    """0 if Redis is away."""
    try:
        told = redis_client.sync().hget(_name(broadcast), person_of_user(user_id))
    except RedisError:
        return 0
    return int(told) if isinstance(told, bytes) else 0


def _count(show: Broadcast) -> int:
    client, name = redis_client.sync(), _name(show)
    try:
        if not client.set(f"{name}:turn", "1", nx=True, ex=int(SWEEP_SECONDS) - 5):
            return 0
        now = time.time()
        before = client.hget(name, _AT)
        elapsed = min(round(now - float(before)), MOST_SECONDS) if isinstance(before, bytes) else 0
        people = [one for one in presence.people_here(show.room) if one.startswith("u")]
        for start in range(0, len(people), _BATCH):
            pipe = client.pipeline(transaction=False)
            for person in people[start : start + _BATCH] if elapsed > 0 else ():
                pipe.hincrby(name, person, elapsed)
            pipe.execute()
        client.hset(name, _AT, str(now))
        client.expire(name, KEEP_SECONDS)
    except RedisError:
        return 0
    return len(people)


def _name(broadcast: Broadcast) -> str:
    return redis_client.key("watched", broadcast.public_id)
