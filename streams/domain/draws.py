"""A lucky draw on air: opened with a commitment, closed at its time, drawn by arithmetic.

Nothing here chooses anybody. The host opens; the clock closes; the order of the entries follows
from the revealed seed, the list and the public number (draw_proof.py), and the database computes
it again before it takes a winner. There is no way to close early, to draw twice, to call off or
to leave somebody out, in the code or in the admin. Where a step was missed (worker down, relay
away), the sweep takes it later: nothing depends on when.
"""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.transitions import move
from streams.domain import (
    draw_beacon,
    draw_events,
    draw_prizes,
    draw_proof,
    draw_seal,
    roles,
)
from streams.domain.draw_beacon import PublicNumber
from streams.domain.draw_refusals import explain
from streams.domain.media_clock import media_ms
from streams.models import Broadcast, Draw, DrawEntry

logger = logging.getLogger(__name__)

State = Draw.State
SWEEP_SECONDS = 1.0
TELL_ENTRIES_SECONDS = 2.0
LEAD = timedelta(seconds=5)
"""Between the commitment and the first entry: everyone who is here has it by then."""
_ASK_EVERY, _ASK_LATER_EVERY, _ASK_OFTEN_FOR = 3, 60, timedelta(minutes=5)


def open_draw(*, draw: Draw, by: User) -> None:
    """Commit to a seed, tell the room, and take entries LEAD later for `entry_seconds`. Opening
    what is open does nothing.

    Raises DomainError: not_your_show (403), not_live, one_open_draw_a_show, draw_state (409).
    """
    broadcast = draw.broadcast
    roles.require_draw(by, broadcast)
    at_ms = media_ms(broadcast)
    seed = draw_seal.new_seed()
    try:
        with transaction.atomic():
            Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
            _refresh(draw)
            if draw.is_started:
                return
            if not draw.broadcast.is_on_air:
                raise DomainError("not_live", _("This show is not live."), status=409)
            _open(draw, by=by, at_ms=at_ms, seed=seed)
    except IntegrityError as error:
        _refresh(draw)
        raise explain(error) from error


def _open(draw: Draw, *, by: User, at_ms: int | None, seed: str) -> None:
    now = timezone.now()
    opens_at = now + LEAD
    closes_at = opens_at + timedelta(seconds=draw.entry_seconds)
    moved = move(
        draw,
        "state",
        State.PLANNED,
        State.OPEN,
        opened_by=by,
        announced_at=now,
        opens_at=opens_at,
        closes_at=closes_at,
        seed_hash=draw_seal.commitment_to(seed),
        seed_sealed=draw_seal.seal(seed),
        beacon_round=draw_beacon.round_after(closes_at) if draw_beacon.is_used() else None,
        media_start_ms=at_ms,
        version=1,
    )
    if not moved:
        raise DomainError("draw_state", _("This draw was taken back."), status=409)
    draw_events.tell(draw)
    draw_events.say_opened(draw)


def open_next(*, broadcast: Broadcast, by: User) -> Draw:
    """Open the draw that was prepared first. Raises DomainError: draw_none (409), and the above."""
    roles.require_draw(by, broadcast)
    draws = Draw.objects.filter(broadcast=broadcast).select_related(*_RELATED)
    draw = draws.filter(state=State.PLANNED).order_by("planned_at", "pk").first()
    if draw is None:
        raise DomainError("draw_none", _("Prepare a draw first."), status=409)
    open_draw(draw=draw, by=by)
    return draw


def run_due() -> int:
    """Close what is over and draw what is closed; how many steps were taken. Run each second."""
    moved = 0
    now = timezone.now()
    due = Draw.objects.filter(state__in=[State.OPEN, State.CLOSED], closes_at__lte=now)
    for draw in due.select_related(*_RELATED):
        try:
            moved += _close(draw) if draw.state == State.OPEN else 0
            moved += _draw(draw) if draw.state == State.CLOSED else 0
        except Exception:  # one that cannot go on must not hold up the others
            logger.exception("draw %s could not go on", draw.pk)
    return moved


def _close(draw: Draw) -> bool:
    """The database works the list's hash out; the room has it before the public number exists."""
    with transaction.atomic():
        Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)
        if not move(draw, "state", State.OPEN, State.CLOSED, version=F("version") + 1):
            _refresh(draw)
            return False
        _refresh(draw)
        draw_events.tell(draw)
    return True


def _draw(draw: Draw) -> bool:
    """Reveal, and write down whoever the arithmetic names."""
    number = PublicNumber("", "")
    if draw.beacon_round is not None:
        told = _public_number(draw)
        if told is None:
            return False
        number = told
    seed = draw_seal.unseal(draw.seed_sealed)
    at_ms = media_ms(draw.broadcast)
    with transaction.atomic():
        revealed = {
            "seed": seed,
            "beacon_value": number.value,
            "beacon_signature": number.signature,
            "media_end_ms": at_ms,
            "version": F("version") + 1,
        }
        if not move(draw, "state", State.CLOSED, State.DRAWN, **revealed):
            return False
        _refresh(draw)
        _write_winners(draw)
        draw_events.tell(draw)
        draw_events.say_drawn(draw)
    return True


def _write_winners(draw: Draw) -> None:
    entries = dict(DrawEntry.objects.filter(draw=draw).values_list("mark", "pk"))
    order = draw_proof.order_of(draw, entries, seed=draw.seed, beacon=draw.beacon_value)
    for rank, mark in enumerate(order[: draw.places], start=1):
        draw_prizes.name_winner(draw=draw, entry_id=entries[mark], rank=rank)


def _public_number(draw: Draw) -> PublicNumber | None:
    """None until its time, and while the relay cannot be reached: it is kept there for good."""
    assert draw.beacon_round is not None
    late = timezone.now() - draw_beacon.time_of(draw.beacon_round)
    if late < timedelta(seconds=1):
        return None
    pause = _ASK_EVERY if late < _ASK_OFTEN_FOR else _ASK_LATER_EVERY
    if not ratelimit.allow(f"beacon:{draw.pk}", rate=1, per=pause):
        return None
    return draw_beacon.fetch(draw.beacon_round)


def tell_entries() -> int:
    """Tell rooms how many have entered by now, together; how many rooms were told."""
    told = 0
    for draw in Draw.objects.filter(state=State.OPEN).select_related("broadcast"):
        count = draw.entries.count()
        row = Draw.objects.filter(pk=draw.pk, state=State.OPEN, version=draw.version)
        if count == draw.told_entries:
            continue
        with transaction.atomic():
            if row.update(told_entries=count, version=F("version") + 1):
                draw.refresh_from_db(fields=["told_entries", "version"])
                draw_events.tell(draw)
                told += 1
    return told


_RELATED = ("broadcast__host__user", "broadcast__region")


def find(public_id: str) -> Draw:
    """Raises DomainError `no_such_draw` (404), also for one that was never opened."""
    draws = Draw.objects.select_related(*_RELATED).filter(state__in=Draw.STARTED)
    draw = draws.filter(public_id=public_id).first()
    if draw is None:
        raise DomainError("no_such_draw", _("This draw is not here."), status=404)
    return draw


def _refresh(draw: Draw) -> None:
    draw.refresh_from_db(from_queryset=Draw.objects.select_related(*_RELATED))
