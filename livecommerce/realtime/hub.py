"""The rooms of this process: one Redis subscription a room, however many sockets.

A message is serialised once by its publisher, framed once here, and written to every socket of
its room. A missed commerce event shows by the number of its predecessor and is read from the
room's stream; a changed epoch (a flushed Redis) makes every client fetch a snapshot. While Redis
is away sockets stay, and what was published meanwhile is replayed when it is back. A Redis that
lost its last moments in a crash gives numbers a second time; whoever notices ends the epoch.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

from livecommerce.realtime import rooms, shards
from livecommerce.realtime.cluster import subscribe
from livecommerce.realtime.membership import Membership
from livecommerce.realtime.presence import LEAVE_SECONDS, STAY_SECONDS, News
from livecommerce.realtime.room import LONGEST_TICK, SHORTEST_TICK, TICK_PER_SOCKET, Member, Room
from livecommerce.realtime.rooms import Message

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
POSITION_SECONDS = 2.0
"""How long a newcomer waits to be told where the room stands, if Redis is slow or away."""
IN_FLIGHT_SECONDS = 0.3
"""A message known to Redis and not heard yet is only missing after so long."""


class Hub:
    """One per process and event loop; see `hub()`."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.sockets = 0
        self.addresses: Counter[str] = Counter()
        """Open sockets by address."""
        self.watch: Any = None
        """The `revocation.Watch` of this hub, once there is a socket to watch."""
        self._channels: dict[str, str] = {}
        self._subscription = subscribe(self._on_message, self._on_confirmed)
        self._syncing: dict[str, asyncio.Task[None]] = {}
        self._held: defaultdict[str, list[Message]] = defaultdict(list)
        self._added: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_started = False
        self._listeners: dict[str, Callable[[bytes], None]] = {}

    def start(self) -> None:
        """Begin listening; idempotent."""
        if not self._is_started:
            self._is_started = True
            self.spawn(self._subscription.run())
            self.spawn(self._beat_forever())

    async def stop(self) -> None:
        """End all tasks (tests, and a loop that goes away)."""
        tasks = {*self._tasks, *self._syncing.values()}
        while tasks:
            for task in tasks:
                task.cancel()  # more than once: redis-py now and then swallows a cancellation
            _, tasks = await asyncio.wait(tasks, timeout=0.5)

    def tick(self) -> float:
        """Seconds between flushes of chat and counters."""
        return min(max(SHORTEST_TICK, self.sockets * TICK_PER_SOCKET), LONGEST_TICK)

    # --- Members ------------------------------------------------------------------------------
    async def join(self, member: Member, since: int | None, epoch: str) -> None:
        """Add a socket to its room and greet it. The caller must call `leave`, come what may."""
        self.start()
        key = member.membership.room
        room = self.rooms.get(key) or self._open(key)
        room.awaited += 1  # so that it is not closed as empty meanwhile
        try:
            if not room.epoch:
                await self._subscription.add(room.keys.channel)
                await asyncio.wait_for(room.known.wait(), POSITION_SECONDS)
        except TimeoutError:
            pass  # Redis is away; everyone is told to resync when the position is known
        finally:
            room.awaited -= 1
        if member.wire.is_lost:
            return
        self.sockets += 1
        room.add(member)
        room.greet(member, since, epoch)

    def leave(self, member: Member) -> None:
        """Idempotent."""
        room, member.room = member.room, None
        if room is not None:
            self.sockets -= 1
            room.remove(member)

    def sockets_of(self, membership: Membership) -> int:
        """How many sockets this person has in this room and process."""
        room = self.rooms.get(membership.room)
        return room.attendance.sockets_of(membership.person) if room is not None else 0

    def forget_address(self, address: str) -> None:
        """One of its sockets closed."""
        self.addresses[address] -= 1
        if not self.addresses[address]:
            del self.addresses[address]

    def count(self, room: str, counter: str, amount: int) -> None:
        """Add to a room's counter; told to Redis with the next beat."""
        if room not in self.rooms:
            return  # the last word of somebody who is on the way out
        added = self._added[room]
        added[counter] = added.get(counter, 0) + amount

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a task that ends with the hub."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def listen(self, channel: str, on_message: Callable[[bytes], None]) -> None:
        """Hear a channel that is not a room's (revocations)."""
        self._listeners[channel] = on_message
        await self._subscription.add(channel)

    def _open(self, key: str) -> Room:
        room = self.rooms[key] = Room(key, self.tick)
        self._channels[room.keys.channel] = key
        return room

    async def _close(self, room: Room) -> None:
        del self.rooms[room.key], self._channels[room.keys.channel]
        self._held.pop(room.key, None)
        self._added.pop(room.key, None)
        await self._subscription.remove(room.keys.channel)

    # --- Messages -----------------------------------------------------------------------------
    def _on_message(self, channel: str, data: bytes) -> None:
        try:
            if channel in self._listeners:
                self._listeners[channel](data)
            elif room := self.rooms.get(self._channels.get(channel, "")):
                self._take(room, rooms.parse(data))
        except Exception:  # one bad message must not end the subscription of every room
            log.exception("a message could not be taken from %s", channel)

    def _take(self, room: Room, message: Message) -> None:
        if room.key in self._syncing:
            self._held[room.key].append(message)
        elif room.contradicts(message):
            self.spawn(self._rotate(room, room.epoch))
        elif message.epoch != room.epoch or message.previous > room.commerce:
            self._held[room.key].append(message)
            self._sync(room)
        elif message.seq > room.seq:
            room.accept(message)

    def _on_confirmed(self, channel: str) -> None:
        room = self.rooms.get(self._channels.get(channel, ""))
        if room is not None:
            self._sync(room)

    # --- Catching up --------------------------------------------------------------------------
    def _sync(self, room: Room) -> None:
        """Read what is missing; messages that arrive meanwhile are held."""
        if room.key not in self._syncing:
            task = asyncio.get_running_loop().create_task(self._read_missing(room))
            self._syncing[room.key] = task

    async def _read_missing(self, room: Room) -> None:
        before = len(self._held[room.key])
        try:
            self._catch_up(room, *await self._read(room))
        except shards.FAILURES:
            self._held[room.key].clear()  # the reconnect or the next beat will sync again
        finally:
            del self._syncing[room.key]
            held = self._held.pop(room.key, [])  # gone if the room was closed meanwhile
        for number, message in enumerate(held):
            # What was there before the read and is of another epoch is of an epoch gone by.
            if message.epoch == room.epoch or number >= before:
                self._take(room, message)

    async def _read(self, room: Room) -> tuple[str, int, int, list[Message]]:
        names = room.keys
        script = shards.aio().register_script(rooms.READ)
        after = (room.commerce, room.seq) if room.epoch else (0, 0)
        epoch, seq, commerce, log_entries, chat_entries = await script(
            keys=[names.meta, names.log, names.chat],
            args=[rooms.new_epoch(), rooms.KEEP_ROOM_SECONDS, *after],
        )
        messages = [rooms.parse(raw) for raw in (*log_entries, *chat_entries)]
        return epoch.decode(), seq, commerce, sorted(messages, key=lambda m: m.seq)

    def _catch_up(
        self, room: Room, epoch: str, seq: int, commerce: int, missing: list[Message]
    ) -> None:
        fell_back = seq < room.seq or commerce < room.commerce
        if epoch == room.epoch and (fell_back or any(map(room.contradicts, missing))):
            self.spawn(self._rotate(room, epoch))
            return
        first = next((m for m in missing if m.lane == "c" and m.seq > room.commerce), None)
        oldest_needed = first.previous if first else commerce
        if epoch == room.epoch and oldest_needed <= room.commerce:
            for message in missing:
                if message.seq > room.seq:
                    room.accept(message)
            return
        was_known = bool(room.epoch)
        room.begin(epoch, seq, commerce)
        if was_known:
            room.attendance.announce_all()
        else:
            room.remember(oldest_needed, missing)
        if room.members:
            room.tell_resync()

    # --- Once a second ------------------------------------------------------------------------
    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self._subscription.keep_alive()
                await self._beat()
            except shards.FAILURES:
                continue
            except Exception:  # presence may stumble; the room goes on
                log.exception("room beat failed")

    async def _beat(self) -> None:
        busy = []
        for room in list(self.rooms.values()):
            room.evict_stalled()
            room.break_silence()
            if room.is_empty() and room.key not in self._added:
                await self._close(room)
                continue
            busy.append((room.keys.meta, room))
        for together in await shards.by_node(busy):
            await self._tell(together)

    async def _tell(self, together: list[Room]) -> None:
        """What is new of rooms that are in one place."""
        told = []
        pipe = shards.aio().pipeline(transaction=False)
        for room in together:
            news, added = room.attendance.take_news(), self._added.pop(room.key, {})
            told.append((room, news, added, room.epoch, room.seq))
            pipe.eval(rooms.BEAT, 5, *_beat_keys(room), *_beat_arguments(news, added))
        try:
            answers = await pipe.execute(raise_on_error=False)
        except shards.FAILURES as error:
            answers = [error] * len(told)
        for (room, news, added, epoch, seq), answer in zip(told, answers, strict=True):
            if isinstance(answer, Exception):
                room.attendance.return_news(news)
                for counter, amount in added.items():
                    self.count(room.key, counter, amount)
            else:
                self._take_beat(room, epoch, seq, answer)

    def _take_beat(self, room: Room, epoch: str, seq: int, answer: list[Any]) -> None:
        epoch_now, seq_now, commerce_now, viewers, flat = answer
        names = [name.decode() for name in flat[::2]]
        counters = dict(zip(names, map(int, flat[1::2]), strict=True)) | {"viewers": viewers}
        counters.pop("peak", None)
        room.tell_counters(counters)
        if epoch_now.decode() != epoch:
            self._sync(room)
        elif seq_now < seq:  # Redis lost its last moments: numbers would be given twice
            self.spawn(self._rotate(room, epoch))
        elif commerce_now > room.commerce:
            self.spawn(self._sync_if_behind(room, commerce_now))

    async def _rotate(self, room: Room, epoch: str) -> None:
        script = shards.aio().register_script(rooms.ROTATE)
        try:
            await script(
                keys=list(room.keys[:4]),
                args=[epoch, rooms.new_epoch(), rooms.KEEP_ROOM_SECONDS],
            )
        except shards.FAILURES:
            return  # the next beat sees it again

    async def _sync_if_behind(self, room: Room, commerce: int) -> None:
        await asyncio.sleep(IN_FLIGHT_SECONDS)
        if room.commerce < commerce and self.rooms.get(room.key) is room:
            self._sync(room)


def _beat_keys(room: Room) -> list[str]:
    names = room.keys
    return [names.meta, names.log, names.chat, names.here, names.counts]


def _beat_arguments(news: News, added: dict[str, int]) -> list[Any]:
    head = [rooms.new_epoch(), rooms.KEEP_ROOM_SECONDS, rooms.KEEP_COUNTERS_SECONDS]
    stays = [STAY_SECONDS, LEAVE_SECONDS]
    people = [len(news.here), *news.here, len(news.left), *news.left]
    return [*head, *stays, *people, *(part for pair in added.items() for part in pair)]


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """This event loop's hub."""
    loop = asyncio.get_running_loop()
    for old in [known for known in _hubs if known.is_closed()]:
        del _hubs[old]
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
