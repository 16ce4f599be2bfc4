"""One connection to Redis that listens to all of this process's rooms.

It owns its connection rather than using a client's pub/sub object: what matters here is to know
at once when it is gone, and that after it returned every channel is confirmed anew before
anybody believes to be up to date.
"""

import asyncio
import logging
import math
import random
import time
from collections.abc import Callable

from django.conf import settings
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import MovedError, RedisError, ResponseError

from livecommerce import redis_client

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4
"""Seconds between tries to connect."""
SILENT_SECONDS = 5.0
"""Without even an answer to a ping for so long the connection is given up."""


class Subscription:
    """`on_message(channel, data)` for each message; `on_confirmed(channel)` whenever a channel is
    subscribed, the first time and after each reconnect: what came before that may be missing.
    `on_astray()` when the connection is lost, or a channel has left this node of a cluster."""

    def __init__(
        self,
        on_message: Callable[[str, bytes], None],
        on_confirmed: Callable[[str], None],
        *,
        url: str = "",
        on_astray: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_message = on_message
        self._on_confirmed = on_confirmed
        self._on_astray = on_astray
        self._wanted: set[str] = set()
        self._connection: AbstractConnection | None = None
        self._sharded = True
        self._heard_at = 0.0
        self._pool = ConnectionPool.from_url(
            url or settings.ROOMS_REDIS_URL or settings.REDIS_URL,
            protocol=2,
            socket_connect_timeout=redis_client.CONNECT_SECONDS,
            socket_timeout=redis_client.ANSWER_SECONDS,
        )

    async def add(self, channel: str) -> None:
        self._wanted.add(channel)
        await self._say("SUBSCRIBE", channel)

    def is_listening(self) -> bool:
        return self._connection is not None

    async def remove(self, channel: str) -> None:
        self._wanted.discard(channel)
        await self._say("UNSUBSCRIBE", channel)

    async def keep_alive(self) -> None:
        """Call every second or so: pings, and gives up a connection that does not answer."""
        connection = self._connection
        if connection is None:
            return
        if time.monotonic() - self._heard_at > SILENT_SECONDS:
            await connection.disconnect(nowait=True)
        else:
            await self._say("PING")

    async def run(self) -> None:
        """Listen until cancelled, through any number of restarts of Redis."""
        pause = FIRST_PAUSE
        while True:
            connection = self._pool.make_connection()  # type: ignore[no-untyped-call]
            try:
                await connection.connect()
                pause = FIRST_PAUSE
                await self._listen(connection)
            except (RedisError, OSError) as error:
                log.info("room subscription lost: %s", error)
                self._on_astray()
            finally:
                self._connection = None
                await connection.disconnect(nowait=True)
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _listen(self, connection: AbstractConnection) -> None:
        self._heard_at = time.monotonic()
        self._connection = connection
        for channel in list(self._wanted):
            await self._say("SUBSCRIBE", channel)
        while True:
            try:
                answer = await connection.read_response(timeout=math.inf)
            except MovedError:
                self._on_astray()
                continue
            except ResponseError as error:
                if not self._sharded or "unknown command" not in str(error).lower():
                    raise
                self._sharded = False  # before Redis 7
                log.info("this Redis has no sharded pub/sub; using plain channels")
                return
            self._heard_at = time.monotonic()
            self._take(answer)

    def _take(self, answer: list[bytes] | bytes) -> None:
        if not isinstance(answer, list):
            return  # a PONG, while nothing is subscribed
        kind, channel = answer[0], answer[1].decode()
        if kind in (b"message", b"smessage"):
            self._on_message(channel, answer[2])
        elif kind in (b"subscribe", b"ssubscribe"):
            self._on_confirmed(channel)
        elif kind == b"sunsubscribe" and channel in self._wanted:  # its slot moved to another node
            self._on_astray()

    async def _say(self, command: str, *channels: str) -> None:
        if self._connection is None:
            return  # `_listen` says it all again
        prefix = "S" if self._sharded and command != "PING" else ""
        try:
            await self._connection.send_command(prefix + command, *channels)
        except (RedisError, OSError):
            return  # the reader notices the same
