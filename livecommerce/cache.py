"""The cache on the shared Redis client; without Redis it is empty instead of an error.

Nothing lives in the cache alone: sessions stand in the database, too (`cached_db`), so people stay
signed in and can buy while Redis is away. Django's own back end makes a new client for each call,
which costs more than the call.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.exceptions import RedisError

from livecommerce import redis_client


def _or(away: Callable[..., Any], method: Callable[..., Any]) -> Any:
    """`method`, and `away` of the same arguments when Redis does not answer."""

    @functools.wraps(method)
    def forgiving(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except RedisError:
            return away(*args, **kwargs)

    return forgiving


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _false(*_args: Any, **_kwargs: Any) -> bool:
    return False


def _default(_client: Any, _key: str, default: Any) -> Any:
    return default


def _empty(*_args: Any, **_kwargs: Any) -> dict[str, Any]:
    return {}


def _not_there(_client: Any, key: str, _delta: int) -> Any:
    raise ValueError(f"Key '{key}' not found.")


class _Client(RedisCacheClient):
    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        return redis_client.sync()

    add = _or(_false, RedisCacheClient.add)
    get = _or(_default, RedisCacheClient.get)
    set = _or(_nothing, RedisCacheClient.set)
    touch = _or(_false, RedisCacheClient.touch)
    delete = _or(_false, RedisCacheClient.delete)
    get_many = _or(_empty, RedisCacheClient.get_many)
    has_key = _or(_false, RedisCacheClient.has_key)
    incr = _or(_not_there, RedisCacheClient.incr)
    set_many = _or(_nothing, RedisCacheClient.set_many)
    delete_many = _or(_nothing, RedisCacheClient.delete_many)
    clear = _or(_false, RedisCacheClient.clear)


class Cache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
