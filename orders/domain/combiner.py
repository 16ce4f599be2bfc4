"""Group commit: whoever waits at the same moment in this process is served by one call.

A thread of its own takes all that waits, first come first served, hands it to `commit` and gives
each waiter its answer when that has returned: never before. Nothing here knows what is committed.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError

logger = logging.getLogger(__name__)

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")

IDLE_SECONDS = 30.0
"""After so long without work the thread ends and gives its database connection back."""


CROWD = 4
GATHER_SECONDS = 0.003
"""After a batch of at least so many, those on their way are let come in: a fuller batch costs less
for each, and nobody who buys alone waits."""


class _Ticket(Generic[Wish, Answer]):
    """One waiter. `answer` or `error` is set before `tell`."""

    __slots__ = ("_untold", "answer", "deadline", "error", "wish")

    def __init__(self, wish: Wish, deadline: float) -> None:
        self.wish = wish
        self.deadline = deadline
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self._untold = threading.Lock()  # told once, awaited once: an Event costs ten times as much
        self._untold.acquire()

    @property
    def is_told(self) -> bool:
        """In the combiner's thread, which alone tells."""
        return self.answer is not None or self.error is not None

    def tell(self) -> None:
        """Wake the waiter. Once."""
        self._untold.release()

    def wait(self, seconds: float) -> bool:
        """True when it was told in time."""
        return self._untold.acquire(timeout=seconds)


class Combiner(Generic[Wish, Answer]):
    """`commit(wishes)` answers each wish, in order, after they are committed together.

    It runs in the combiner's thread, on that thread's own connection. Wishes with the same
    `key_of` never meet in one batch. A batch that fails is split until the wish at fault is
    alone with its error. When the database is away the batch is tried again until its waiters'
    deadlines: `commit` must therefore be idempotent by key.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Wish]], Sequence[Answer]],
        *,
        key_of: Callable[[Wish], Hashable],
        max_batch: int = 256,
        max_waiting: int = 4096,
    ) -> None:
        self._commit = commit
        self._key_of = key_of
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """A forked child has neither the thread nor anybody who waits, and a lock of its own."""
        self._waiting: deque[_Ticket[Wish, Answer]] = deque()
        self._arrived = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def submit(self, wish: Wish, *, timeout: float = 10.0) -> Answer:
        """Wait for the wish to be committed. Raises what `commit` raised for this very wish, or
        DomainError `busy` (503): then it may or may not have been committed, ask again with the
        same key."""
        ticket: _Ticket[Wish, Answer] = _Ticket(wish, time.monotonic() + timeout)
        with self._arrived:
            if len(self._waiting) >= self._max_waiting:
                raise busy()
            self._waiting.append(ticket)
            if self._thread is None or not self._thread.is_alive():
                self._begin()
            self._arrived.notify()
        if not ticket.wait(timeout + 1.0) or ticket.error is not None:
            raise ticket.error or busy()
        assert ticket.answer is not None
        return ticket.answer

    def _begin(self) -> None:
        """Start the thread, under the lock. A machine that has no thread to spare costs the wish
        that asked for it, and the next one asks again."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="combiner", daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:
            self._thread = None
            self._waiting.pop()
            raise busy() from error

    def stop(self) -> None:
        """End the thread once nobody waits, and close its connection. Work starts it again."""
        with self._arrived:
            thread, self._stopping = self._thread, True
            self._arrived.notify()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                try:
                    self._serve(batch)
                except Exception as error:  # a commit that broke its word; the others go on
                    logger.exception("a batch of %d was not answered", len(batch))
                    _fail([ticket for ticket in batch if not ticket.is_told], error)
                if len(batch) >= CROWD:
                    time.sleep(GATHER_SECONDS)
        finally:
            connection.close()

    def _next_batch(self) -> list[_Ticket[Wish, Answer]]:
        """All that waits, up to `max_batch`; empty when the thread should end."""
        with self._arrived:
            if not self._waiting and not self._stopping:
                self._arrived.wait(IDLE_SECONDS)
            if not self._waiting:
                self._thread = None  # under the lock: the next wish starts a new thread
                return []
            batch: list[_Ticket[Wish, Answer]] = []
            keys: set[Hashable] = set()
            repeated: list[_Ticket[Wish, Answer]] = []
            while self._waiting and len(batch) < self._max_batch:
                ticket = self._waiting.popleft()
                key = self._key_of(ticket.wish)
                (repeated if key in keys else batch).append(ticket)
                keys.add(key)
            self._waiting.extendleft(reversed(repeated))
            return batch

    def _serve(self, batch: list[_Ticket[Wish, Answer]]) -> None:
        pause = 0.02
        is_second_look = False
        while batch := self._still_wanted(batch):
            try:
                answers = self._commit([ticket.wish for ticket in batch])
            except (OperationalError, InterfaceError) as error:
                if _connection_works():  # a lock that was not had in time, a cancelled statement
                    if _was_deadlock(error):  # whoever it was with has what they wanted by now
                        logger.warning("a batch of %d waited in a circle, once more", len(batch))
                        continue
                    logger.warning("a batch of %d was refused: %s", len(batch), error)
                    return _fail(batch, busy())
                logger.warning("the database is away, %d wait: %s", len(batch), error)
                time.sleep(pause)
                pause = min(pause * 2, 0.5)
            except Exception as error:
                if len(batch) == 1:
                    if isinstance(error, IntegrityError) and not is_second_look:
                        is_second_look = True  # another process used the same key just now
                        continue
                    return _fail(batch, error)
                half = len(batch) // 2
                self._serve(batch[:half])
                return self._serve(batch[half:])
            else:
                for ticket, answer in zip(batch, answers, strict=True):
                    ticket.answer = answer
                    ticket.tell()
                return None
        return None

    def _still_wanted(self, batch: list[_Ticket[Wish, Answer]]) -> list[_Ticket[Wish, Answer]]:
        now = time.monotonic()
        _fail([ticket for ticket in batch if ticket.deadline <= now], busy())
        return [ticket for ticket in batch if ticket.deadline > now]


def busy() -> DomainError:
    message = _("Very many people are buying right now. Press once more: you never buy twice.")
    return DomainError("busy", message, status=503)


def _fail(batch: Sequence[_Ticket[Wish, Answer]], error: BaseException) -> None:
    for ticket in batch:
        ticket.error = error
        ticket.tell()


def _was_deadlock(error: Exception) -> bool:
    return getattr(error.__cause__, "pgcode", None) == "40P01"


def _connection_works() -> bool:
    """Leaves no dead connection behind: the next use opens a new one."""
    if connection.connection is not None and connection.is_usable():
        return True
    connection.close()
    return False
