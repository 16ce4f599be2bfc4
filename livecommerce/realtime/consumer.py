"""A room's WebSocket, from hello to good-bye. Apps subclass `RoomConsumer` and say who may come
in and what may be said; everything that keeps a crowd and its misfits in order is here.

It speaks raw ASGI rather than Channels' consumer classes (those cost a thread hop an event), and
may be wrapped by Channels' routing, session and auth middleware.
"""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qs

from django.conf import settings
from django.utils import translation

from livecommerce import ratelimit
from livecommerce.errors import DomainError
from livecommerce.realtime import commands, frame, metrics
from livecommerce.realtime.hub import Hub, hub
from livecommerce.realtime.membership import Membership
from livecommerce.realtime.presence import address_of, cookies_of, person_of
from livecommerce.realtime.revocation import Watch, mark_of
from livecommerce.realtime.room import Member
from livecommerce.realtime.signing_in import sign_in
from livecommerce.realtime.wire import EXTENSION, PortableWire, wire_for

log = logging.getLogger(__name__)

CLOSE_TOO_BIG, CLOSE_MISBEHAVED, CLOSE_LATER = 1009, 1008, 1013
GOODBYE_SECONDS = 4.0
"""How long a socket may take to hear that it is closed, and again to close."""
CLOSE_REFUSED = 4404
"""No such room for this person: do not come back."""

