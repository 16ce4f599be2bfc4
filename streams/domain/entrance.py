"""Who comes into a room as what: by one look for all who come in the same moment.

The rules are `roles`, `rehearsals` and the bans. Almost everybody is one of the public; the
queries here find the few who may be somebody else, and only those are judged one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from livecommerce.accounts.models import User
from officials.models import Assistant
from streams.domain import rehearsals, roles
from streams.domain.moderation_sanctions import is_banned
from streams.models import BannedDevice, Broadcast, RoomRole, Sanction


@dataclass(frozen=True)
class Arrival:
    """`device` is the browser's signed mark, empty if it has none."""

    public_id: str
    user: User | AnonymousUser
    device: str


@dataclass(frozen=True)
class Entry:
    broadcast: Broadcast
    standing: roles.Standing
    is_banned: bool
    """May watch and buy, and not be heard."""


def admit(arrivals: Sequence[Arrival]) -> list[Entry | None]:
    """An entry for each, in their order; None where there is no such show for them.

    Six queries for any number of people who are nobody special.
    """
    names = {one.public_id for one in arrivals}
    shows = Broadcast.objects.select_related("host", "region").in_bulk(
        names, field_name="public_id"
    )
    special = _may_be_special(arrivals)
    entries: list[Entry | None] = []
    for one, is_special in zip(arrivals, special, strict=True):
        show = shows.get(one.public_id)
        if show is None:
            entries.append(None)
        elif is_special or show.is_rehearsal or show.host.user_id == one.user.pk:
            entries.append(_admit(one, show))
        else:
            entries.append(Entry(show, roles.PUBLIC, is_banned=False))
    return entries


def _admit(one: Arrival, show: Broadcast) -> Entry | None:
    if not rehearsals.may_enter(one.user, show):
        return None
    user = one.user if isinstance(one.user, User) else None
    standing = roles.standing_of(user, show)
    is_out = not standing.may_moderate and is_banned(show, user, one.device)
    return Entry(show, standing, is_out)


def _may_be_special(arrivals: Sequence[Arrival]) -> list[bool]:
    """False only for those who hold no role anywhere and are banned nowhere."""
    users = {one.user.pk for one in arrivals if one.user.pk}
    devices = {one.device for one in arrivals if one.device}
    bans = Sanction.objects.in_force().filter(kind=Sanction.Kind.BAN)
    noted = set(RoomRole.objects.filter(user__in=users).values_list("user", flat=True))
    noted |= set(Assistant.objects.filter(user__in=users).values_list("user", flat=True))
    noted |= set(bans.filter(user__in=users).values_list("user", flat=True))
    shut = set(
        BannedDevice.objects.filter(device__in=devices, sanction__in=bans).values_list(
            "device", flat=True
        )
    )
    return [
        one.user.pk in noted or one.device in shut or bool(getattr(one.user, "is_staff", False))
        for one in arrivals
    ]
