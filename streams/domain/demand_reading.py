"""Answers to the public, read out in the office's next show and stamped with its media time."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.publish import publish
from streams.domain import demand_facts, media_clock, roles
from streams.domain.demand_states import advance
from streams.domain.replay_timeline import Timeline
from streams.events import AnswerRead
from streams.models import Broadcast, Demand, DemandReading, Replay

State = Demand.State
MOST_ON_PANEL = 20


def to_read(broadcast: Broadcast) -> QuerySet[Demand]:
    """What this show's host has answered and not read yet, the oldest first."""
    if broadcast.is_rehearsal or broadcast.is_over:
        return Demand.objects.none()
    read = DemandReading.objects.filter(demand=OuterRef("pk"), is_slip=False)
    rows = Demand.objects.filter(~Exists(read), state=State.ANSWERED, official=broadcast.host_id)
    return rows.order_by("answered_at", "pk")[:MOST_ON_PANEL]


def on_air(broadcast: Broadcast) -> DemandReading | None:
    rows = DemandReading.objects.filter(broadcast=broadcast, ended_at=None)
    return rows.select_related(*demand_facts.OF_READING).first()


def begin(*, broadcast: Broadcast, demand_id: int, by: User) -> DemandReading:
    """Read it now: the room sees question and answer. What was read before it is through. Twice
    is once.

    Raises DomainError: not_your_show (403), no_such_answer (404), not_live, already_read (409).
    """
    roles.require_run(by, broadcast)
    if not broadcast.is_live:
        raise DomainError("not_live", _("This show is not live."), status=409)
    demand = _own(broadcast, demand_id)
    media_ms = media_clock.media_ms(broadcast)
    with transaction.atomic():
        Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
        known = DemandReading.objects.filter(demand=demand, is_slip=False).first()
        if known is not None and known.broadcast_id == broadcast.pk and known.ended_at is None:
            return known
        if known is not None or demand.state != State.ANSWERED:
            raise DomainError("already_read", _("This answer has been read."), status=409)
        current = on_air(broadcast)
        if current is not None:
            _end(current, by, media_ms)
        reading = DemandReading.objects.create(
            demand=demand, broadcast=broadcast, media_start_ms=media_ms
        )
        _tell(broadcast, reading)
    return reading


def finish(*, broadcast: Broadcast, demand_id: int, by: User) -> None:
    """It was read; the board links to the moment. Twice is once.

    Raises DomainError: not_your_show (403), no_such_answer (404).
    """
    roles.require_run(by, broadcast)
    reading = _reading(broadcast, demand_id)
    media_ms = media_clock.media_ms(broadcast)
    with transaction.atomic():
        Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
        reading.refresh_from_db()
        if reading.ended_at is None:
            _end(reading, by, media_ms)


def take_back(*, broadcast: Broadcast, demand_id: int, by: User) -> None:
    """A slip: it is to be read later, or in another show. Raises DomainError as `finish`, and
    already_read (409)."""
    roles.require_run(by, broadcast)
    reading = _reading(broadcast, demand_id)
    with transaction.atomic():
        Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
        open_ = DemandReading.objects.filter(pk=reading.pk, ended_at=None)
        if not open_.update(is_slip=True, ended_at=timezone.now()):
            raise DomainError("already_read", _("This answer has been read."), status=409)
        reading.refresh_from_db(fields=["is_slip", "ended_at"])
        _tell(broadcast, reading)


def close_abandoned() -> int:
    """Shows that ended in the middle of an answer: it counts as read. Returns how many."""
    rows = DemandReading.objects.filter(
        ended_at=None, broadcast__state__in=[Broadcast.State.ENDED, Broadcast.State.READY]
    ).select_related("broadcast", *demand_facts.OF_READING)
    return sum(_close(reading) for reading in rows)


def _close(reading: DemandReading) -> bool:
    with transaction.atomic():
        locked = DemandReading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
        if locked.ended_at is not None:
            return False
        _end(reading, None, None)
    return True


def moment_of(demand: Demand) -> tuple[Broadcast, int] | None:
    """The show and the second of its public replay at which the answer is read."""
    rows = DemandReading.objects.filter(demand=demand, is_slip=False)
    reading = rows.select_related("broadcast").first()
    if reading is None:
        return None
    replay = Replay.objects.filter(
        broadcast=reading.broadcast_id, state=Replay.State.READY, is_public=True
    ).first()
    if replay is None or reading.broadcast.state != Broadcast.State.READY:
        return None
    at = Timeline.of(replay).of_stamp(reading.media_start_ms, reading.began_at)
    return reading.broadcast, at // 1000


def _own(broadcast: Broadcast, demand_id: int) -> Demand:
    rows = Demand.objects.filter(pk=demand_id, official=broadcast.host_id)
    demand = rows.filter(state__in=Demand.WITH_ANSWER).first()
    if demand is None:
        raise _unknown()
    return demand


def _reading(broadcast: Broadcast, demand_id: int) -> DemandReading:
    rows = DemandReading.objects.filter(broadcast=broadcast, demand=demand_id, is_slip=False)
    reading = rows.select_related("broadcast", *demand_facts.OF_READING).first()
    if reading is None:
        raise _unknown()
    return reading


def _end(reading: DemandReading, by: User | None, media_ms: int | None) -> None:
    now = timezone.now()
    reading.ended_at, reading.media_end_ms = now, media_ms
    reading.save(update_fields=["ended_at", "media_end_ms"])
    advance(reading.demand, State.TOLD, by=by, told_at=now)
    _tell(reading.broadcast, reading)


def _tell(broadcast: Broadcast, reading: DemandReading) -> None:
    publish(broadcast.room, AnswerRead(answer=demand_facts.facts(reading)))


def _unknown() -> DomainError:
    return DomainError("no_such_answer", _("There is no such answer to read."), status=404)
