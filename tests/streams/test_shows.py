from datetime import timedelta

import pytest
from django.utils import timezone

from livecommerce.errors import DomainError
from streams.domain import pins, shows
from streams.models import Broadcast, Pin
from tests.factories import make_assistant, make_official, make_user
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db(transaction=True)


def test_go_live_opens_the_show_once():
    show = make_show()
    shows.go_live(broadcast=show, by=show.host.user)
    shows.go_live(broadcast=show, by=show.host.user)
    assert (show.state, show.state_version) == ("live", 1)
    assert show.started_at is not None
    assert [(event["t"], event["show"]["state"]) for event in told(show)] == [("show", "live")]


def test_go_live_by_an_assistant_of_the_host():
    show = make_show()
    assistant = make_assistant(show.host).user
    shows.go_live(broadcast=show, by=assistant)
    assert show.is_live


@pytest.mark.parametrize("who", ["viewer", "other_official", "suspended_host"])
def test_go_live_by_somebody_else_is_refused(who):
    show = make_show()
    by = {
        "viewer": make_user,
        "other_official": lambda: make_official().user,
        "suspended_host": lambda: show.host.user,
    }[who]()
    if who == "suspended_host":
        show.host.state = "suspended"
        show.host.save()
    with pytest.raises(DomainError) as refused:
        shows.go_live(broadcast=show, by=by)
    assert (refused.value.code, refused.value.status) == ("not_your_show", 403)
    show.refresh_from_db()
    assert show.state == "scheduled"


def test_go_live_while_another_show_of_the_host_is_live():
    first = make_show(state="live")
    second = make_show(host=first.host)
    with pytest.raises(DomainError) as refused:
        shows.go_live(broadcast=second, by=first.host.user)
    assert refused.value.code == "host_already_live"


def test_go_live_after_the_end_is_refused():
    show = make_show(state="ended")
    with pytest.raises(DomainError) as refused:
        shows.go_live(broadcast=show, by=show.host.user)
    assert refused.value.code == "show_over"


def test_end_show_closes_open_pins_with_it():
    show = make_show(state="live", items=2)
    first, second = show.shelf.all()
    pins.pin(broadcast=show, item=first, by=show.host.user)
    pins.pin(broadcast=show, item=second, by=show.host.user, keep_others=True)
    shows.end_show(broadcast=show, by=show.host.user)
    assert show.state == "ended"
    assert not Pin.objects.filter(unpinned_at=None).exists()
    assert [event["t"] for event in told(show)] == ["pins", "pins", "show", "pins"]
    assert told(show)[-1]["pins"] == []


def test_end_show_before_it_was_live_is_refused():
    show = make_show()
    with pytest.raises(DomainError) as refused:
        shows.end_show(broadcast=show, by=show.host.user)
    assert refused.value.code == "not_live"


def test_cancel_show_only_before_it_began():
    show = make_show()
    shows.cancel_show(broadcast=show, by=show.host.user)
    assert show.state == "cancelled"
    live = make_show(state="live")
    with pytest.raises(DomainError) as refused:
        shows.cancel_show(broadcast=live, by=live.host.user)
    assert refused.value.code == "too_late_to_cancel"


def test_end_abandoned_ends_only_shows_whose_host_is_long_gone():
    now = timezone.now()
    old = now - timedelta(hours=2)
    gone = make_show(
        state="live",
        started_at=old,
        host_online_at=old,
        host_offline_at=now - timedelta(minutes=31),
    )
    never_came = make_show(state="live", started_at=now - timedelta(minutes=31))
    away = make_show(
        state="live",
        started_at=old,
        host_online_at=old,
        host_offline_at=now - timedelta(minutes=29),
    )
    online = make_show(state="live", started_at=old, host_online_at=old)
    assert shows.end_abandoned() == 2
    states = dict(Broadcast.objects.values_list("pk", "state"))
    assert [states[show.pk] for show in (gone, never_came, away, online)] == [
        "ended",
        "ended",
        "live",
        "live",
    ]


def test_announce_tells_the_room_and_grows_the_version():
    show = make_show(state="live")
    shows.announce(broadcast=show, by=show.host.user, text="  顺丰\n包邮 ")
    assert (show.announcement, show.state_version) == ("顺丰 包邮", 1)
    assert told(show)[0]["show"]["announcement"] == "顺丰 包邮"


def test_announce_too_long_is_refused():
    show = make_show(state="live")
    with pytest.raises(DomainError) as refused:
        shows.announce(broadcast=show, by=show.host.user, text="长" * 121)
    assert refused.value.code == "too_long"


@pytest.mark.parametrize("seconds", [-1, 121])
def test_slow_mode_out_of_range_is_refused(seconds):
    show = make_show(state="live")
    with pytest.raises(DomainError) as refused:
        shows.set_slow_mode(broadcast=show, by=show.host.user, seconds=seconds)
    assert refused.value.code == "bad_slow_mode"
