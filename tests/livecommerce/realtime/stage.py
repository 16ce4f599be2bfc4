"""A real uvicorn with the room protocol, an app that lets everyone in, and browsers to try it."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import uvicorn
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livecommerce import redis_client
from livecommerce.errors import DomainError
from livecommerce.realtime import publish, shards
from livecommerce.realtime.consumer import Limit, RoomConsumer
from livecommerce.realtime.events import Event, Lane
from livecommerce.realtime.hub import Hub, hub

PATIENCE_SECONDS = 30.0
"""How long a test waits for what must come, on a machine that does much else."""


@dataclass(frozen=True)
class Stocked(Event):
    type = "test.stock"
    left: int
    version: int


@dataclass(frozen=True)
class Said(Event):
    type = "test.said"
    lane = Lane.CHAT
    text: str


class Doorman(RoomConsumer):
    """`?room=…&who=…&keep=1` is believed; `who=nobody` is refused."""

    limits = {"say": Limit(rate=5, per=60), "like": None, "boom": None, "no": None, "slow": None}
    left_count = 0
    stale: set[str] = set()

    async def authorize(self, scope):
        query = {
            name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()
        }
        if query.get("who") == "nobody":
            return None
        membership = await self.membership(query["room"], keep_chat="keep" in query)
        if "who" in query:
            membership.person = query["who"]
        return membership

    async def handle(self, membership, command):
        match command["t"]:
            case "say":
                event = Said(text=command["text"])
                if not await publish.atry_publish(membership.room, event, sender=membership.person):
                    raise DomainError("try_again", "again", status=503)
                return {"id": 7}
            case "like":
                self.hub.count(membership.room, "likes", command["n"])
            case "boom":
                raise RuntimeError("a bug in the app")
            case "no":
                raise DomainError("muted", "You are muted", status=403)
        return None

    async def left(self, membership):
        type(self).left_count += 1

    @classmethod
    async def recheck(cls, memberships):
        return [one for one in memberships if one.person in cls.stale]


@dataclass
class Stage:
    port: int
    hub: Hub

    @contextlib.asynccontextmanager
    async def visit(self, room: str, **query: Any) -> AsyncIterator["Visitor"]:
        visitor = await self.enter(room, **query)
        try:
            yield visitor
        finally:
            await visitor.leave()

    async def enter(self, room: str, headers: dict[str, str] | None = None, **query: Any):
        asked = "&".join(f"{name}={value}" for name, value in {"room": room, **query}.items())
        url = f"ws://127.0.0.1:{self.port}/?{asked}"
        return Visitor(await connect(url, additional_headers=headers, max_size=None))


class Visitor:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []
        self.closed_with: int | None = None
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for text in self.connection:
                self.frames.append(json.loads(text))
                self._news.set()
        except ConnectionClosed:
            pass
        self.closed_with = self.connection.close_code
        self._news.set()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for frame in self.frames for event in frame.get("e", ())]

    @property
    def hellos(self) -> list[dict[str, Any]]:
        return [frame["hello"] for frame in self.frames if "hello" in frame]

    @property
    def counters(self) -> dict[str, int]:
        told = [frame["a"] for frame in self.frames if frame.get("a")]
        return told[-1] if told else {}

    async def until(self, condition, seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait for `condition(self)` to be true; its value. Fails with what was seen instead."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := condition(self)):
                    self._news.clear()
                    await self._news.wait()
                return found
        except TimeoutError:
            raise AssertionError(f"not seen in {seconds} s; frames: {self.frames}") from None

    async def greeted(self) -> dict[str, Any]:
        return await self.until(lambda me: me.hellos and me.hellos[-1])

    async def saw(self, *events: dict[str, Any], **options: Any) -> None:
        await self.until(lambda me: all(event in me.events for event in events), **options)

    async def say(self, **command: Any) -> None:
        await self.connection.send(json.dumps(command))

    async def leave(self) -> None:
        await self.connection.close()
        await self._task


async def eventually(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something that announces itself to nobody."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def serving(app: Any = None, **options: Any) -> AsyncIterator[Stage]:
    """A uvicorn in this event loop; its hub is stopped with it."""
    server = _server(app or Doorman.as_asgi(), **options)
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    its_hub = hub()
    try:
        yield Stage(server.servers[0].sockets[0].getsockname()[1], its_hub)
    finally:
        server.should_exit = True
        await task
        await its_hub.stop()
        await redis_client.aio().aclose()
        await shards.aio().aclose()


@contextlib.contextmanager
def another_process() -> Iterator[Stage]:
    """A second server with a loop (uvloop, as in production), a hub and a Redis connection of
    its own."""
    ready, done = threading.Event(), threading.Event()
    stages: list[Stage] = []

    async def play() -> None:
        async with serving() as stage:
            stages.append(stage)
            ready.set()
            await eventually(done.is_set, seconds=60)

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(play())

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    try:
        yield stages[0]
    finally:
        done.set()
        thread.join(10)


def _server(app: Any, **options: Any) -> uvicorn.Server:
    settings = {
        "ws": "livecommerce.realtime.wire:RoomProtocol",
        "ws_per_message_deflate": False,
        "log_config": None,
        "lifespan": "off",
        "timeout_graceful_shutdown": 2,
    }
    return uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, **(settings | options)))
