"""Rehearsals: a show tried out as if it were live, for those who were invited.

A rehearsal is a broadcast beside the show, with the show's shelf and run. It is not the show
before its time: it ends as a rehearsal, and the show goes live by its own deed. What keeps it
apart is in the database (`Broadcast`, `RehearsalOrder`): see docs/rehearsal.md.
"""

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.realtime.revocation import revoke
from officials.domain.hosting import find_person
from streams.domain import draw_plans, rehearsal_draws, rehearsal_flash, roles, run_of_show
from streams.models import Broadcast, Rehearsal, RehearsalGuest, ScriptClearance, Segment, ShelfItem
from streams.models.broadcasts import REHEARSAL_MARK, is_rehearsal_id

MOST_GUESTS = 30
PREFIX_ZH, PREFIX_EN = "【彩排】", "[Rehearsal] "
"""Part of the stored title: wherever it turns up, it says what it is."""


def may_enter(user: User | AnonymousUser | None, broadcast: Broadcast) -> bool:
    """Anyone into a show; into a rehearsal those who make the show, its curators and guests."""
    if not broadcast.is_rehearsal:
        return True
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    standing = roles.standing_of(user, broadcast)
    if standing.may_see_console or standing.is_curator:
        return True
    return RehearsalGuest.objects.filter(show=broadcast.rehearsal_of_id, user=user).exists()


def require_entry(user: User | AnonymousUser | None, public_id: str) -> None:
    """Raise DomainError `no_such_show` (404) for whoever was not invited. A show costs nothing:
    its name says that it is none."""
    if not is_rehearsal_id(public_id):
        return
    broadcast = Broadcast.objects.select_related("host").filter(public_id=public_id).first()
    if broadcast is None or not may_enter(user, broadcast):
        raise no_such_show()


def no_such_show() -> DomainError:
    return DomainError("no_such_show", _("There is no such show."), status=404)


def running_of(show: Broadcast) -> Broadcast | None:
    """The show's rehearsal that is on."""
    return show.rehearsals.filter(state=Broadcast.State.REHEARSING).first()


def open_rehearsal(*, show: Broadcast, by: User, crowd: int = Rehearsal.Crowd.SMALL) -> Broadcast:
    """Begin to rehearse a planned show; the one that is on, if there is one.

    Raises DomainError: no_such_show (404), not_your_part (403), nothing_to_rehearse (409),
    bad_crowd (422).
    """
    roles.require_console(by, show, "may_run")
    _require_crowd(crowd)
    if show.is_rehearsal or show.state != Broadcast.State.SCHEDULED:
        raise DomainError(
            "nothing_to_rehearse",
            _("Only a show that is still to come can be rehearsed."),
            status=409,
        )
    try:
        with transaction.atomic():
            draw_plans.hold_plans(show)
            rehearsal = _make(show)
            Rehearsal.objects.create(broadcast=rehearsal, opened_by=by, crowd=crowd)
            rehearsal_draws.copy_prepared(show=show, rehearsal=rehearsal, by=by)
            rehearsal_flash.copy_plans(show=show, rehearsal=rehearsal)
            for guest in guests_of(show):
                _tell(guest.user, rehearsal)
            run_of_show.begin_run(broadcast=rehearsal, at_ms=None)
    except IntegrityError:
        running = running_of(show)
        if running is None:
            raise
        return running
    return rehearsal


def set_crowd(*, broadcast: Broadcast, by: User, crowd: int) -> None:
    """Play a bigger or smaller crowd. Raises DomainError as `open_rehearsal`, not_on (409)."""
    roles.require_console(by, broadcast, "may_run")
    _require_crowd(crowd)
    on = Rehearsal.objects.filter(broadcast=broadcast, broadcast__state=Broadcast.State.REHEARSING)
    if not on.update(crowd=crowd):
        raise DomainError("not_on", _("This rehearsal is over."), status=409)


def _require_crowd(crowd: int) -> None:
    if crowd not in Rehearsal.Crowd.values:
        raise DomainError("bad_crowd", _("Choose one of the crowds in the list."))


