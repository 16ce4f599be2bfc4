"""A crowd is let into rooms together, each by the rules that hold for one."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser

from officials.models import Official
from streams.domain import moderation_devices, moderation_sanctions, rehearsals, roles
from streams.domain.entrance import Arrival, admit
from streams.models import Broadcast, RehearsalGuest, RoomRole
from tests.factories import make_assistant, make_curator, make_official, make_user
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def judged_alone(one, shows):
    """What the rules say of one person, without looking at anybody else."""
    show = shows.get(one.public_id)
    if show is None or not rehearsals.may_enter(one.user, show):
        return None
    standing = roles.standing_of(one.user, show)
    is_out = not standing.may_moderate and moderation_sanctions.is_banned(
        show, one.user, one.device
    )
    return standing, is_out


def test_everybody_comes_in_as_if_alone():
    show = make_show()
    host = show.host.user
    other = make_show(state="live", host=make_official(region=show.region))
    suspended = make_show(state="live", host=make_official(region=show.region))
    Official.objects.filter(pk=suspended.host.pk).update(state="suspended")
    rehearsal = rehearsals.open_rehearsal(show=show, by=host, crowd=0)
    people = {name: make_user() for name in ("viewer", "guest", "banned", "out", "pins", "mod")}
    people |= {"host": host, "other host": other.host.user, "suspended": suspended.host.user}
    people |= {
        "assistant": make_assistant(show.host).user,
        "curator": make_curator(show.region.parent),
    }
    people |= {"root": make_user(is_superuser=True, is_staff=True), "nobody": NOBODY}
    RehearsalGuest.objects.create(show=show, user=people["guest"])
    RoomRole.objects.create(broadcast=show, user=people["pins"], role=RoomRole.Role.PINS)
    RoomRole.objects.create(broadcast=None, user=people["mod"], role=RoomRole.Role.MODERATOR)
    moderation_devices.note_device(user=people["banned"], device="phone")
    for name, where in (("banned", show), ("out", other)):
        moderation_sanctions.ban(
            broadcast=where, user=people[name], by=where.host.user, reason="spam", seconds=600
        )
    names = [one.public_id for one in (show, other, suspended, rehearsal)]
    shows = Broadcast.objects.select_related("host").in_bulk(names, field_name="public_id")
    arrivals = [
        Arrival(name, user, device)
        for name, user, device in product(
            [*shows, "unknown"], people.values(), ["", "phone", "desk"]
        )
    ]
    entries = admit(arrivals)
    expected = [judged_alone(one, shows) for one in arrivals]
    assert [entry and (entry.standing, entry.is_banned) for entry in entries] == expected
    assert any(entry.is_banned for entry in entries if entry)
    assert len({entry.standing for entry in entries if entry}) > 5


def test_a_crowd_costs_no_more_queries_than_one(django_assert_num_queries):
    show = make_show(state="live")
    crowd = [Arrival(show.public_id, make_user(), f"d{number}") for number in range(30)]
    with django_assert_num_queries(5):
        assert all(entry.standing == roles.PUBLIC for entry in admit(crowd))
    with django_assert_num_queries(5):
        admit(crowd[:1])
