"""Commerce events that Redis could not take, kept in memory and retried by one thread.

Bounded: a room with more than MAX_WAITING events waiting is told to fetch a fresh snapshot
instead, which says the same. The events are a fast path in any case: the rows are the truth,
and a process that dies with events waiting leaves clients who are mended by the next event's
version, the next reconnect or the new epoch of a restarted Redis.
"""

import logging
import threading
import time
from collections import deque
from typing import Any

from redis.exceptions import ResponseError

from livecommerce import redis_client
from livecommerce.realtime import rooms, shards

log = logging.getLogger(__name__)

MAX_WAITING = 1000
"""Events a room."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4
"""Seconds between tries. Short even when Redis is long away: viewers want the stock within a
second of its return, and one refused connection in 0.4 s costs nothing."""

_lock = threading.Lock()
_waiting: dict[str, deque[list[Any]]] = {}
_resync: set[str] = set()
_thread: threading.Thread | None = None


def must_wait(room: str) -> bool:
    """True while Redis is away or events wait for it: nobody else need find out by a time-out.
    In a cluster only this room's own events count: the others' node may be well."""
    if shards.is_cluster():
        return room in _waiting or room in _resync
    return redis_client.is_away() or bool(_waiting or _resync)


def keep(room: str, arguments: list[Any]) -> None:
    """Keep one event (publish.lua's ARGV) until Redis takes it."""
    with _lock:
        if room in _resync:
            return
        queue = _waiting.setdefault(room, deque())
        if len(queue) < MAX_WAITING:
            queue.append(arguments)
        else:
            del _waiting[room]
            _resync.add(room)
            log.error("room %s: %d events waited for Redis; it will resync", room, MAX_WAITING)
        _start()


def keep_resync(room: str) -> None:
    """Begin a new epoch of the room as soon as Redis is back; that replaces what waits."""
    with _lock:
        _waiting.pop(room, None)
        _resync.add(room)
        _start()


def _start() -> None:
    global _thread
    if _thread is None or not _thread.is_alive():
        _thread = threading.Thread(target=_drain, name="room-events-retry", daemon=True)
        _thread.start()


def _drain() -> None:
    global _thread
    pause = FIRST_PAUSE
    while True:
        try:
            _send_waiting()
        except shards.FAILURES as error:
            if pause == FIRST_PAUSE:
                log.warning("commerce events wait for Redis: %s", error)
            shards.note_failure()
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        with _lock:
            if not _waiting and not _resync:
                redis_client.note_success()
                _thread = None
                return


def _send_waiting() -> None:
    """Raises the last RedisError after every room has had its turn."""
    failed: Exception | None = None
    for send, waiting in ((_rotate, list(_resync)), (_empty, list(_waiting))):
        for room in waiting:
            try:
                send(room)
            except shards.FAILURES as error:
                failed = error
                if not shards.is_cluster():
                    raise
    if failed is not None:
        raise failed


def _rotate(room: str) -> None:
    _try(rooms.ROTATE, room, ["", rooms.new_epoch(), rooms.KEEP_ROOM_SECONDS])
    with _lock:
        _resync.discard(room)


def _empty(room: str) -> None:
    queue = _waiting.get(room, deque())
    while queue:
        _try(rooms.PUBLISH, room, queue[0])
        queue.popleft()
    with _lock:
        if not queue and _waiting.get(room) is queue:
            del _waiting[room]


def _try(script: str, room: str, arguments: list[Any]) -> None:
    """Raises RedisError if it is worth trying again."""
    keys = list(rooms.keys(room)[:4])
    try:
        shards.sync().register_script(script)(keys=keys, args=arguments)
    except shards.FAILURES as error:
        if type(error) is not ResponseError:
            raise
        log.exception("room %s: Redis will never take this event", room)  # nor hold up the others
