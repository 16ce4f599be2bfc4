"""The shared Redis (Valkey) clients, and the one rule for naming keys.

Both clients give up fast: a dead Redis must cost a request a fraction of a second, never the
minute that the library's default retries take. The one retry is for a pooled connection that
went stale while idle.
"""

import asyncio
import time
import weakref
from functools import cache

import redis
from django.conf import settings
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0
AWAY_SECONDS = 0.5
"""After a failure, whoever can do without Redis does so for this long without asking it."""

_aio_clients: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, AsyncRedis]]" = (
    weakref.WeakKeyDictionary()
)


_away_until = 0.0


def note_failure() -> None:
    """Redis just failed somebody."""
    global _away_until
    _away_until = time.monotonic() + AWAY_SECONDS


def note_success() -> None:
    """Redis is back."""
    global _away_until
    _away_until = 0.0


def is_away() -> bool:
    """True for a moment after a failure, so that not every request waits for a time-out."""
    return time.monotonic() < _away_until


def key(*parts: object) -> str:
    """The name of a key: this installation's prefix and the parts, joined by colons."""
    return ":".join([settings.REDIS_PREFIX, *map(str, parts)])


@cache
def sync() -> redis.Redis:
    """The client for threads: views, tasks, commands. Answers are bytes."""
    return client_of(settings.REDIS_URL)


@cache
def client_of(url: str) -> redis.Redis:
    """The client for threads of a certain server."""
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )


def aio(url: str = "") -> AsyncRedis:
    """The client of the running event loop (connections cannot move between loops)."""
    clients = _aio_clients.setdefault(asyncio.get_running_loop(), {})
    url = url or settings.REDIS_URL
    if url not in clients:
        clients[url] = AsyncRedis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=AsyncRetry(NoBackoff(), 1),
        )
    return clients[url]
