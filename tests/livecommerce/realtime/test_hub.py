"""Rooms as browsers see them: real uvicorn, real Valkey, real sockets."""

import asyncio
import contextlib
import json
import os
import socket
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from livecommerce import redis_client
from livecommerce.realtime import consumer, rooms
from livecommerce.realtime import room as room_module
from livecommerce.realtime.events import Event, Lane
from livecommerce.realtime.frame import payload_of
from livecommerce.realtime.membership import Membership
from livecommerce.realtime.publish import apublish, atry_publish
from livecommerce.realtime.room import Member
from livecommerce.realtime.wire import UNHEARD_SECONDS, PortableWire, good_bye
from tests.livecommerce.realtime.stage import (
    Doorman,
    Said,
    Stocked,
    another_process,
    eventually,
    serving,
)

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True)
class Whispered(Event):
    type = "test.whispered"
    lane = Lane.PRIVATE
    text: str


def stock(version):
    return {"t": "test.stock", "left": 0, "version": version}


async def publish_stock(room, *versions):
    for version in versions:
        await apublish(room, Stocked(left=0, version=version))


async def test_event_reaches_every_socket_of_the_room_and_no_other(room):
    async with (
        serving() as stage,
        stage.visit(room) as one,
        stage.visit(room) as two,
        stage.visit(f"{room}x") as outside,
    ):
        for visitor in (one, two, outside):
            await visitor.greeted()
        await publish_stock(room, 1)
        await one.saw(stock(1))
        await two.saw(stock(1))
        assert outside.events == []


async def test_first_hello_without_position_asks_for_the_snapshot(room):
    async with serving() as stage, stage.visit(room) as visitor:
        hello = await visitor.greeted()
    assert hello["resync"] is True
    assert len(hello["ep"]) == 8


async def test_chat_waits_for_the_tick_and_comes_in_one_frame_in_order(room, monkeypatch):
    monkeypatch.setattr(room_module, "SHORTEST_TICK", 0.4)
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        await eventually(lambda: visitor.counters.get("viewers") == 1)  # that frame began a tick
        texts = [str(number) for number in range(10)]
        for text in texts:
            await atry_publish(room, Said(text=text))
        await visitor.until(lambda me: len(me.events) == 10)
        assert [event["text"] for event in visitor.events] == texts
        assert len([frame for frame in visitor.frames if frame.get("e")]) <= 2


async def test_commerce_does_not_wait_for_the_tick_and_takes_chat_along(room, monkeypatch):
    monkeypatch.setattr(room_module, "SHORTEST_TICK", 3600)
    monkeypatch.setattr(room_module, "LONGEST_TICK", 3600)
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        await publish_stock(room, 1)
        await visitor.saw(stock(1))
        await atry_publish(room, Said(text="early"))
        await publish_stock(room, 2)
        await visitor.saw(stock(2))
        assert visitor.events == [stock(1), {"t": "test.said", "text": "early"}, stock(2)]


