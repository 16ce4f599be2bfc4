"""Telling a room what happened.

Called only from `domain/` modules. Nothing here raises into the caller's business: a commerce
event that Redis cannot take now is kept and retried (`retry.py`); a chat line is refused, so
that its sender can be told to try again.
"""

from typing import Any

from django.db import transaction

from livecommerce.realtime import retry, rooms, shards
from livecommerce.realtime.events import Event, Lane, serialise
from livecommerce.realtime.rooms import Position


def publish(room: str, event: Event, *, sender: str = "-", keep: bool = False) -> None:
    """Announce `event` to everyone in `room` once the current transaction has committed.

    Outside a transaction that is at once. `sender` is the person key of a chat line's author, who
    always sees it (of a private event: the one person it is for); `keep` exempts a chat line (of
    the host, a moderator, a buyer) from thinning out.
    """
    arguments = _arguments(room, event, sender, keep)
    transaction.on_commit(lambda: _send_or_keep(room, event.lane, arguments), robust=True)


def try_publish(room: str, event: Event, *, sender: str = "-", keep: bool = False) -> bool:
    """Announce at once; False if Redis is away and the sender should be told to retry."""
    return _send(room, _arguments(room, event, sender, keep))


async def apublish(room: str, event: Event, *, sender: str = "-", keep: bool = False) -> None:
    """As `publish`, at once, for coroutines (there is no transaction to wait for)."""
    arguments = _arguments(room, event, sender, keep)
    if not await _asend(room, arguments) and event.lane is Lane.COMMERCE:
        retry.keep(room, arguments)


async def atry_publish(room: str, event: Event, *, sender: str = "-", keep: bool = False) -> bool:
    """As `try_publish`, for coroutines."""
    return await _asend(room, _arguments(room, event, sender, keep))


def bump(room: str, **counters: int) -> None:
    """Add to a room's counters (likes=3). The hubs tell the sum within a second; may be lost."""

    def add() -> None:
        name = rooms.keys(room).counts
        try:
            pipe = shards.sync().pipeline(transaction=False)
            for counter, amount in counters.items():
                pipe.hincrby(name, counter, amount)
            pipe.expire(name, rooms.KEEP_COUNTERS_SECONDS)
            pipe.execute()
        except shards.FAILURES:
            return

    transaction.on_commit(add, robust=True)


def position(room: str) -> Position:
    """Where the room stands. Ask *before* reading the database for a snapshot: the events after
    this point then carry the client from that snapshot to now. ("", 0) if Redis is away."""
    names = rooms.keys(room)
    try:
        epoch, seq, *_ = _script(rooms.READ)(
            keys=[names.meta, names.log, names.chat],
            args=[rooms.new_epoch(), rooms.KEEP_ROOM_SECONDS, -1, -1],
        )
    except shards.FAILURES:
        return Position("", 0)
    return Position(epoch.decode(), int(seq))


def resync(room: str) -> None:
    """Make every client of the room fetch a fresh snapshot. For changes that no event covers."""

    def rotate() -> None:
        if not rotate_epoch(room):
            retry.keep_resync(room)

    transaction.on_commit(rotate, robust=True)


def rotate_epoch(room: str) -> bool:
    """Begin a new epoch now; False if Redis is away."""
    names = rooms.keys(room)
    try:
        _script(rooms.ROTATE)(
            keys=[names.meta, names.log, names.chat, names.channel],
            args=["", rooms.new_epoch(), rooms.KEEP_ROOM_SECONDS],
        )
    except shards.FAILURES:
        return False
    return True


def _arguments(room: str, event: Event, sender: str, keep: bool) -> list[Any]:
    lane = "k" if keep and event.lane is Lane.CHAT else event.lane.value
    return [
        lane,
        sender or "-",
        serialise(event),
        rooms.new_epoch(),
        rooms.LOG_LENGTH,
        rooms.CHAT_LENGTH,
        rooms.KEEP_ROOM_SECONDS,
        rooms.KEEP_CHAT_SECONDS,
        rooms.CHAT_LINES_SHOWN_PER_SECOND,
    ]


def _send_or_keep(room: str, lane: Lane, arguments: list[Any]) -> None:
    if lane is not Lane.COMMERCE:
        _send(room, arguments)
    elif not _send(room, arguments):
        retry.keep(room, arguments)


def _send(room: str, arguments: list[Any]) -> bool:
    if retry.must_wait(room):
        return False
    try:
        _script(rooms.PUBLISH)(keys=list(rooms.keys(room)[:4]), args=arguments)
    except shards.FAILURES:
        shards.note_failure()
        return False
    return True


async def _asend(room: str, arguments: list[Any]) -> bool:
    if retry.must_wait(room):
        return False
    script = shards.aio().register_script(rooms.PUBLISH)
    try:
        await script(keys=list(rooms.keys(room)[:4]), args=arguments)
    except shards.FAILURES:
        shards.note_failure()
        return False
    return True


def _script(text: str) -> Any:
    return shards.sync().register_script(text)
