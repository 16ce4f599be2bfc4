"""A show's run on air: which segment is on, stamped by the clock and in media time.

Each change happens under the lock of the show's row, and a segment's state moves by
compare-and-set. Whoever presses tells what they saw (`seen`: the running segment's id, or None),
so that two presses, or two consoles, are one step.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.transitions import move
from streams.domain import roles
from streams.domain.media_clock import media_ms
from streams.domain.run_of_show_facts import last_done_of, next_of, running_of
from streams.domain.run_of_show_turns import ON_AIR, take_turn, tell
from streams.models import Broadcast, Segment

State = Segment.State
UNSTAMPED = {"started_at": None, "ended_at": None, "media_start_ms": None, "media_end_ms": None}


def next_segment(*, broadcast: Broadcast, by: User, seen: int | None) -> bool:
    """End what is on and start the next one; after the last one nothing is on.

    False, and nothing happens, if something else than `seen` is on already. Raises DomainError:
    not_your_show (403), not_live, show_over (409).
    """
    roles.require_run(by, broadcast)
    at_ms = media_ms(broadcast)
    with transaction.atomic():
        rows = take_turn(broadcast, ON_AIR)
        if _pk(running_of(rows)) != seen:
            return False
        changed = _go_to(next_of(rows), rows, at_ms)
        if changed:
            tell(broadcast)
    return changed


def start_segment(*, segment: Segment, by: User) -> bool:
    """Go to one that is still to come, wherever it stands. Twice is once.

    Raises DomainError: not_your_show (403), not_live, show_over, segment_done (409).
    """
    broadcast = segment.broadcast
    roles.require_run(by, broadcast)
    at_ms = media_ms(broadcast)
    with transaction.atomic():
        rows = take_turn(broadcast, ON_AIR)
        segment.refresh_from_db(fields=["state"])
        if segment.state == State.RUNNING:
            return False
        if segment.state == State.DONE:
            message = _("It was on already. Go one step back, or add it once more.")
            raise DomainError("segment_done", message, status=409)
        _go_to(segment, rows, at_ms)
        tell(broadcast)
    return True


def step_back(*, broadcast: Broadcast, by: User, seen: int | None) -> bool:
    """Undo the last step: what is on is to come again, and what was on before goes on as if it
    had not ended. Otherwise as `next_segment`."""
    roles.require_run(by, broadcast)
    with transaction.atomic():
        rows = take_turn(broadcast, ON_AIR)
        running, before = running_of(rows), last_done_of(rows)
        if _pk(running) != seen or (running is None and before is None):
            return False
        if running is not None:
            move(running, "state", State.RUNNING, State.PLANNED, **UNSTAMPED)
        if before is not None:
            move(before, "state", State.DONE, State.RUNNING, ended_at=None, media_end_ms=None)
        tell(broadcast)
    return True


def begin_run(*, broadcast: Broadcast, at_ms: int | None) -> None:
    """Start the first segment, inside the transaction in which the show (or a rehearsal) begins."""
    rows = take_turn(broadcast, ON_AIR)
    if rows:
        _go_to(rows[0], rows, at_ms)
        tell(broadcast)


def close_run(*, broadcast: Broadcast, at_ms: int | None) -> None:
    """End what is on with its show, inside the transaction that ends the show."""
    running = Segment.objects.filter(broadcast=broadcast, state=State.RUNNING)
    if running.update(state=State.DONE, ended_at=timezone.now(), media_end_ms=at_ms):
        tell(broadcast)


def _go_to(segment: Segment | None, rows: Sequence[Segment], at_ms: int | None) -> bool:
    now = timezone.now()
    running = running_of(rows)
    if running is not None:
        _end(running, now, at_ms)
    if segment is None:
        return running is not None
    return move(
        segment, "state", State.PLANNED, State.RUNNING, started_at=now, media_start_ms=at_ms
    )


def _end(segment: Segment, now: datetime, at_ms: int | None) -> None:
    move(segment, "state", State.RUNNING, State.DONE, ended_at=now, media_end_ms=at_ms)


def _pk(segment: Segment | None) -> int | None:
    return segment.pk if segment else None
