"""A crowd that loses its server and comes back: what that does to the pages, and what is lost.

The realtime role is killed (-9) and started anew while commerce events go on. Each client does
what socket.js does: it waits 1 to 10 s by chance, says where it was, and fetches the snapshot from
the pages role if it is told to. Meanwhile somebody else opens the room's page ten times a second.
"""

import asyncio
import json
import random
import signal
import time
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from livecommerce.realtime import publish
from tests.bench.flash import world
from tests.bench.room import contenders
from tests.bench.room.messages import Shown

RETRY_SECONDS = (1.0, 10.0)
"""As RETRY_SECONDS in static/js/realtime/socket.js."""
ARRIVE_SECONDS = 15.0
"""A crowd gathers before the show; that is not what is measured here."""
ADDRESSES = 20
OPENINGS_PER_SECOND = 10
EVENTS_PER_SECOND = 5
CALM_SECONDS = 5.0
PATIENCE_SECONDS = 60.0


@dataclass
class Client:
    """`seen` are the numbers of the commerce events; `snapshots` how often it had to ask."""

    cookie: str
    url: str
    snapshot_url: str
    address: str
    """Where it comes from: a crowd behind one single address would be refused as a flood."""
    http: httpx.AsyncClient
    since: tuple[int, str] | None = None
    connections: int = 0
    tries: int = 0
    snapshots: int = 0
    refused: str = ""
    seen: set[int] = field(default_factory=set)
    here: asyncio.Event = field(default_factory=asyncio.Event)

    async def stay(self, origin: str) -> None:
        await asyncio.sleep(random.uniform(0, ARRIVE_SECONDS))
        while True:
            self.tries += 1
            try:
                await self._listen(origin)
            except (OSError, WebSocketException, TimeoutError) as error:
                self.refused = f"{type(error).__name__}: {error}"
            self.here.clear()
            await asyncio.sleep(random.uniform(*RETRY_SECONDS))

    async def _listen(self, origin: str) -> None:
        where = f"?since={self.since[0]}&ep={self.since[1]}" if self.since else ""
        headers = {"Cookie": self.cookie}
        async with connect(
            self.url + where,
            origin=origin,  # type: ignore[arg-type]
            additional_headers=headers,
            local_addr=(self.address, 0),
            compression=None,
            open_timeout=20,
            ping_interval=None,
        ) as socket:
            async for text in socket:
                frame = json.loads(text)
                if "hello" in frame:
                    await self._greeted(frame["hello"])
                if "s" in frame:
                    self.since = (frame["s"], frame["ep"])
                self.seen.update(
                    event["n"] for event in frame.get("e", ()) if event["t"] == Shown.type
                )

    async def _greeted(self, hello: dict[str, Any]) -> None:
        if hello["resync"] and self.since is not None:
            self.snapshots += 1
            await self.http.get(self.snapshot_url, headers={"Cookie": self.cookie})
        self.since = (hello["s"], hello["ep"])
        self.connections += 1
        self.here.set()


async def measure(*, port: int, cores: str, cookies: list[str], sockets: int) -> dict[str, Any]:
    """Needs the pages role on `world.PORT`; starts, kills and restarts the realtime role."""
    site = f"http://127.0.0.1:{world.PORT}"
    page = f"{site}/rooms/{contenders.SHOW}/"
    server = contenders.PRODUCT.start(port, cores)
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=100)) as http:
        clients = [
            Client(
                cookies[number % len(cookies)],
                f"ws://127.0.0.1:{port}/ws/rooms/{contenders.SHOW}",
                f"{page}snapshot",
                f"127.0.1.{1 + number % ADDRESSES}",
                http,
            )
            for number in range(sockets)
        ]
        origin = f"http://127.0.0.1:{port}"
        tasks = [asyncio.create_task(one.stay(origin)) for one in clients]
        try:
            await _until_all_are_here(clients)
            told = asyncio.create_task(_tell())
            calm = await _open_pages(http, page, seconds=CALM_SECONDS)
            server.send_signal(signal.SIGKILL)
            server.wait()
            before, died = [one.connections for one in clients], time.monotonic()
            server = await asyncio.to_thread(contenders.PRODUCT.start, port, cores)
            opening = asyncio.create_task(_open_pages(http, page, seconds=RETRY_SECONDS[1] + 2))
            await _until_all_are_here(clients, more_than=before)
            back = time.monotonic() - died
            storm = await opening
            told.cancel()
            await asyncio.sleep(2)
        finally:
            for task in tasks:
                task.cancel()
            contenders.stop(server)
    numbers = set().union(*(one.seen for one in clients))
    return {
        "sockets": sockets,
        "all_back_s": round(back, 1),
        "tries": sum(one.tries for one in clients) - sockets,
        "snapshots": sum(one.snapshots for one in clients),
        "pages_p95_ms_calm": round(_p95(calm)),
        "pages_p95_ms": round(_p95(storm)),
        "commerce_lost": sum(len(numbers - one.seen) for one in clients if not one.snapshots),
    }


async def _until_all_are_here(clients: list[Client], more_than: list[int] | None = None) -> None:
    least = more_than or [0] * len(clients)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(one.connections > n for one, n in zip(clients, least, strict=True)):
        if time.monotonic() > deadline:
            missing = sum(one.connections <= n for one, n in zip(clients, least, strict=True))
            reasons = {one.refused for one in clients}
            raise RuntimeError(f"{missing} of {len(clients)} sockets are not there: {reasons}")
        await asyncio.sleep(0.1)


async def _tell() -> None:
    """Numbered commerce events, whatever happens."""
    number = 0
    while True:
        number += 1
        publish.try_publish(f"b:{contenders.SHOW}", Shown(cus=0, m="", n=number))
        await asyncio.sleep(1 / EVENTS_PER_SECOND)


async def _open_pages(http: httpx.AsyncClient, url: str, *, seconds: float) -> list[float]:
    """Milliseconds of each opening of the page, at a fixed pace whatever the answers take."""

    async def open_one() -> float:
        begin = time.perf_counter()
        answer = await http.get(url)
        assert answer.status_code == 200, answer.status_code
        return 1000 * (time.perf_counter() - begin)

    opened = []
    for _ in range(int(seconds * OPENINGS_PER_SECOND)):
        opened.append(asyncio.create_task(open_one()))
        await asyncio.sleep(1 / OPENINGS_PER_SECOND)
    return list(await asyncio.gather(*opened))


def _p95(milliseconds: list[float]) -> float:
    return quantiles(milliseconds, n=20)[-1]