Scope = dict[str, Any]
Command = dict[str, Any]
Answer = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` times in `per` seconds and person; an address may do `address_times` as much."""

    rate: float
    per: float
    burst: float | None = None
    address_times: int = 20


class RoomConsumer(ABC):
    """One connection. Subclasses override `authorize` and `handle`, and declare `limits`."""

    limits: ClassVar[dict[str, Limit | None]] = {}
    """The commands known, each with its limit over all processes; None for those that the cheap
    limit of one socket is enough for. Any other command is answered by an error."""
    host_commands: ClassVar[frozenset[str]] = frozenset()
    """Those that only few people may give: who tries without the right is logged."""
    connects_per_address: ClassVar[Limit] = Limit(rate=600, per=60, burst=600)
    sockets_per_person: ClassVar[int] = 20
    """In one room and process."""
    sockets_per_address: ClassVar[int] = 2000
    """In one process. A whole school may sit behind one address."""
    burst, per_second = 30.0, 10.0
    """Commands of any kind from one socket."""
    most_faults: ClassVar[int] = 30
    """Refused commands until the socket is closed."""
    idle_seconds, ping_seconds = 75.0, 25
    """For servers that do not ping by themselves: the client is asked to."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.hub: Hub = hub()
        self._receive = receive
        self._send = send
        self._member: Member | None = None
        self._closing: asyncio.Task[None] | None = None
        self._cookie = ""
        self._faults = 0
        self._is_noted = False
        self._tokens, self._counted_at = self.burst, time.monotonic()

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, receive, send).run()

        return application

    # --- For subclasses -----------------------------------------------------------------------
    @abstractmethod
    async def authorize(self, scope: Scope) -> Membership | None:
        """Who this is in which room (see `membership`); None refuses."""

    @abstractmethod
    async def handle(self, membership: Membership, command: Command) -> Answer | None:
        """Do what a known command asks. What is returned goes into the ack; a DomainError is
        told to the sender. A command with a key `k` may come twice and must count once."""

    @classmethod
    async def recheck(cls, memberships: Sequence[Membership]) -> Iterable[Membership]:
        """Those whose rights in the room have changed; called every few seconds with everyone."""
        return ()

    async def joined(self, membership: Membership) -> None:  # noqa: B027  # may stay empty
        """Called after the greeting."""

    async def left(self, membership: Membership) -> None:  # noqa: B027  # may stay empty
        """Called when the socket is gone, whatever the reason."""

    async def membership(
        self,
        room: str,
        *,
        roles: Iterable[str] = (),
        keep_chat: bool = False,
        sees_private: bool = False,
        sees_figures: bool = False,
        **state: Any,
    ) -> Membership:
        """A membership with all that the connection itself tells."""
        person, self._cookie = await person_of(self.scope)
        member = Membership(room, person, roles=frozenset(roles), keep_chat=keep_chat, state=state)
        member.sees_private, member.sees_figures = sees_private, sees_figures
        member.language = _language_of(self.scope)
        user = self.scope.get("user")
        if user is not None and user.is_authenticated:
            member.user_id = user.pk
            member.password_mark = mark_of(user)
            member.session_key = _session_key_of(self.scope)
        return member

    def say(self, **content: Any) -> None:
        """Send `{"v":1, …}` to this socket alone."""
        if self._member is not None:
            self._member.send(frame.control(**content))

    # --- The connection -----------------------------------------------------------------------
    async def run(self) -> None:
        if (await self._receive())["type"] != "websocket.connect":
            return
        membership = await self._admit()
        if membership is None:
            return
        member = self._member = Member(membership, wire_for(self.scope, self._send), self._close)
        address = address_of(self.scope)
        metrics.SOCKETS.inc()
        self.hub.addresses[address] += 1
        watch = _watch(self.hub)
        try:
            await watch.add(member, type(self).recheck)
            await self.hub.join(member, *self._since())
            if EXTENSION not in self.scope.get("extensions", {}):
                self.say(ping=self.ping_seconds)
            await self.joined(membership)
            await self._listen(membership)
        finally:
            metrics.SOCKETS.dec()
            self.hub.forget_address(address)
            watch.discard(member)
            self.hub.leave(member)
            if isinstance(member.wire, PortableWire):
                member.wire.end()
            await self.left(membership)

    async def _admit(self) -> Membership | None:
        if await self._is_crowded():
            metrics.REFUSED.labels("connects").inc()
            await self._send({"type": "websocket.close", "code": CLOSE_LATER})
            return None
        await sign_in(self.scope)
        membership = await self.authorize(self.scope)
        cookie = [(b"set-cookie", self._cookie.encode())] if self._cookie and membership else []
        await self._send({"type": "websocket.accept", "headers": cookie})
        if membership is None:
            await self._send({"type": "websocket.close", "code": CLOSE_REFUSED})
            return None
        if self.hub.sockets_of(membership) >= self.sockets_per_person:
            metrics.REFUSED.labels("sockets").inc()
            await self._send({"type": "websocket.close", "code": CLOSE_LATER})
            return None
        return membership

    async def _is_crowded(self) -> bool:
        """True if this address has, or opens, too many sockets."""
        address, limit = address_of(self.scope), self.connects_per_address
        if self.hub.addresses[address] >= self.sockets_per_address:
            return True
        return not await ratelimit.aallow(
            f"room:connect:{address}", rate=limit.rate, per=limit.per, burst=limit.burst
        )

    def _since(self) -> tuple[int | None, str]:
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        since, epoch = query.get("since", [""])[0], query.get("ep", [""])[0]
        is_number = since.isascii() and since.isdigit() and len(since) < 16
        return (int(since) if is_number else None), epoch

    async def _listen(self, membership: Membership) -> None:
        is_pinged = EXTENSION in self.scope.get("extensions", {})
        while True:
            try:
                message = await (
                    self._receive()
                    if is_pinged
                    else asyncio.wait_for(self._receive(), self.idle_seconds)
                )
            except TimeoutError:
                await self._send_close(CLOSE_LATER)
                return
            if message["type"] != "websocket.receive":
                return
            if self._closing is None:  # whose rights ended says nothing more
                await self._take(membership, message.get("text"))

    async def _take(self, membership: Membership, text: str | None) -> None:
        if text is not None and len(text) > commands.MOST_BYTES:
            self._close(CLOSE_TOO_BIG)
            return
        command: Command = {}
        with translation.override(membership.language):
            try:
                command = commands.parse_command(text or "")
                answer = await self._obey(membership, command)
            except DomainError as error:
                self._tell_error(error, command)
            except Exception:  # the socket outlives one broken command
                log.exception("room command %r failed", command.get("t"))
                self._tell_error(commands.server_trouble(), command)
            else:
                if answer is not None:
                    self.say(ok={"k": command.get("k", "")} | answer)

    async def _obey(self, membership: Membership, command: Command) -> Answer | None:
        self._spend_token()
        kind = command["t"]
        if kind == "ping":
            # With the time, so that a browser whose clock is wrong can measure by how much.
            self.say(pong={"k": command.get("k", ""), "at": round(time.time() * 1000)})
            return None
        if kind not in self.limits:
            raise commands.unknown_command()
        limit = self.limits[kind]
        if limit is not None:
            await self._require_allowance(f"room:{kind}", limit, membership)
        answer = await self.handle(membership, command)
        return (answer or {}) if "k" in command or answer else None

    async def _require_allowance(self, key: str, limit: Limit, membership: Membership) -> None:
        whom = {membership.person: 1, address_of(self.scope): limit.address_times}
        for who, times in whom.items():
            rate, burst = limit.rate * times, limit.burst and limit.burst * times
            if not await ratelimit.aallow(f"{key}:{who}", rate=rate, per=limit.per, burst=burst):
                raise commands.too_fast()

    def _spend_token(self) -> None:
        now = time.monotonic()
        gained = (now - self._counted_at) * self.per_second
        self._tokens, self._counted_at = min(self.burst, self._tokens + gained), now
        if self._tokens < 1:
            raise commands.too_fast()
        self._tokens -= 1

    def _tell_error(self, error: DomainError, command: Command) -> None:
        metrics.REFUSED.labels(error.code if error.status in (400, 429) else "rule").inc()
        is_forbidden = error.status == 403 and command.get("t") in self.host_commands
        if is_forbidden or error.code == "unknown_command":
            self._note_misfit(command)
        if error.status in (400, 429):
            self._faults += 1
            if self._faults > self.most_faults:
                self._close(CLOSE_MISBEHAVED)
                return
        self.say(err={"code": error.code, "msg": error.message, "k": command.get("k", "")})

    def _note_misfit(self, command: Command) -> None:
        """Once for a socket: whoever sends a thousand of them must not fill the log."""
        if self._is_noted or self._member is None:
            return
        self._is_noted = True
        membership = self._member.membership
        log.warning(
            "room %s: %s sent %r, which is not theirs to send",
            membership.room,
            membership.person,
            command["t"][:40],
        )

    def _close(self, code: int) -> None:
        """End the connection with a code; `run` sees the disconnect and cleans up."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._send_close(code))

    async def _send_close(self, code: int) -> None:
        """Politely; a socket that takes nothing, and is no longer in the room to be evicted from,
        is dropped."""
        member = self._member
        if member is not None:
            self.hub.leave(member)
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._send({"type": "websocket.close", "code": code})
        except Exception as error:
            log.debug("a socket did not hear its good-bye: %r", error)  # gone, or stalled
        if member is not None:
            asyncio.get_running_loop().call_later(GOODBYE_SECONDS, _drop, member)


def _drop(member: Member) -> None:
    if not member.wire.is_lost:
        member.wire.abort()


def _session_key_of(scope: Scope) -> str:
    """As `SigningIn` or Channels' session middleware left it."""
    return scope.get("session_key") or getattr(scope.get("session"), "session_key", None) or ""


def _language_of(scope: Scope) -> str:
    user = scope.get("user")
    cookie = cookies_of(scope).get(settings.LANGUAGE_COOKIE_NAME, "")
    chosen = getattr(user, "language", "") or cookie
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _watch(of: Hub) -> Watch:
    if of.watch is None:
        of.watch = Watch(of)
    watch: Watch = of.watch
    return watch
