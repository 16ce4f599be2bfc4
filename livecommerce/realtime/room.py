"""One room as one process sees it: its members here, and what they are yet to be told."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable

from livecommerce.realtime import frame, metrics
from livecommerce.realtime.history import History
from livecommerce.realtime.membership import Membership
from livecommerce.realtime.presence import Attendance
from livecommerce.realtime.rooms import Message, keys
from livecommerce.realtime.wire import Wire

log = logging.getLogger(__name__)

SHORTEST_TICK, LONGEST_TICK, TICK_PER_SOCKET = 0.05, 0.4, 20e-6
"""Seconds. Chat and counters wait for the tick; about 5,000 sockets then cost one core little."""
BUSY_SHARE = 0.75
"""Share of the process that commerce may spend on fan-outs before its flushes are joined too."""
MOST_BACKLOG_BYTES = 256 * 1024
LONGEST_BACKLOG_SECONDS = 10.0
NOT_FOR_ALL = frozenset("spf")
"""Lanes: lines thinned out of a crowd, what is private, and figures."""
QUIET_SECONDS = 15.0
"""At least this often a room says something, so that a client notices a dead connection."""


class Member:
    """One socket in a room."""

    __slots__ = ("blocked_since", "close", "fd", "membership", "room", "since", "wire")

    def __init__(self, membership: Membership, wire: Wire, close: Callable[[int], None]) -> None:
        self.membership = membership
        self.wire = wire
        self.close = close
        """Ends the socket politely, with a close code."""
        self.fd = wire.fd
        self.blocked_since = 0.0
        self.room: Room | None = None

    def send(self, data: bytes) -> None:
        """One frame to this socket alone."""
        self.wire.write(data)


class Room:
    def __init__(self, key: str, tick: Callable[[], float]) -> None:
        self.key = key
        self.keys = keys(key)
        self.epoch = ""
        """Empty until Redis has told where the room stands."""
        self.seq = self.commerce = self.flushed = 0
        self.known = asyncio.Event()
        self.awaited = 0
        """Sockets about to join."""
        self.history = History()
        self.attendance = Attendance()
        self.counters: dict[str, int] = {}
        self.members: set[Member] = set()
        self._direct: dict[int, Member] = {}
        """By file descriptor: the fan-out then touches nothing else of a member."""
        self._other: set[Member] = set()
        self._blocked: set[Member] = set()
        self._pending: list[Message] = []
        self._counters_told: dict[str, int] = {}
        self._tick = tick
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0.0
        self._flushed_at = 0.0
        self._credit = 0.0

    # --- Members ------------------------------------------------------------------------------
    def add(self, member: Member) -> None:
        member.room = self
        self.members.add(member)
        (self._block if member.wire.backlog() else self._unblock)(member)
        member.wire.on_blocked = lambda: self._block(member)
        member.wire.on_ready = lambda: self._unblock(member)
        member.wire.on_lost = lambda: self.remove(member)
        self.attendance.arrive(member.membership.person)

    def remove(self, member: Member) -> None:
        """Idempotent; the member gets nothing more."""
        if member not in self.members:
            return
        for group in (self.members, self._other, self._blocked):
            group.discard(member)
        self._direct.pop(member.fd, None)
        self.attendance.depart(member.membership.person)

    def evict(self, member: Member) -> None:
        """Give up a socket that cannot keep up; it comes back and is replayed what it missed."""
        metrics.EVICTED.inc()
        self.remove(member)
        member.wire.abort()

    def evict_stalled(self) -> None:
        for member in list(self._blocked):
            if self._is_hopeless(member):
                self.evict(member)

    def is_empty(self) -> bool:
        """True if nobody is here or coming, and Redis knows it."""
        return not self.members and not self.awaited and self.attendance.is_settled()

    def _block(self, member: Member) -> None:
        if member in self.members and member not in self._blocked:
            member.blocked_since = self._loop.time()
            self._direct.pop(member.fd, None)
            self._other.discard(member)
            self._blocked.add(member)

    def _unblock(self, member: Member) -> None:
        if member in self.members:
            self._blocked.discard(member)
            if member.fd >= 0:
                self._direct[member.fd] = member
            else:
                self._other.add(member)

    def _is_hopeless(self, member: Member) -> bool:
        late = self._loop.time() - member.blocked_since > LONGEST_BACKLOG_SECONDS
        return late or member.wire.backlog() > MOST_BACKLOG_BYTES

    # --- Events -------------------------------------------------------------------------------
    def accept(self, message: Message) -> None:
        """Take the next message; the hub has made sure that nothing before it is missing."""
        self.seq = message.seq
        self.history.add(message)
        self._pending.append(message)
        if message.lane == "c":
            self.commerce = message.seq
            self._flush_at(self._soonest())
        else:
            self._flush_at(self._next_tick())

    def contradicts(self, message: Message) -> bool:
        """True if this message cannot follow, or be, what was heard before: Redis came back from a
        crash without its last moments, gives their numbers again, and what had them is lost."""
        if message.epoch != self.epoch:
            return False
        if message.seq > self.seq:
            return message.previous < self.commerce
        return message.lane == "c" and (
            message.seq > self.commerce or self.history.differs(message)
        )

    def begin(self, epoch: str, seq: int, commerce: int) -> None:
        """Stand at this position and forget what was before."""
        self.epoch, self.seq, self.commerce, self.flushed = epoch, seq, commerce, seq
        self._pending.clear()
        self.history.begin(commerce)
        self.known.set()

    def remember(self, after: int, messages: list[Message]) -> None:
        """Know the events after commerce event `after`, so that newcomers can be replayed them."""
        self.history.begin(after)
        for message in messages:
            self.history.add(message)

    def greet(self, member: Member, since: int | None, epoch: str) -> None:
        """Hello, and what the client missed since its position; or tell it to fetch a snapshot.

        Runs without a break, so nothing is flushed between: what comes after follows.
        """
        missed = None
        if since is not None and epoch == self.epoch and epoch:
            missed = self.history.between(since, self.flushed)
        member.send(self._hello(resync=missed is None))
        if missed:
            member.send(frame.envelope(self.flushed, self.epoch, [m.body for m in missed]))

    def tell_resync(self) -> None:
        """Everyone fetches a fresh snapshot (spread over some seconds by the clients)."""
        metrics.RESYNCS.inc()
        blocked, hello = list(self._blocked), self._hello(resync=True)
        self.write(hello)
        self._write_blocked(blocked, hello)

    def _hello(self, *, resync: bool) -> bytes:
        hello: dict[str, object] = {"s": self.flushed, "ep": self.epoch, "resync": resync}
        if resync:
            hello["in"] = min(10, len(self.members) // 200)
        return frame.control(hello=hello, a=self.counters)

    def tell_counters(self, counters: dict[str, int]) -> None:
        self.counters = counters
        if counters != self._counters_told:
            self._flush_at(self._next_tick())

    def break_silence(self) -> None:
        """Say where the room stands if nothing was said for long, Redis or not."""
        if self._loop.time() - self._flushed_at > QUIET_SECONDS:
            self._flush_at(self._next_tick())

    # --- Flushing -----------------------------------------------------------------------------
    def _next_tick(self) -> float:
        return max(self._loop.time(), self._flushed_at + self._tick())

    def _soonest(self) -> float:
        """At once, unless the last fan-outs took more CPU than their share."""
        paid_off = self._flushed_at - self._credit / BUSY_SHARE
        return max(self._loop.time(), min(paid_off, self._next_tick()))

    def _flush_at(self, when: float) -> None:
        if self._timer is not None:
            if self._timer_due <= when:
                return
            self._timer.cancel()
        self._timer_due = when
        self._timer = self._loop.call_at(when, self.flush)

    def flush(self) -> None:
        """Send what is pending, as one frame built once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now, began = self._loop.time(), time.thread_time()
        self._credit = min(0.2, self._credit + (now - self._flushed_at) * BUSY_SHARE)
        self._flushed_at = now
        pending, self._pending = self._pending, []
        told = self.counters if self.counters != self._counters_told else None
        self._counters_told = self.counters
        before, self.flushed = self.flushed, self.seq
        self._fan_out(pending, told, before)
        self._credit -= time.thread_time() - began

    def _fan_out(self, pending: list[Message], told: dict[str, int] | None, before: int) -> None:
        shown = [message for message in pending if message.lane not in NOT_FOR_ALL]
        if len(shown) < len(pending):
            self._send_to_some([m for m in pending if m.lane in NOT_FOR_ALL], before)
        blocked = list(self._blocked)  # now: who is blocked by this frame has it in the buffer
        self.write(frame.envelope(self.seq, self.epoch, [m.body for m in shown], told))
        if blocked:
            commerce = [message.body for message in shown if message.lane == "c"]
            data = frame.envelope(self.seq, self.epoch, commerce) if commerce else b""
            self._write_blocked(blocked, data)

    def _send_to_some(self, messages: list[Message], before: int) -> None:
        """Lines the crowd does not see: to those who see all of a kind, and to their authors.

        They come first and so leave the client at the position of the flush `before`: whoever is
        cut off between these and what all get is replayed the latter.
        """
        thinned = self._frame_of((m for m in messages if m.lane == "s"), before)
        private = self._frame_of((m for m in messages if m.lane == "p"), before)
        figures = self._frame_of((m for m in messages if m.lane == "f"), before)
        senders = {message.sender for message in messages}
        for member in [*self._direct.values(), *self._other]:
            membership = member.membership
            if thinned and membership.keep_chat:
                member.send(thinned)
            if private and membership.sees_private:
                member.send(private)
            if figures and membership.sees_figures:
                member.send(figures)
            if membership.person in senders and (own := self._own(membership, messages, before)):
                member.send(own)

    def _own(self, membership: Membership, messages: list[Message], before: int) -> bytes:
        """What of these is this person's, and did not reach them with the rest."""
        seen = {"s": membership.keep_chat, "p": membership.sees_private, "f": True}
        return self._frame_of(
            (m for m in messages if m.sender == membership.person and not seen[m.lane]), before
        )

    def _frame_of(self, messages: Iterable[Message], position: int) -> bytes:
        bodies = [message.body for message in messages]
        return frame.envelope(position, self.epoch, bodies) if bodies else b""

    def write(self, data: bytes) -> None:
        """One frame to everyone who keeps up. Each member is guarded by itself: a transport that
        raises must not silence the room."""
        size, os_write = len(data), os.write
        short: list[tuple[int, int]] = []
        broken: list[Member] = []
        for fd in self._direct:
            try:
                sent = os_write(fd, data)
            except BlockingIOError:
                sent = 0
            except Exception:  # a reset connection, mostly
                broken.append(self._direct[fd])
                continue
            if sent != size:
                short.append((fd, sent))
        for fd, sent in short:
            self._guarded_write(self._direct[fd], data[sent:], broken)
        for member in list(self._other):
            self._guarded_write(member, data, broken)
        for member in broken:
            self._drop_broken(member)

    def _write_blocked(self, blocked: list[Member], data: bytes) -> None:
        """A socket with a backlog loses chat first; commerce waits in its buffer."""
        broken: list[Member] = []
        for member in blocked:
            if self._is_hopeless(member):
                self.evict(member)
            elif data:
                self._guarded_write(member, data, broken)
        for member in broken:
            self._drop_broken(member)

    def _guarded_write(self, member: Member, data: bytes, broken: list[Member]) -> None:
        try:
            member.wire.write(data)
        except Exception:  # as above
            broken.append(member)

    def _drop_broken(self, member: Member) -> None:
        try:
            self.evict(member)
        except Exception:  # it is out of the room; that is all that matters
            log.debug("room %s: a broken socket could not be aborted", self.key, exc_info=True)
