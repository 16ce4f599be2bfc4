"""The life of a show: scheduled → live → ended, or cancelled. A rehearsal can only be ended.

Each step is one conditional UPDATE that also grows `state_version`; what everyone is told is
read back under that row lock, so versions and facts never cross.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.publish import publish
from livecommerce.transitions import move
from streams.domain import engine, pins, roles, run_of_show, show_approval, snapshot
from streams.domain.media_clock import media_ms
from streams.events import Announced, ShowStateChanged
from streams.models import Broadcast

State = Broadcast.State
BEFORE = (State.SCHEDULED,)
ON_AIR = (State.LIVE, State.REHEARSING)
HOST_GONE_AFTER = timedelta(minutes=30)
"""A live show whose host has been away so long is ended."""
LONGEST_ANNOUNCEMENT = 120
LONGEST_SLOW_MODE = 120


def go_live(*, broadcast: Broadcast, by: User) -> None:
    """Open the show to the public. Doing it twice is the same as once.

    Raises DomainError: not_your_show (403), rehearsal, show_not_approved, show_over or
    host_already_live (409).
    """
    roles.require_run(by, broadcast)
    if broadcast.is_rehearsal:
        raise DomainError(
            "rehearsal",
            _("A rehearsal never goes live. Open the show itself and go live there."),
            status=409,
        )
    show_approval.require_approved(broadcast)
    at_ms = media_ms(broadcast)
    try:
        with transaction.atomic():
            moved = _move(broadcast, BEFORE, State.LIVE, started_at=timezone.now())
            if moved:
                run_of_show.begin_run(broadcast=broadcast, at_ms=at_ms)
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        if getattr(diagnostics, "constraint_name", "") == "show_not_approved":
            raise show_approval.not_approved() from error
        raise DomainError(
            "host_already_live",
            _("Another show of this host is still live. End it first."),
            status=409,
        ) from error
    if not moved and not broadcast.is_live:
        raise DomainError("show_over", _("This show has ended."), status=409)


def end_show(*, broadcast: Broadcast, by: User | None) -> None:
    """Close the show and every open explanation; `by` is None for the time-out's sweep.

    Raises DomainError: not_moderator (403), not_live (409). Ending an ended show does nothing.
    """
    if by is not None:
        roles.require_end(by, broadcast)
    at_ms = media_ms(broadcast)
    with transaction.atomic():
        ended = _move(broadcast, ON_AIR, State.ENDED, ended_at=timezone.now())
        if ended:
            pins.close_all(broadcast=broadcast, at_ms=at_ms)
            run_of_show.close_run(broadcast=broadcast, at_ms=at_ms)
    if ended:
        engine.disconnect(broadcast)
    elif not broadcast.is_over:
        raise DomainError("not_live", _("This show is not live."), status=409)


def cancel_show(*, broadcast: Broadcast, by: User) -> None:
    """Call a show off before it was live: its host, their assistants, or the region's curator.

    Raises DomainError: not_your_show (403), too_late_to_cancel (409).
    """
    if not roles.standing_of(by, broadcast).may_cancel:
        roles.require_run(by, broadcast)
    with transaction.atomic():
        cancelled = _move(broadcast, BEFORE, State.CANCELLED)
    if not cancelled and broadcast.state != State.CANCELLED:
        raise DomainError(
            "too_late_to_cancel", _("The show has begun; it can only be ended."), status=409
        )


def end_abandoned() -> int:
    """End the live shows whose host has been gone for too long; returns how many."""
    limit = timezone.now() - HOST_GONE_AFTER
    live = Broadcast.objects.live().select_related("host").filter(started_at__lt=limit)
    gone = [show for show in live if not show.is_host_online and _gone_since(show) < limit]
    for show in gone:
        end_show(broadcast=show, by=None)
    return len(gone)


def _gone_since(show: Broadcast) -> datetime:
    return show.host_offline_at or show.started_at or show.scheduled_at


def announce(*, broadcast: Broadcast, by: User, text: str) -> None:
    """Show one line above the chat (empty: take it away). Raises DomainError 403 / 422."""
    roles.require_run(by, broadcast)
    line = " ".join(text.split())
    if len(line) > LONGEST_ANNOUNCEMENT:
        raise DomainError(
            "too_long",
            _("At most %(count)s characters, please.") % {"count": LONGEST_ANNOUNCEMENT},
        )
    _change(broadcast, announcement=line)


def declare_source(*, broadcast: Broadcast, by: User, source: str) -> None:
    """Say where the picture comes from; viewers see it at once. DomainError 403 / 422."""
    roles.require_run(by, broadcast)
    if source not in Broadcast.PictureSource:
        raise DomainError("bad_source", _("Choose where the picture comes from."))
    before = broadcast.picture_source
    if source == before:
        return
    with transaction.atomic():
        _change(broadcast, picture_source=source)
        audit.record(
            actor=by,
            action="streams.declare_source",
            subject=broadcast,
            before={"picture_source": before},
            after={"picture_source": source},
        )


def set_slow_mode(*, broadcast: Broadcast, by: User, seconds: int) -> None:
    """Let each viewer speak once in so many seconds (0–120; 0 is off). DomainError 403 / 422."""
    roles.require_moderate(by, broadcast)
    if not 0 <= seconds <= LONGEST_SLOW_MODE:
        raise DomainError("bad_slow_mode", _("Choose between 0 and 120 seconds."))
    _change(broadcast, slow_mode_seconds=seconds)


def _change(broadcast: Broadcast, **values: object) -> None:
    with transaction.atomic():
        row = Broadcast.objects.filter(pk=broadcast.pk)
        row.update(state_version=F("state_version") + 1, **values)
        broadcast.refresh_from_db()
        publish(broadcast.room, Announced(show=snapshot.show_facts(broadcast)))


def _move(broadcast: Broadcast, from_: tuple[str, ...], to: str, **updates: object) -> bool:
    """Inside a transaction: move, then tell the room. The instance is fresh afterwards."""
    moved = move(broadcast, "state", from_, to, state_version=F("state_version") + 1, **updates)
    broadcast.refresh_from_db()
    if moved:
        publish(broadcast.room, ShowStateChanged(show=snapshot.show_facts(broadcast)))
    return moved