def who_never_reads(stage, room):
    stalled = socket.create_connection(("127.0.0.1", stage.port))
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.sendall(
        f"GET /?room={room}&who=stalled HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return stalled


@contextlib.asynccontextmanager
async def served_by(loop):
    if loop == "uvloop":
        with another_process() as stage:
            yield stage
    else:
        async with serving() as stage:
            yield stage


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
async def test_stalled_socket_is_given_up_and_the_others_lose_nothing(room, loop):
    async with served_by(loop) as stage, stage.visit(room) as healthy:
        await healthy.greeted()
        stalled = who_never_reads(stage, room)
        here = stage.hub.rooms[room]
        await eventually(lambda: len(here.members) == 2)
        texts = [f"{number}:{'x' * 30_000}" for number in range(60)]
        for number, text in enumerate(texts):
            await apublish(room, Stocked(left=text, version=number))
        await healthy.until(lambda me: len(me.events) == 60)
        assert [event["left"] for event in healthy.events] == texts
        await eventually(lambda: len(here.members) == 1)
        stalled.close()


async def test_stalled_socket_whose_rights_ended_says_nothing_and_is_dropped(room, monkeypatch):
    """It cannot hear its good-bye, and is in no room any more to be given up there."""
    said = []

    class Listening(Doorman):
        async def handle(self, membership, command):
            said.append(command)

    monkeypatch.setattr(consumer, "GOODBYE_SECONDS", 0.3)
    monkeypatch.setattr(room_module, "LONGEST_BACKLOG_SECONDS", 600)
    async with serving(Listening.as_asgi()) as stage:
        stalled = who_never_reads(stage, room)
        await eventually(lambda: room in stage.hub.rooms and stage.hub.rooms[room].members)
        [member] = stage.hub.rooms[room].members
        for number in range(60):
            if member.wire.backlog():
                break
            await apublish(room, Stocked(left="x" * 30_000, version=number))
            await asyncio.sleep(0.02)
        member.close(4401)
        await asyncio.sleep(0.05)
        command = b'{"t":"like"}'
        stalled.sendall(bytes((0x81, 0x80 | len(command), 0, 0, 0, 0)) + command)
        await eventually(lambda: not stage.hub.addresses)
        assert said == []
        stalled.close()


async def test_socket_with_a_backlog_loses_chat_before_commerce(room):
    async with serving() as stage, stage.visit(room) as slow:
        await slow.greeted()
        [member] = stage.hub.rooms[room].members
        member.wire.on_blocked()
        await atry_publish(room, Said(text="lost"))
        await publish_stock(room, 1)
        await slow.saw(stock(1))
        member.wire.on_ready()
        await atry_publish(room, Said(text="kept"))
        await slow.until(lambda me: len(me.events) == 2)
        assert slow.events == [stock(1), {"t": "test.said", "text": "kept"}]


async def test_broken_member_does_not_silence_the_room(room):
    class BrokenWire(PortableWire):
        def write(self, data):
            raise RuntimeError("the handler is closed")

        def abort(self):
            raise RuntimeError("and cannot even be aborted")

    async with serving() as stage, stage.visit(room) as before:
        await before.greeted()
        here = stage.hub.rooms[room]
        for number, fd in enumerate((-1, 1_000_000)):  # one that raises, one with a dead descriptor
            wire = BrokenWire(None)
            wire.fd = fd
            here.add(Member(Membership(room, f"broken{number}"), wire, lambda code: None))
        async with stage.visit(room) as after:
            await after.greeted()
            await publish_stock(room, 1)
            await before.saw(stock(1))
            await after.saw(stock(1))
        assert not any(one.membership.person.startswith("broken") for one in here.members)


async def test_client_that_comes_back_is_replayed_exactly_what_it_missed(room):
    async with serving() as stage, stage.visit(room, who="other"):
        async with stage.visit(room) as visitor:
            await visitor.greeted()
            await publish_stock(room, 1)
            await visitor.saw(stock(1))
            position = visitor.frames[-1]
        await publish_stock(room, 2, 3)
        await atry_publish(room, Said(text="hi"))
        await publish_stock(room, 4)
        async with stage.visit(room, since=position["s"], ep=position["ep"]) as again:
            assert (await again.greeted())["resync"] is False
            await again.saw(stock(4))
            said = {"t": "test.said", "text": "hi"}
            assert again.events == [stock(2), stock(3), said, stock(4)]


async def test_newcomer_to_this_process_is_replayed_from_the_stream(room):
    await publish_stock(room, 1, 2, 3)
    async with serving() as stage:
        async with stage.visit(room) as first:
            epoch = (await first.greeted())["ep"]
        async with stage.visit(room, since=1, ep=epoch) as visitor:
            await visitor.saw(stock(3))
            assert visitor.events == [stock(2), stock(3)]


async def test_client_that_was_away_too_long_is_told_to_resync(room, monkeypatch):
    monkeypatch.setattr(rooms, "LOG_LENGTH", 5)
    await publish_stock(room, *range(1, 10))
    async with serving() as stage:
        async with stage.visit(room) as first:
            epoch = (await first.greeted())["ep"]
        async with stage.visit(room, since=3, ep=epoch) as late:
            assert (await late.greeted())["resync"] is True
        async with stage.visit(room, since=4, ep=epoch) as just_in_time:
            assert (await just_in_time.greeted())["resync"] is False
            await just_in_time.saw(stock(9))


async def test_position_of_another_epoch_means_resync(room):
    async with serving() as stage, stage.visit(room, since=0, ep="00000000") as visitor:
        assert (await visitor.greeted())["resync"] is True


async def test_event_missed_by_a_cut_subscription_is_read_from_the_stream(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        await publish_stock(room, 1)
        await visitor.saw(stock(1))
        redis = redis_client.aio()
        await redis.client_kill_filter(_type="pubsub")
        await publish_stock(room, 2, 3)
        await visitor.saw(stock(2), stock(3))
        assert visitor.events == [stock(1), stock(2), stock(3)]


async def test_lost_announcement_is_noticed_by_the_next_one(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        here = stage.hub.rooms[room]
        lost = rooms.Message(here.epoch, 1, 0, "c", "-", b"{}")
        redis = redis_client.aio()
        body = b'{"t":"test.stock","left":0,"version":1}'
        line = f"{lost.epoch} 1 0 c -\n".encode() + body
        await redis.xadd(here.keys.log, {"m": line}, id="1-0")
        await redis.hset(here.keys.meta, mapping={"seq": 1, "com": 1})
        await publish_stock(room, 2)
        await visitor.saw(stock(2))
        assert visitor.events == [stock(1), stock(2)]


async def test_flushed_room_makes_everyone_resync(room):
    async with serving() as stage, stage.visit(room) as visitor:
        first = await visitor.greeted()
        await redis_client.aio().delete(*rooms.keys(room))
        await visitor.until(lambda me: len(me.hellos) == 2)
        assert visitor.hellos[1]["resync"] is True
        assert visitor.hellos[1]["ep"] != first["ep"]
        await publish_stock(room, 1)
        await visitor.saw(stock(1))


async def test_message_of_an_epoch_gone_by_is_dropped(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        here = stage.hub.rooms[room]
        stage.hub._on_message(here.keys.channel, b"0badc0de 7 0 c -\n{}")
        await publish_stock(room, 1)
        await visitor.saw(stock(1))
        await eventually(lambda: room not in stage.hub._syncing)
        assert visitor.events == [stock(1)]


async def test_numbers_that_went_backwards_begin_a_new_epoch(room):
    async with serving() as stage, stage.visit(room) as visitor:
        first = await visitor.greeted()
        await publish_stock(room, 1, 2, 3)
        await visitor.saw(stock(3))
        await redis_client.aio().hset(rooms.keys(room).meta, mapping={"seq": 1, "com": 1})
        await visitor.until(lambda me: len(me.hellos) == 2)
        assert visitor.hellos[1]["ep"] != first["ep"]


async def _lost_and_a_number_given_again(redis, names, epoch):
    await redis.delete(names.log)
    await redis.hset(names.meta, mapping={"seq": 1, "com": 1})
    await publish_stock(names.room, 9)


async def _lost_and_its_number_given_to_a_line(redis, names, epoch):
    await redis.hset(names.meta, mapping={"seq": 2, "com": 1})
    await atry_publish(names.room, Said(text="three"))


async def _lost_and_more_said_while_nobody_listened(redis, names, epoch):
    await redis.hset(names.meta, mapping={"seq": 9, "com": 1})
    await redis.client_kill_filter(_type="pubsub")


async def _lost_and_told_otherwise_while_nobody_listened(redis, names, epoch):
    await redis.delete(names.log)
    line = f"{epoch} 2 1 c -\n".encode() + b'{"t":"test.stock","left":0,"version":9}'
    await redis.xadd(names.log, {"m": line}, id="2-0")
    await redis.client_kill_filter(_type="pubsub")


@pytest.mark.parametrize(
    "crash",
    [
        _lost_and_a_number_given_again,
        _lost_and_its_number_given_to_a_line,
        _lost_and_more_said_while_nobody_listened,
        _lost_and_told_otherwise_while_nobody_listened,
    ],
)
async def test_a_redis_that_lost_its_last_moments_is_noticed(room, crash):
    async with serving() as stage, stage.visit(room) as visitor:
        first = await visitor.greeted()
        await publish_stock(room, 1, 2)
        await visitor.saw(stock(2))
        names = SimpleNamespace(room=room, **rooms.keys(room)._asdict())
        await crash(redis_client.aio(), names, first["ep"])
        await visitor.until(lambda me: len(me.hellos) == 2)
        assert visitor.hellos[1]["resync"] is True
        assert visitor.hellos[1]["ep"] != first["ep"]
        await publish_stock(room, 10)
        await visitor.saw(stock(10))


async def test_an_event_heard_twice_is_no_crash(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        await publish_stock(room, 1, 2)
        await visitor.saw(stock(2))
        here = stage.hub.rooms[room]
        for raw in [fields[b"m"] for _, fields in await redis_client.aio().xrange(here.keys.log)]:
            stage.hub._on_message(here.keys.channel, raw)
        await redis_client.aio().client_kill_filter(_type="pubsub")  # and the last is read again
        await publish_stock(room, 3)
        await visitor.saw(stock(3))
        assert visitor.events == [stock(1), stock(2), stock(3)]
        assert len(visitor.hellos) == 1


async def test_two_processes_share_a_room(room):
    with another_process() as other:
        async with serving() as stage, stage.visit(room) as here, other.visit(room) as there:
            await here.greeted()
            await there.greeted()
            await there.say(t="say", text="hello from there", k="1")
            for visitor in (here, there):
                await visitor.saw({"t": "test.said", "text": "hello from there"})
            await publish_stock(room, 1)
            position = (await here.until(lambda me: stock(1) in me.events and me.frames[-1]))["s"]
        async with other.visit(room, since=position, ep=here.frames[-1]["ep"]) as moved:
            assert (await moved.greeted())["resync"] is False


async def test_crowd_is_thinned_out_but_not_for_its_author_and_who_keeps_all(room, monkeypatch):
    monkeypatch.setattr(rooms, "CHAT_LINES_SHOWN_PER_SECOND", 10)
    async with (
        serving() as stage,
        stage.visit(room, who="viewer") as viewer,
        stage.visit(room, who="viewer2") as twin,
        stage.visit(room, who="author") as author,
        stage.visit(room, who="host", keep=1) as host,
    ):
        for visitor in (viewer, twin, author, host):
            await visitor.greeted()
        texts = [str(number) for number in range(200)]
        for text in texts:
            await atry_publish(room, Said(text=text), sender="author")
        await atry_publish(room, Said(text="from the host"), keep=True)
        await publish_stock(room, 1)
        for visitor in (viewer, twin, author, host):
            await visitor.saw({"t": "test.said", "text": "from the host"}, stock(1))

        def seen(visitor):
            return {event["text"] for event in visitor.events if event["t"] == "test.said"}

        assert seen(host) == seen(author) == {*texts, "from the host"}
        assert seen(viewer) == seen(twin)
        assert len(seen(viewer)) < 100


async def test_who_is_cut_off_after_a_private_line_is_replayed_what_all_got(room, monkeypatch):
    """The private frame goes out first: it must not move the client past what follows it."""
    monkeypatch.setattr(room_module, "SHORTEST_TICK", 0.4)
    async with serving() as stage, stage.visit(room, who="u1") as author:
        await author.greeted()
        await atry_publish(room, Whispered(text="psst"), sender="u1")
        await publish_stock(room, 1)
        await author.saw({"t": "test.whispered", "text": "psst"}, stock(1))
        private, public = [frame for frame in author.frames if frame.get("e")]
        assert private["e"][0]["t"] == "test.whispered"
        async with stage.visit(room, who="u1", since=private["s"], ep=private["ep"]) as again:
            await again.saw(stock(1))
        assert private["s"] < public["s"]


async def test_counters_of_all_processes_are_summed(room):
    with another_process() as other:
        async with serving() as stage, stage.visit(room) as here, other.visit(room) as there:
            await here.greeted()
            await there.greeted()
            await here.say(t="like", n=3)
            await there.say(t="like", n=4)
            for visitor in (here, there):
                await visitor.until(lambda me: me.counters.get("likes") == 7)


async def test_another_server_without_our_protocol_delivers_the_same(room):
    async with serving(ws="websockets-sansio") as stage, stage.visit(room) as visitor:
        await visitor.until(lambda me: any("ping" in frame for frame in me.frames))
        await publish_stock(room, 1, 2)
        await visitor.saw(stock(1), stock(2))


async def test_stopping_process_says_good_bye_first(room):
    async with serving() as stage:
        visitor = await stage.enter(room)
        await visitor.greeted()
    await visitor.until(lambda me: me.closed_with)
    assert visitor.frames[-1] == {"v": 1, "bye": {"retry": [0.05, 0.5]}}
    assert visitor.closed_with == 1012


@pytest.mark.parametrize(
    ("sockets", "retry"),
    [(1, [0.05, 0.5]), (125, [0.05, 0.5]), (500, [0.2, 2]), (2500, [1, 10]), (10_000, [1, 10])],
)
async def test_a_crowd_is_sent_away_as_widely_as_it_needs(sockets, retry):
    assert json.loads(payload_of(good_bye(sockets))) == {"v": 1, "bye": {"retry": retry}}


async def test_deploy_moves_clients_over_without_losing_an_event(room):
    with another_process() as new:
        async with serving() as old:
            visitor = await old.enter(room)
            await visitor.greeted()
            await publish_stock(room, 1)
            await visitor.saw(stock(1))
        await visitor.until(lambda me: me.closed_with)
        stood = [one for one in visitor.frames if "s" in one][-1]
        await publish_stock(room, 2)
        async with new.visit(room, since=stood["s"], ep=stood["ep"]) as moved:
            assert (await moved.greeted())["resync"] is False
            await publish_stock(room, 3)
            await moved.saw(stock(3))
            assert moved.events == [stock(2), stock(3)]


async def test_room_nobody_is_in_is_given_up(room, monkeypatch):
    async with serving() as stage:
        async with stage.visit(room) as visitor:
            await visitor.greeted()
        await eventually(lambda: room not in stage.hub.rooms)
        async with stage.visit(room) as again:
            await again.greeted()
            await publish_stock(room, 1)
            await again.saw(stock(1))


async def test_rooms_opened_and_left_leave_nothing_behind(room):
    async with serving() as stage:
        for number in range(60):
            async with stage.visit(f"{room}-{number % 20}", who=f"u{number}") as visitor:
                await visitor.say(t="like", n=1)
                if number % 3:
                    await visitor.greeted()
        its = stage.hub
        await eventually(lambda: not its.rooms and not its.addresses)
        await eventually(lambda: not its._syncing)
        left = {"added": its._added, "held": its._held, "channels": its._channels}
        assert {name: dict(kept) for name, kept in left.items() if kept} == {}
        assert not its.watch._members
        assert not its.sockets
        assert its._subscription._wanted == set(its._listeners)


async def test_a_phone_that_confirms_nothing_is_given_up_by_the_kernel(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        (fd,) = stage.hub.rooms[room]._direct
        with socket.socket(fileno=os.dup(fd)) as line:
            waits_ms = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert waits_ms == UNHEARD_SECONDS * 1000
