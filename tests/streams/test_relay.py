"""Handing over from one show to the next of the same festival."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livecommerce.errors import DomainError
from streams.domain import relay, schedule, snapshot
from streams.models import Broadcast, Relay
from tests.factories import make_festival, make_official, make_product, make_user
from tests.streams.shows import make_show, told
from tests.streams.test_pages import as_host
from tests.streams.test_snapshot import run_reducer

__all__ = ["as_host"]

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def evening():
    """Three shows one after the other, the first live."""
    festival, now = make_festival(), timezone.now()
    first = make_show(state="live", festival=festival, scheduled_at=now - timedelta(hours=1))
    second = make_show(festival=festival, scheduled_at=now + timedelta(minutes=5))
    third = make_show(festival=festival, scheduled_at=now + timedelta(hours=1))
    return first, second, third


def refusal(act, **arguments):
    with pytest.raises(DomainError) as refused:
        act(**arguments)
    return refused.value.code, refused.value.status


def events(show, kind):
    return [event for event in told(show) if event["t"] == kind]


def test_announced_started_and_heard_in_both_rooms(evening):
    first, second, _third = evening
    made = relay.announce(broadcast=first, by=first.host.user)
    assert relay.announce(broadcast=first, by=first.host.user) == made
    assert relay.relay_to(second) == made
    started = relay.start(broadcast=first, by=first.host.user)
    again = relay.start(broadcast=first, by=first.host.user)
    assert (started.state, started.version, again.goes_at) == ("started", 2, started.goes_at)
    card = events(first, "relay")[-1]["relay"]
    assert (card["to"], card["state"]) == (second.public_id, "started")
    assert card == snapshot.snapshot(first)["relay"]
    assert [event["version"] for event in events(second, "relay_coming")] == [1, 2]


def test_old_state_and_events_give_the_fresh_state(evening):
    first, host = evening[0], evening[0].host.user
    before = snapshot.room_state(first)
    relay.start(broadcast=first, by=host)
    relay.withdraw(broadcast=first, by=host)
    relay.start(broadcast=first, by=host)
    first.refresh_from_db()
    fresh = snapshot.room_state(first)["relay"]
    news = [event for event in told(first) if event["t"].startswith("relay")]
    for events in (news, news[::-1], news + news):
        assert run_reducer(state=before, events=events)["state"]["relay"] == fresh


def test_withdrawn_before_it_is_over_and_made_anew(evening):
    first, second, _third = evening
    host = first.host.user
    relay.start(broadcast=first, by=host)
    relay.withdraw(broadcast=first, by=host)
    relay.withdraw(broadcast=first, by=host)
    assert Relay.objects.get().state == "withdrawn"
    assert relay.relay_to(second) is None
    relay.start(broadcast=first, by=host)
    Relay.objects.filter(state="started").update(goes_at=timezone.now())
    assert refusal(relay.withdraw, broadcast=first, by=host) == ("already_gone", 409)


def test_only_the_very_next_show_of_the_same_festival(evening):
    first, second, third = evening
    assert relay.next_show(first) == second
    assert relay.next_show(second) == third
    assert relay.next_show(third) is None
    Broadcast.objects.filter(pk=second.pk).update(state="cancelled")
    assert relay.next_show(first) == third
    stray = make_show(state="live")
    assert refusal(relay.start, broadcast=stray, by=stray.host.user) == ("no_next_show", 409)


def test_a_schedule_that_changed_meanwhile_is_noticed(evening):
    first, second, _third = evening
    relay.announce(broadcast=first, by=first.host.user)
    between = second.scheduled_at - timedelta(minutes=1)
    make_show(festival=first.festival, scheduled_at=between)
    starting = {"broadcast": first, "by": first.host.user}
    assert refusal(relay.start, **starting) == ("not_next_any_more", 409)


def test_a_show_that_is_over_is_not_handed_over_to(evening):
    first, second, _third = evening
    Broadcast.objects.filter(pk=second.pk).update(state="ended", started_at=timezone.now())
    starting = {"broadcast": first, "by": first.host.user}
    assert refusal(relay.start, **starting) == ("no_next_show", 409)


def test_who_may_hand_over(evening):
    first, second, _third = evening
    for other in (second.host.user, make_official().user, make_user()):
        assert refusal(relay.start, broadcast=first, by=other) == ("no_such_show", 404)
    assert refusal(relay.start, broadcast=second, by=second.host.user) == ("not_live", 409)


def test_a_step_that_somebody_took_before_changes_nothing(evening):
    first = evening[0]
    stale = relay.announce(broadcast=first, by=first.host.user)
    relay.withdraw(broadcast=first, by=first.host.user)
    moved = relay._move(stale, ("announced",), "started", goes_at=timezone.now())
    assert not moved
    assert Relay.objects.get().state == "withdrawn"


def test_the_console_hands_over(as_host, evening):
    first, second, _third = evening
    client = as_host(first.host.user)
    base = f"/host/{first.public_id}/relay/"
    assert second.title in client.get(base).content.decode()
    for deed in ("announce", "start", "withdraw"):
        assert client.post(f"{base}{deed}", headers=HTMX).status_code == 200
    assert client.post(f"{base}steal", headers=HTMX).status_code == 404
    assert client.post(f"{base}start").status_code == 302
    coming = as_host(second.host.user).get(f"/host/{second.public_id}/").content.decode()
    assert first.host.name in coming


def test_the_room_has_a_card_in_a_festival_only(client, evening):
    assert "<relay-card" in client.get(f"/rooms/{evening[0].public_id}/").content.decode()
    assert "<relay-card" not in client.get(f"/rooms/{make_show().public_id}/").content.decode()


def test_a_planned_show_belongs_to_the_festival_that_is_on_then():
    official = make_official()
    festival = make_festival()
    festival.regions.set([official.region.parent])
    product = make_product(county=official.region)
    plan = {"host": official, "by": official.user, "title_zh": "专场", "products": [product]}
    inside = schedule.schedule_show(**plan, scheduled_at=timezone.now() + timedelta(minutes=30))
    after = schedule.schedule_show(**plan, scheduled_at=festival.ends_at + timedelta(days=1))
    assert (inside.festival, after.festival) == (festival, None)
