import asyncio
import time

import pytest

from livecommerce import redis_client
from livecommerce.realtime import hub, presence, rooms
from livecommerce.realtime.presence import Attendance
from tests.livecommerce.realtime.stage import another_process, eventually, serving


@pytest.mark.asyncio
async def test_person_counts_once_over_tabs_processes_and_reloads(room):
    with another_process() as other:
        async with (
            serving() as stage,
            stage.visit(room, who="u1") as watcher,
            stage.visit(room, who="u1"),
            other.visit(room, who="u1"),
            other.visit(room, who="u2") as leaver,
        ):
            await watcher.until(lambda me: me.counters.get("viewers") == 2)
            await leaver.leave()
            async with other.visit(room, who="u2"):
                await asyncio.sleep(hub.BEAT_SECONDS * 4)
                assert watcher.counters["viewers"] == 2
            assert set(presence.people_here(room)) == {"u1", "u2"}
            assert presence.figures(room) == {"viewers": 2, "peak": 2}


@pytest.mark.asyncio
async def test_person_whose_other_tab_is_elsewhere_stays(room):
    """A leaves on one process; the other process announces them again before they run out."""
    assert presence.ANNOUNCE_SECONDS + 1 < presence.LEAVE_SECONDS < presence.STAY_SECONDS
    with another_process() as other:
        async with serving() as stage, other.visit(room, who="u1"):
            async with stage.visit(room, who="u1") as here:
                await here.until(lambda me: me.counters.get("viewers") == 1)
            name = rooms.keys(room).here
            until = time.time() + presence.LEAVE_SECONDS + 1
            await eventually(lambda: redis_client.sync().zscore(name, "u1") < until)
            assert presence.people_here(room) == ["u1"]


@pytest.mark.asyncio
async def test_visitor_without_account_is_known_by_the_cookie_of_the_first_answer(room):
    async with serving() as stage, stage.visit(room) as first:
        await first.greeted()
        [member] = stage.hub.rooms[room].members
        cookie = first.connection.response.headers["Set-Cookie"].split(";")[0]
        async with stage.visit(room, headers={"Cookie": cookie}) as again:
            await again.greeted()
            people = {one.membership.person for one in stage.hub.rooms[room].members}
            assert people == {member.membership.person}
            assert "Set-Cookie" not in again.connection.response.headers


@pytest.mark.asyncio
async def test_forged_device_cookie_is_not_believed(room):
    async with serving() as stage:
        forged = {"Cookie": f"{presence.DEVICE_COOKIE}=0011223344556677:forged"}
        async with stage.visit(room, headers=forged) as visitor:
            await visitor.greeted()
            [member] = stage.hub.rooms[room].members
            assert member.membership.person != "d0011223344556677"


@pytest.mark.asyncio
async def test_address_that_refuses_cookies_cannot_inflate_the_number(room, monkeypatch):
    monkeypatch.setattr(presence, "NEW_DEVICES_PER_MINUTE", 2)
    monkeypatch.setattr(presence, "address_of", lambda scope: f"10.0.0.2-{room}")
    async with serving() as stage:
        visitors = [await stage.enter(room) for _ in range(6)]
        for visitor in visitors:
            await visitor.greeted()
        people = {one.membership.person for one in stage.hub.rooms[room].members}
        assert len(people) == 3
        for visitor in visitors:
            await visitor.leave()


def test_news_tell_each_arrival_and_departure_once():
    attendance = Attendance()
    attendance.arrive("a")
    attendance.arrive("a")
    attendance.arrive("b")
    attendance.depart("a")
    assert sorted(attendance.take_news().here) == ["a", "b"]
    assert attendance.take_news() == ([], [])
    attendance.depart("a")
    assert attendance.take_news() == ([], ["a"])


def test_news_that_could_not_be_told_are_told_later():
    attendance = Attendance()
    attendance.arrive("a")
    attendance.arrive("b")
    attendance.depart("b")
    news = attendance.take_news()
    assert news == (["a"], ["b"])
    attendance.return_news(news)
    attendance.arrive("b")
    assert sorted(attendance.take_news().here) == ["a", "b"]


def test_everyone_is_announced_again_before_they_run_out():
    attendance = Attendance()
    attendance.arrive("a")
    attendance.take_news()
    attendance._announce[0] = (attendance._announce[0][0] - presence.ANNOUNCE_SECONDS, "a")
    assert attendance.take_news().here == ["a"]
    attendance.announce_all()
    assert attendance.take_news().here == ["a"]