def invite(*, show: Broadcast, by: User, email: str) -> RehearsalGuest:
    """Let somebody see the rehearsals of this show; twice is once.

    Raises DomainError: no_such_show (404), not_your_part (403), no_such_person, too_many_guests
    (422).
    """
    roles.require_console(by, show, "may_run")
    person = find_person(email)
    guests = RehearsalGuest.objects.filter(show=show)
    if guests.exclude(user=person).count() >= MOST_GUESTS:
        raise DomainError(
            "too_many_guests",
            _("%(number)s guests are the most. Remove one first.") % {"number": MOST_GUESTS},
        )
    guest, _is_new = guests.get_or_create(show=show, user=person, defaults={"invited_by": by})
    running = running_of(show)
    if running is not None:
        _tell(person, running)
    return guest


def uninvite(*, show: Broadcast, by: User, guest_id: int) -> None:
    """Their sockets close at once, their pages are not found any more. Idempotent."""
    roles.require_console(by, show, "may_run")
    guest = RehearsalGuest.objects.filter(show=show, pk=guest_id).first()
    if guest is None:
        return
    with transaction.atomic():
        guest.delete()
        for rehearsal in show.rehearsals.filter(state=Broadcast.State.REHEARSING):
            revoke(user_id=guest.user_id, room=rehearsal.room)


def guests_of(show: Broadcast) -> list[RehearsalGuest]:
    return list(RehearsalGuest.objects.filter(show=show).select_related("user"))


def _tell(guest: User, rehearsal: Broadcast) -> None:
    """The guest alone, once a rehearsal: nobody else hears of it."""
    with transaction.atomic(), translation.override(guest.language):
        notify(
            user=guest,
            kind=Kind.SYSTEM,
            key=f"rehearsal:{rehearsal.public_id}:{guest.pk}",
            title=_("You are invited to a rehearsal"),
            body=_("%(host)s rehearses now. Only those invited see it, and nothing is sold.")
            % {"host": rehearsal.host.name},
            url=reverse("streams:room", args=[rehearsal.public_id]),
        )


def _make(show: Broadcast) -> Broadcast:
    """The rehearsal's broadcast, with the show's shelf and the plan of its run: what was answered
    of the scripts' marked words is not marked again."""
    rehearsal = Broadcast.objects.create(
        pk=_next_id(),
        public_id=REHEARSAL_MARK + get_random_string(11, "abcdefghjkmnpqrstuvwxyz23456789"),
        rehearsal_of=show,
        state=Broadcast.State.REHEARSING,
        title_zh=f"{PREFIX_ZH}{show.title_zh}"[:80],
        title_en=f"{PREFIX_EN}{show.title_en or show.title_zh}"[:120],
        cover=show.cover.name,
        region=show.region,
        host=show.host,
        scheduled_at=show.scheduled_at,
        planned_minutes=show.planned_minutes,
        started_at=timezone.now(),
    )
    ShelfItem.objects.bulk_create(
        ShelfItem(
            broadcast=rehearsal,
            product_id=item.product_id,
            deal_id=item.deal_id,
            position=item.position,
        )
        for item in show.shelf.all()
    )
    plan = ("kind", "title_zh", "title_en", "planned_minutes", "product_id", "script", "position")
    segments = list(show.segments.prefetch_related("clearances"))
    copies = Segment.objects.bulk_create(
        Segment(broadcast=rehearsal, **{name: getattr(segment, name) for name in plan})
        for segment in segments
    )
    answered = ("word", "sentence", "reason", "cleared_by_id")
    ScriptClearance.objects.bulk_create(
        ScriptClearance(segment=copy, **{name: getattr(given, name) for name in answered})
        for segment, copy in zip(segments, copies, strict=True)
        for given in segment.clearances.all()
    )
    return rehearsal


def _next_id() -> int:
    """Below zero: no order, hold or basket line can name it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('streams_rehearsal_id')")
        number: int = cursor.fetchone()[0]
    return number
