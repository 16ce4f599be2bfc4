"""Where rooms live: one Redis for everything, or a Redis Cluster of their own.

`ROOMS_REDIS_URL` says which: `redis://…` is one server, `redis+cluster://:secret@one:6379,two:6379`
names some nodes of a cluster; any that answers tells the rest. The cluster keeps each room (see
`rooms.keys`) and its sharded pub/sub channel on one of its nodes. Without it the rooms are in
`REDIS_URL` with all the rest; Celery's broker and Django's cache are never in a cluster.
"""

import asyncio
import weakref
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from redis._parsers import AsyncCommandsParser
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.cluster import ClusterNode as AsyncNode
from redis.asyncio.cluster import RedisCluster as AsyncRedisCluster
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import RedisClusterException, RedisError
from redis.retry import Retry

from livecommerce import redis_client

SCHEMES = {"redis+cluster": "redis", "rediss+cluster": "rediss"}
TIMES = {
    "socket_connect_timeout": redis_client.CONNECT_SECONDS,
    "socket_timeout": redis_client.ANSWER_SECONDS,
}
FAILURES = (RedisError, RedisClusterException)
"""What the rooms' clients raise when what was asked could not be done; the second is none of the
first in redis-py."""
Item = TypeVar("Item")

_aio: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncRedisCluster]" = (
    weakref.WeakKeyDictionary()
)


def is_cluster() -> bool:
    return settings.ROOMS_REDIS_URL.startswith(tuple(SCHEMES))


def node_url(node: str) -> str:
    """How to reach one node (`host:port`) of the rooms' cluster."""
    parts = urlsplit(settings.ROOMS_REDIS_URL)
    account, at, _nodes = parts.netloc.rpartition("@")
    return urlunsplit((SCHEMES[parts.scheme], f"{account}{at}{node}", parts.path, parts.query, ""))


def _nodes() -> list[tuple[str, int]]:
    """Host and port of those that are named. Raises ValueError when they are not written so."""
    named = urlsplit(settings.ROOMS_REDIS_URL).netloc.rpartition("@")[2].split(",")
    parts = [urlsplit(f"//{node}") for node in named]
    return [(part.hostname or "", part.port or 6379) for part in parts]


def sync() -> "redis.Redis | RedisCluster":
    """The rooms' client for threads."""
    if is_cluster():
        return _cluster(settings.ROOMS_REDIS_URL)
    if settings.ROOMS_REDIS_URL:
        return redis_client.client_of(settings.ROOMS_REDIS_URL)
    return redis_client.sync()


def aio() -> "AsyncRedis | AsyncRedisCluster":
    """The rooms' client of the running event loop."""
    if not is_cluster():
        return redis_client.aio(settings.ROOMS_REDIS_URL)
    loop = asyncio.get_running_loop()
    if loop not in _aio:
        _aio[loop] = new_cluster_client()
    return _aio[loop]


class _CommandsOfAnyNode(AsyncCommandsParser):
    """Whenever the client looks for the slots anew it wants the list of commands, too, always from
    the node of the first slots. With that node lost, rooms of the others would be refused."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncRedisCluster) -> None:
        super().__init__()
        self._client = client

    async def initialize(self, node: AsyncNode | None = None) -> None:
        if self.commands:
            return
        failed = None
        for one in sorted(self._client.get_primaries(), key=lambda one: one is not node):
            try:
                await super().initialize(one)
                return
            except RedisError as error:
                failed = error
        if failed is not None:
            raise failed


def new_cluster_client() -> AsyncRedisCluster:
    first, *others = _nodes()
    client = AsyncRedisCluster.from_url(
        node_url(":".join(map(str, first))),
        startup_nodes=[AsyncNode(*node) for node in others] or None,
        retry=AsyncRetry(NoBackoff(), 1),
        **TIMES,
    )
    client.commands_parser = _CommandsOfAnyNode(client)
    return client


@cache
def _cluster(_url: str) -> RedisCluster:
    first, *others = _nodes()
    return RedisCluster.from_url(
        node_url(":".join(map(str, first))),
        startup_nodes=[ClusterNode(*node) for node in others] or None,  # type: ignore[no-untyped-call]
        retry=Retry(NoBackoff(), 1),
        **TIMES,
    )


async def by_node(items: Iterable[tuple[str, Item]]) -> list[list[Item]]:
    """Items given with a key of Redis each, those on one node together: a node that is away must
    not take the others with it. Raises RedisError when the cluster cannot be asked."""
    if not is_cluster():
        together = [item for _key, item in items]
        return [together] if together else []
    client = aio()
    assert isinstance(client, AsyncRedisCluster)
    await client.initialize()
    groups: defaultdict[str, list[Item]] = defaultdict(list)
    for name, item in items:
        node = client.get_node_from_key(name)
        groups[node.name if node else ""].append(item)
    return list(groups.values())


def note_failure() -> None:
    """A room's Redis just failed. One node of a cluster says nothing about the other rooms."""
    if not is_cluster():
        redis_client.note_failure()
