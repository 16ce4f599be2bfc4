"""The last hop: how a frame reaches one socket.

Under uvicorn started with `--ws livecommerce.realtime.wire:RoomProtocol` a frame built once goes
straight to the kernel; under any other ASGI server the same frame goes through `send`, slower
but the same.

A wire tells its owner when the kernel would take no more (`on_blocked`) and when it has caught
up (`on_ready`). Between the two a frame is buffered by the transport, so order is kept.
"""

import asyncio
import socket
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from livecommerce.realtime import frame

EXTENSION = "livecommerce.wire"
KERNEL_BYTES = 64 * 1024
"""SO_SNDBUF. With the kernel's default a stalled phone swallows 1.6 MB before anybody notices."""
UNHEARD_SECONDS = 30
"""A phone whose kernel confirms nothing for so long is gone. Every room says something within
QUIET_SECONDS, so the server's pings are only for those behind a proxy, and may be rare: at ten
thousand sockets they were a tenth of all work."""
RETURNS_PER_SECOND = 250
"""Letting one socket in costs the next process 2.7 ms of its core (docs/performance.md)."""
SHORTEST_SPREAD, LONGEST_SPREAD = 0.5, 10.0

Send = Callable[[Any], Awaitable[None]]


def _nobody() -> None:
    return


@lru_cache(maxsize=4)
def good_bye(sockets: int) -> bytes:
    """This process goes away: come back to another one after so many seconds, at random; the
    more of them there are, the wider."""
    spread = min(max(SHORTEST_SPREAD, sockets / RETURNS_PER_SECOND), LONGEST_SPREAD)
    return frame.control(bye={"retry": [round(spread / 10, 2), round(spread, 2)]})


class Wire(Protocol):
    on_blocked: Callable[[], None]
    on_ready: Callable[[], None]
    on_lost: Callable[[], None]
    is_lost: bool
    """The connection is gone; `fd` may be somebody else's by now."""
    fd: int
    """A plain TCP socket that may be written to directly while the wire is not blocked, or -1."""

    def write(self, data: bytes) -> None: ...

    def backlog(self) -> int:
        """Bytes that the kernel has not taken yet."""
        ...

    def abort(self) -> None:
        """Drop the connection without a word."""
        ...


class DirectWire:
    """uvicorn's transport itself.

    The high-water mark is 0: the transport tries each write at once and reports `on_blocked`
    exactly when something remained in its buffer. So whoever is not blocked has an empty buffer
    and may be written to by file descriptor, without asking the transport first.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.on_blocked = self.on_ready = self.on_lost = _nobody
        self.is_lost = False
        self._transport = transport
        transport.set_write_buffer_limits(high=0)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        if sys.platform == "linux":
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_SECONDS * 1000)
        self.fd: int = -1 if transport.get_extra_info("ssl_object") else sock.fileno()

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def lose(self) -> None:
        """The connection is gone, and its descriptor about to be closed."""
        self.is_lost = True
        self.on_lost()

    def backlog(self) -> int:
        return self._transport.get_write_buffer_size()

    def abort(self) -> None:
        self._transport.abort()


class PortableWire:
    """Any ASGI server: a queue and one task that awaits `send`."""

    fd = -1
    QUEUE_BYTES = 16 * 1024
    """Above it the wire counts as blocked."""

    def __init__(self, send: Send) -> None:
        self.on_blocked = self.on_ready = self.on_lost = _nobody
        self._send = send
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._blocked = self.is_lost = False
        self._task: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        if self.is_lost:
            return
        self._queue.append(data)
        self._bytes += len(data)
        if self._bytes > self.QUEUE_BYTES and not self._blocked:
            self._blocked = True
            self.on_blocked()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())

    def backlog(self) -> int:
        return self._bytes

    def abort(self) -> None:
        self.is_lost = True
        self._queue.clear()
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._hang_up())

    def end(self) -> None:
        """Stop sending: the connection is over."""
        self.is_lost = True
        if self._task is not None:
            self._task.cancel()

    async def _drain(self) -> None:
        try:
            while self._queue:
                data = self._queue.popleft()
                text = frame.payload_of(data).decode()
                await self._send({"type": "websocket.send", "text": text})
                self._bytes -= len(data)
        except Exception:  # whatever a server raises for a peer that is gone
            self.is_lost = True
            self.on_lost()
            return
        finally:
            self._task = None
        if self._blocked:
            self._blocked = False
            self.on_ready()

    async def _hang_up(self) -> None:
        try:
            await self._send({"type": "websocket.close", "code": 1013})
        except Exception:  # already gone
            return


class RoomProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, lending its transport to the room hub.

    `connection_lost` is called before the file descriptor is closed, so a member is out of the
    fan-out before the number can belong to somebody else.
    """

    wire: DirectWire | None = None

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[EXTENSION] = self.lend
        await super().run_asgi()

    def lend(self) -> DirectWire:
        """The wire of this connection; only after `websocket.accept` was sent."""
        if self.disconnected or self.transport.is_closing():
            raise ClientDisconnected
        self.wire = DirectWire(self.transport)
        del self.request, self.response  # the handshake is over; headers are kilobytes a socket
        return self.wire

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.wire is not None:
            self.wire.on_blocked()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.wire is not None:
            self.wire.on_ready()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.wire is not None:
            self.wire.lose()
            self.wire = None
        super().connection_lost(exc)

    def shutdown(self) -> None:
        if self.wire is not None and not self.close_sent:
            self.wire.write(good_bye(len(self.connections)))
        super().shutdown()


def wire_for(scope: Mapping[str, Any], send: Send) -> Wire:
    """The fastest wire this server offers."""
    lend = scope.get("extensions", {}).get(EXTENSION)
    return lend() if lend is not None else PortableWire(send)
