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

from redis.exceptions import RedisError

from livecommerce import redis_client
from livecommerce.realtime import rooms

log = logging.getLogger(__name__)

MAX_WAITING = 1000
"""Events a room."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4
"""Seconds between tries. Short even when Redis is long away: viewers want the stock within a
second of its return, and one refused connection in 0.4 s costs nothing."""
AWAY_SECONDS = 0.5
"""After a failure, chat is refused this long without asking Redis again."""

_lock = threading.Lock()
_waiting: dict[str, deque[list[Any]]] = {}
_resync: set[str] = set()
_thread: threading.Thread | None = None
_away_until = 0.0


def is_waiting(room: str) -> bool:
    """True while events of this room wait; a new one must queue behind them."""
    return room in _waiting or room in _resync


def redis_is_away() -> bool:
    """True for a moment after a failure, so that nobody else waits for a time-out."""
    return time.monotonic() < _away_until


def note_failure() -> None:
    """Redis just failed somebody."""
    global _away_until
    _away_until = time.monotonic() + AWAY_SECONDS


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
    global _thread, _away_until
    pause = FIRST_PAUSE
    while True:
        try:
            _send_waiting()
        except RedisError as error:
            if pause == FIRST_PAUSE:
                log.warning("commerce events wait for Redis: %s", error)
            note_failure()
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        with _lock:
            if not _waiting and not _resync:
                _away_until = 0.0
                _thread = None
                return


def _send_waiting() -> None:
    client = redis_client.sync()
    publish, rotate = client.register_script(rooms.PUBLISH), client.register_script(rooms.ROTATE)
    for room in list(_resync):
        names = list(rooms.keys(room)[:4])
        rotate(keys=names, args=["", rooms.new_epoch(), rooms.KEEP_ROOM_SECONDS])
        with _lock:
            _resync.discard(room)
    for room, queue in list(_waiting.items()):
        while queue:
            publish(keys=list(rooms.keys(room)[:4]), args=queue[0])
            queue.popleft()
        with _lock:
            if not queue:
                _waiting.pop(room, None)
