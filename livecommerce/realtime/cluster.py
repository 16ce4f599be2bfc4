"""Listening to rooms that a Redis Cluster spreads over its nodes.

Sharded pub/sub is heard on the node that has the channel's slot and nowhere else, so there is one
`Subscription` a node. When a node is lost or a slot moves, the cluster is asked anew where each
channel is, until all are confirmed again; what was said meanwhile the hub reads from the stream.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from redis.exceptions import SlotNotCoveredError

from livecommerce.realtime import shards
from livecommerce.realtime.subscription import Subscription

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""How often the cluster is asked while something is astray."""


def subscribe(
    on_message: Callable[[str, bytes], None], on_confirmed: Callable[[str], None]
) -> "Subscription | ClusterSubscription":
    """What a hub listens with, wherever the rooms are."""
    kind = ClusterSubscription if shards.is_cluster() else Subscription
    return kind(on_message, on_confirmed)


class ClusterSubscription:
    """As `Subscription`, over all nodes of the rooms' cluster."""

    def __init__(
        self, on_message: Callable[[str, bytes], None], on_confirmed: Callable[[str], None]
    ) -> None:
        self._on_message = on_message
        self._on_confirmed = on_confirmed
        self._node_of: dict[str, str] = {}
        """Wanted channel → the node that is listened to for it; empty while that is unknown."""
        self._nodes: dict[str, Subscription] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._topology = shards.new_cluster_client()
        self._astray = asyncio.Event()
        self._moving = asyncio.Lock()

    async def add(self, channel: str) -> None:
        self._node_of.setdefault(channel, "")
        await self._place([channel])

    async def remove(self, channel: str) -> None:
        node = self._node_of.pop(channel, "")
        if node:
            await self._nodes[node].remove(channel)

    async def keep_alive(self) -> None:
        """Call every second or so."""
        for subscription in list(self._nodes.values()):
            await subscription.keep_alive()

    async def run(self) -> None:
        """Listen until cancelled."""
        try:
            while True:
                await self._astray.wait()
                await asyncio.sleep(LOOK_SECONDS)
                self._astray.clear()
                await self._topology.aclose()  # and so forgets what it knew of the cluster
                await self._place(list(self._node_of))
                await self._leave_unused()
                places = self._node_of.values()
                if not all(node and self._nodes[node].is_listening() for node in places):
                    self._astray.set()
        finally:
            await _end(self._tasks.values())
            await self._topology.aclose()

    def _places(self) -> set[str]:
        return {node for node in self._node_of.values() if node}

    async def _place(self, channels: Iterable[str]) -> None:
        """Listen to each of them where the cluster says it is now."""
        async with self._moving:
            try:
                await self._topology.initialize()
                for channel in channels:
                    before = self._node_of.get(channel)
                    name = self._node(channel)
                    if before is None or name == before:
                        continue
                    if before:
                        await self._nodes[before].remove(channel)
                    self._node_of[channel] = name
                    if name:
                        await self._listener(name).add(channel)
            except shards.FAILURES as error:
                log.info("the rooms' cluster cannot be asked: %s", error)
                self._astray.set()

    def _node(self, channel: str) -> str:
        """Empty while the cluster does not say."""
        try:
            node = self._topology.get_node_from_key(channel)
        except SlotNotCoveredError:
            return ""
        return node.name if node else ""

    def _listener(self, name: str) -> Subscription:
        if name not in self._nodes:
            self._nodes[name] = Subscription(
                self._on_message,
                self._on_confirmed,
                url=shards.node_url(name),
                on_astray=self._astray.set,
            )
            self._tasks[name] = asyncio.create_task(self._nodes[name].run())
        return self._nodes[name]

    async def _leave_unused(self) -> None:
        """A node that went away for good would be called for ever."""
        unused = set(self._nodes) - self._places()
        for name in unused:
            del self._nodes[name]
        await _end([self._tasks.pop(name) for name in unused])


async def _end(tasks: Iterable["asyncio.Task[None]"]) -> None:
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()  # more than once: redis-py now and then swallows a cancellation
        _, left = await asyncio.wait(left, timeout=0.5)
