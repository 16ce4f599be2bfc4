"""Answers to the public, read out in a show: seen by the room, stamped, and found in the replay."""

import pytest
from django.utils import timezone

from livecommerce.errors import DomainError
from streams.domain import demand_facts, demand_reading
from streams.models import Broadcast, Demand, DemandReading, Replay
from tests.factories import make_official, make_user
from tests.streams.demands import answered, assigned, heard
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return make_show(state="live", items=1)


@pytest.fixture
def demand(show):
    return answered(official=show.host)


def act(name, show, demand, by=None):
    call = getattr(demand_reading, name)
    return call(broadcast=show, demand_id=demand.pk, by=by or show.host.user)


def refused(code, *args, **fields):
    with pytest.raises(DomainError) as error:
        act(*args, **fields)
    assert error.value.code == code


def test_the_room_sees_question_and_answer_while_it_is_read(show, demand):
    assert [one.pk for one in demand_reading.to_read(show)] == [demand.pk]
    act("begin", show, demand)
    act("begin", show, demand)
    (event,) = [one for one in told(show) if one["t"] == "answer"]
    assert event["answer"]["state"] == "on_air"
    assert event["answer"]["title_zh"] == demand.title_zh
    assert event["answer"]["answer_zh"] == "下月起运费减半。"
    assert "凤山县副县长" in event["answer"]["office_zh"]
    assert list(demand_reading.to_read(show)) == []
    act("finish", show, demand)
    act("finish", show, demand)
    demand.refresh_from_db()
    assert (demand.state, demand.told_at is not None) == ("told", True)
    assert demand_facts.newest(show)["state"] == "read"


def test_a_slip_is_taken_back_and_read_later(show, demand):
    act("begin", show, demand)
    act("take_back", show, demand)
    assert demand_facts.newest(show)["state"] == "gone"
    assert [one.pk for one in demand_reading.to_read(show)] == [demand.pk]
    act("begin", show, demand)
    assert demand_facts.newest(show)["state"] == "on_air"
    act("finish", show, demand)
    refused("already_read", "take_back", show, demand)
    refused("already_read", "begin", show, demand)


def test_one_at_a_time(show, demand):
    other = answered("换硬一点的箱子", demand=heard("箱子太软", key="x"), official=show.host)
    act("begin", show, demand)
    act("begin", show, other)
    demand.refresh_from_db()
    assert demand.state == "told"
    assert demand_reading.on_air(show).demand == other


def test_nobody_elses_answers_and_nobody_elses_show(show, demand):
    foreign = answered("修通村里的路", demand=heard("路", key="y"), official=make_official())
    refused("no_such_answer", "begin", show, foreign)
    refused("no_such_answer", "begin", show, assigned("别的", official=show.host))
    refused("not_your_show", "begin", show, demand, by=make_user())
    Broadcast.objects.filter(pk=show.pk).update(state="ended")
    show.refresh_from_db()
    refused("not_live", "begin", show, demand)


def test_a_show_that_ended_in_the_middle_of_it_has_read_it(show, demand):
    act("begin", show, demand)
    assert demand_reading.close_abandoned() == 0
    Broadcast.objects.filter(pk=show.pk).update(state="ended", ended_at=timezone.now())
    assert [demand_reading.close_abandoned(), demand_reading.close_abandoned()] == [1, 0]
    assert Demand.objects.get(pk=demand.pk).state == "told"


def test_the_board_leads_to_the_moment_of_the_replay(show, demand, client):
    act("begin", show, demand)
    act("finish", show, demand)
    assert demand_reading.moment_of(demand) is None
    DemandReading.objects.update(media_start_ms=65_000)
    Broadcast.objects.filter(pk=show.pk).update(state="ready", ended_at=timezone.now())
    Replay.objects.create(
        broadcast=show,
        state="ready",
        ready_at=timezone.now(),
        duration_ms=200_000,
        stretches=[[0, 5_000, 0, 200_000]],
    )
    assert demand_reading.moment_of(demand) == (show, 60)
    page = client.get(f"/voice/{demand.pk}/").content.decode()
    assert f"/rooms/{show.public_id}/#t=60" in page
    Replay.objects.update(is_public=False)
    assert demand_reading.moment_of(demand) is None
