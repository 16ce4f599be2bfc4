"""Valkey killed and started again under a room."""

import asyncio

import pytest
from channels.db import database_sync_to_async

from livecommerce.realtime import hub, publish, rooms
from livecommerce.realtime import retry as retry_module
from livecommerce.realtime import room as room_module
from tests.livecommerce.realtime.stage import Doorman, Said, Stocked, eventually, serving

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]

OUTAGE_SECONDS = 3


def stock(version):
    return {"t": "test.stock", "left": 0, "version": version}


async def announce(room, version):
    """As a view does: from a thread, in the business code's own call."""
    await database_sync_to_async(publish.publish)(room, Stocked(left=0, version=version))


async def test_killed_valkey_closes_no_socket_and_loses_no_commerce_event(room, own_valkey):
    async with serving() as stage, stage.visit(room) as one, stage.visit(room) as two:
        for visitor in (one, two):
            await visitor.greeted()
        await announce(room, 1)
        await one.saw(stock(1))
        own_valkey.kill()
        await announce(room, 2)
        await publish.apublish(room, Stocked(left=0, version=3))
        assert not await publish.atry_publish(room, Said(text="refused"))
        await one.say(t="say", text="told to retry", k="k1")
        await one.until(lambda me: any(frame.get("err") for frame in me.frames))
        await asyncio.sleep(OUTAGE_SECONDS)
        await announce(room, 4)
        await asyncio.to_thread(own_valkey.start)
        await announce(room, 5)
        for visitor in (one, two):
            await visitor.saw(stock(5))
            assert visitor.events == [stock(version) for version in range(1, 6)]
            assert visitor.closed_with is None
            assert len(visitor.hellos) == 1
        [refusal] = [frame["err"] for frame in one.frames if "err" in frame]
        assert (refusal["code"], refusal["k"]) == ("try_again", "k1")
        await one.say(t="say", text="again", k="k1")
        await two.saw({"t": "test.said", "text": "again"})


async def test_valkey_that_comes_back_empty_makes_everyone_resync(room, forgetful_valkey):
    async with serving() as stage, stage.visit(room) as visitor:
        first = await visitor.greeted()
        await announce(room, 1)
        await visitor.saw(stock(1))
        forgetful_valkey.kill()
        await announce(room, 2)
        await asyncio.to_thread(forgetful_valkey.start)
        await visitor.until(lambda me: len(me.hellos) > 1)
        assert visitor.hellos[-1]["resync"] is True
        assert visitor.hellos[-1]["ep"] != first["ep"]
        await announce(room, 3)
        await visitor.saw(stock(3))
        assert visitor.closed_with is None
        await visitor.until(lambda me: me.counters.get("viewers") == 1)


async def test_room_does_not_fall_silent_while_valkey_is_away(room, own_valkey, monkeypatch):
    """Or its clients would take their connections for dead, all of them at once."""
    monkeypatch.setattr(room_module, "QUIET_SECONDS", 0.1)
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.until(lambda me: me.counters.get("viewers") == 1)
        own_valkey.kill()
        heard = len(visitor.frames)
        await visitor.until(lambda me: len(me.frames) > heard + 2)
        assert visitor.frames[-1]["e"] == []


async def test_who_comes_during_an_outage_is_let_in_and_resynced_later(
    room, own_valkey, monkeypatch
):
    monkeypatch.setattr(hub, "POSITION_SECONDS", 0.3)
    own_valkey.kill()
    async with serving() as stage, stage.visit(room, since=5, ep="abcdabcd") as visitor:
        assert await visitor.greeted() == {"s": 0, "ep": "", "resync": True, "in": 0}
        await asyncio.to_thread(own_valkey.start)
        await visitor.until(lambda me: len(me.hellos) == 2)
        assert visitor.hellos[1]["resync"] is True
        await announce(room, 1)
        await visitor.saw(stock(1))


async def test_who_leaves_while_waiting_for_valkey_is_never_added(room, own_valkey, monkeypatch):
    """Its file descriptor may belong to another connection by then."""
    monkeypatch.setattr(hub, "POSITION_SECONDS", 0.5)
    own_valkey.kill()
    async with serving() as stage:
        visitor = await stage.enter(room)
        await eventually(lambda: room in stage.hub.rooms)
        visitor.connection.transport.abort()
        await eventually(lambda: Doorman.left_count == 1)
        assert not stage.hub.rooms[room].members
        assert stage.hub.sockets == 0


async def test_more_events_than_are_kept_become_a_resync(room, own_valkey, monkeypatch):
    monkeypatch.setattr(retry_module, "MAX_WAITING", 3)
    async with serving() as stage, stage.visit(room) as visitor:
        first = await visitor.greeted()
        own_valkey.kill()
        for version in range(1, 7):
            await announce(room, version)
        await asyncio.to_thread(own_valkey.start)
        await visitor.until(lambda me: len(me.hellos) == 2)
        assert visitor.hellos[1]["ep"] != first["ep"]
        await announce(room, 7)
        await visitor.saw(stock(7))


async def test_position_without_valkey_is_empty_and_with_it_stands(room, own_valkey):
    await announce(room, 1)
    epoch, seq = await asyncio.to_thread(publish.position, room)
    assert (len(epoch), seq) == (8, 1)
    own_valkey.kill()
    assert await asyncio.to_thread(publish.position, room) == rooms.Position("", 0)
