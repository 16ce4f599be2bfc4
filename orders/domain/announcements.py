"""Telling the rooms what is left and who has bought.

A hot pool changes hundreds of times a second and a viewer can read a few: each pool's newest
level is told at most every `PAUSE_SECONDS`, and always at last.
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import close_old_connections, connection, transaction

from livecommerce.realtime.publish import publish
from streams.events import StockChanged
from streams.models import Broadcast, ShelfItem

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.1
ROOMS_KNOWN_SECONDS = 2.0
IDLE_SECONDS = 10.0
ON_AIR = (Broadcast.State.LIVE, Broadcast.State.REHEARSING)


@dataclass(frozen=True, slots=True)
class Level:
    """What is left in a pool, in units, as of its `version`."""

    pool_id: int
    available: int
    total: int
    version: int


def announce_stock(levels: Iterable[Level]) -> None:
    """Tell the rooms that show these pools, once the caller's transaction has committed."""
    for level in levels:
        transaction.on_commit(lambda level=level: _announcer.note(level), robust=True)  # type: ignore[misc]


def settle_down() -> None:
    """Return when all that was announced has been told, with the thread's connection closed."""
    _announcer.settle_down()


class _Announcer:
    """One thread a process; it starts with work and ends after `IDLE_SECONDS` without."""

    def __init__(self) -> None:
        self._newest: dict[int, Level] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._hurry = threading.Event()
        self._rooms: dict[int, tuple[float, list[str]]] = {}

    def note(self, level: Level) -> None:
        with self._changed:
            known = self._newest.get(level.pool_id)
            if known is None or known.version < level.version:
                self._newest[level.pool_id] = level
            if self._thread is None or not self._thread.is_alive():
                self._hurry.clear()
                self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def settle_down(self) -> None:
        with self._changed:
            thread = self._thread
            self._hurry.set()
            self._changed.notify()
        if thread is not None:
            thread.join()
        self._rooms.clear()

    def _run(self) -> None:
        try:
            while levels := self._next_levels():
                try:
                    self._tell(levels)
                except Exception:  # the next level, or a fresh snapshot, mends what was missed
                    logger.exception("stock was not announced")
                    close_old_connections()
                self._hurry.wait(PAUSE_SECONDS)
        finally:
            connection.close()

    def _next_levels(self) -> list[Level]:
        with self._changed:
            if not self._newest and not self._hurry.is_set():
                self._changed.wait(IDLE_SECONDS)
            levels, self._newest = list(self._newest.values()), {}
            if not levels:
                self._thread = None
            return levels

    def _tell(self, levels: list[Level]) -> None:
        for level in levels:
            for room in self._rooms_of(level.pool_id):
                event = StockChanged(
                    pool=str(level.pool_id),
                    left=level.available,
                    total=level.total,
                    version=level.version,
                )
                publish(room, event)

    def _rooms_of(self, pool_id: int) -> list[str]:
        at, rooms = self._rooms.get(pool_id, (0.0, []))
        if time.monotonic() - at > ROOMS_KNOWN_SECONDS or not at:
            shows = Broadcast.objects.filter(
                state__in=ON_AIR,
                pk__in=ShelfItem.objects.filter(product__pools=pool_id).values("broadcast"),
            )
            rooms = [show.room for show in shows]
            self._rooms[pool_id] = (time.monotonic(), rooms)
        return rooms


_announcer = _Announcer()
