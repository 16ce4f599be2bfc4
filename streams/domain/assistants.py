"""Assistants of one show: named by its host, each with the rights they were given, and no more.

What a right lets somebody do is judged in `roles.py`. A right that is taken away closes the
person's sockets in the room at once; should that word be lost, the regular check of all sockets
closes them within five seconds (`livecommerce.realtime.revocation`). An open console asks, when its
socket comes back, whether it still shows what they may (`views.assistants.rights`).
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.realtime.revocation import revoke
from officials.domain.hosting import find_person
from streams.domain import roles
from streams.domain.roles import SHOW_RIGHTS
from streams.models import Broadcast, RoomRole

MOST_ASSISTANTS = 10


@dataclass(frozen=True)
class ShowAssistant:
    """One person with their rights in one show."""

    user: User
    rights: set[str] = field(default_factory=set)


def assistants_of(broadcast: Broadcast) -> list[ShowAssistant]:
    """Those named for this show, in the order in which they were named."""
    rows = RoomRole.objects.filter(broadcast=broadcast, role__in=SHOW_RIGHTS)
    found: dict[int, ShowAssistant] = {}
    for row in rows.select_related("user").order_by("pk"):
        found.setdefault(row.user_id, ShowAssistant(row.user)).rights.add(row.role)
    return list(found.values())


def name_assistant(
    *, broadcast: Broadcast, by: User, email: str, rights: Collection[str]
) -> ShowAssistant:
    """Let the person with this address help in this show, with exactly these rights.

    Raises DomainError: no_such_show (404), not_your_part (403), show_over (409), no_such_person,
    bad_rights, own_assistant, too_many_assistants (422).
    """
    roles.require_console(by, broadcast, "may_name")
    person = find_person(email)
    if person.pk == broadcast.host.user_id:
        raise DomainError("own_assistant", _("You can run your own rooms already."))
    return _give(broadcast, by, person, rights)


def change_rights(
    *, broadcast: Broadcast, by: User, user_id: int, rights: Collection[str]
) -> ShowAssistant:
    """Give an assistant of this show exactly these rights. Raises as `name_assistant`, and
    no_such_assistant (404)."""
    roles.require_console(by, broadcast, "may_name")
    known = RoomRole.objects.filter(broadcast=broadcast, user=user_id, role__in=SHOW_RIGHTS)
    role = known.select_related("user").first()
    if role is None:
        raise DomainError(
            "no_such_assistant", _("This person does not help in this show."), status=404
        )
    return _give(broadcast, by, role.user, rights)


def remove_assistant(*, broadcast: Broadcast, by: User, user_id: int) -> None:
    """Take all rights in this show away; somebody who has none stays without. Idempotent."""
    roles.require_console(by, broadcast, "may_name")
    with transaction.atomic():
        rows = RoomRole.objects.filter(broadcast=broadcast, user=user_id, role__in=SHOW_RIGHTS)
        had = set(rows.values_list("role", flat=True))
        if rows.delete()[0]:
            _write_down(broadcast, by, user_id, had, set())
            _close_sockets(broadcast, user_id)


def _give(broadcast: Broadcast, by: User, person: User, rights: Collection[str]) -> ShowAssistant:
    if broadcast.is_over or broadcast.is_rehearsal:
        raise DomainError("show_over", _("This show has ended."), status=409)
    wanted = set(rights)
    if not wanted or not wanted <= SHOW_RIGHTS:
        raise DomainError("bad_rights", _("Choose at least one thing that they may do."))
    with transaction.atomic():
        # One naming of a show after the other: the number of assistants is counted under it.
        Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
        given = RoomRole.objects.filter(broadcast=broadcast, role__in=SHOW_RIGHTS)
        others = given.exclude(user=person).values("user").distinct().count()
        if others >= MOST_ASSISTANTS:
            raise DomainError(
                "too_many_assistants",
                _("%(number)s assistants are the most. Remove one first.")
                % {"number": MOST_ASSISTANTS},
            )
        had = set(given.filter(user=person).values_list("role", flat=True))
        given.filter(user=person).exclude(role__in=wanted).delete()
        RoomRole.objects.bulk_create(
            RoomRole(broadcast=broadcast, user=person, role=role, given_by=by)
            for role in sorted(wanted - had)
        )
        if had != wanted:
            _write_down(broadcast, by, person.pk, had, wanted)
            _close_sockets(broadcast, person.pk)
        if not had:
            _tell(broadcast, person)
    return ShowAssistant(person, wanted)


def _write_down(broadcast: Broadcast, by: User, user_id: int, had: set[str], has: set[str]) -> None:
    audit.record(
        actor=by,
        action="streams.give_rights",
        subject=broadcast,
        before={f"person {user_id}": had},
        after={f"person {user_id}": has},
    )


def _tell(broadcast: Broadcast, person: User) -> None:
    with translation.override(person.language):
        notify(
            user=person,
            kind=Kind.SYSTEM,
            key=f"assistant:{broadcast.public_id}:{person.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
            title=_("You help in “%(title)s”") % {"title": broadcast.title},
            body=_("%(host)s has named you. Open the console in your own browser.")
            % {"host": broadcast.host.name},
            url=reverse("streams:console", args=[broadcast.public_id]),
        )


def _close_sockets(broadcast: Broadcast, user_id: int) -> None:
    """They come back at once and are judged afresh; in a rehearsal of the show, too."""
    rehearsals = broadcast.rehearsals.filter(state=Broadcast.State.REHEARSING)
    for room in [broadcast.room, *(rehearsal.room for rehearsal in rehearsals)]:
        revoke(user_id=user_id, room=room)
