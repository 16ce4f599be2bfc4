"""What a socket may say, and that it is let go of whatever happens."""

import json
import time

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from websockets.exceptions import InvalidStatus

from livecommerce.realtime import consumer, publish, signing_in
from livecommerce.realtime.consumer import Limit
from livecommerce.realtime.origin import OwnOrigin
from livecommerce.realtime.signing_in import SigningIn
from tests.livecommerce.realtime.stage import Doorman, Stocked, eventually, serving

pytestmark = pytest.mark.asyncio


async def answer(visitor, *, to=None, sending=None):
    """The next ok or err frame after sending."""
    before = len(visitor.frames)
    await visitor.connection.send(sending if sending is not None else json.dumps(to))

    def found(me):
        return [frame for frame in me.frames[before:] if frame.keys() & {"ok", "err", "pong"}]

    return (await visitor.until(found))[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"t":1}',
        '{"t":"like","n":NaN}',
        '{"t":"like","k":1}',
        '{"t":"like","k":"' + "k" * 65 + '"}',
        '{"t":"like","k":"a\\u0000b"}',
        '{"t":"like","n":' + "9" * 5000 + "}",
        '{"t":"like","n":' + "[" * 8000 + "}",
        '{"t":"say","text":"\\ud800"}',
        b"\x00\xff",
    ],
)
async def test_malformed_command_is_an_error_and_the_socket_stays(room, text):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        assert (await answer(visitor, sending=text))["err"]["code"] == "bad_command"
        before = time.time() * 1000
        pong = (await answer(visitor, to={"t": "ping", "k": "12.5"}))["pong"]
        assert pong["k"] == "12.5"
        assert before - 1 <= pong["at"] <= time.time() * 1000 + 1


@pytest.mark.parametrize("options", [{}, {"ws_max_size": 16384}])
async def test_frame_above_16_kb_closes_with_1009(room, options):
    async with serving(**options) as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        await visitor.connection.send(json.dumps({"t": "say", "text": "x" * 17_000}))
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 1009


async def test_megabyte_frame_closes_with_1009(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        await visitor.connection.send("x" * 1_000_000)
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 1009


async def test_unknown_command_is_an_error_in_the_readers_language(room):
    async with serving() as stage:
        said = []
        for language in ("en", "zh-hans"):
            cookie = {"Cookie": f"{settings.LANGUAGE_COOKIE_NAME}={language}"}
            async with stage.visit(room, headers=cookie) as visitor:
                await visitor.greeted()
                error = (await answer(visitor, to={"t": "pin", "k": "a"}))["err"]
                assert (error["code"], error["k"]) == ("unknown_command", "a")
                said.append(error["msg"])
    with translation.override("zh-hans"):
        assert said == ["That could not be understood.", gettext("That could not be understood.")]


async def test_answers_carry_the_key(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        assert await answer(visitor, to={"t": "say", "text": "hi", "k": "a"}) == {
            "v": 1,
            "ok": {"k": "a", "id": 7},
        }
        assert await answer(visitor, to={"t": "like", "n": 1, "k": "b"}) == {
            "v": 1,
            "ok": {"k": "b"},
        }
        refusal = {"code": "muted", "msg": "You are muted", "k": "c"}
        assert (await answer(visitor, to={"t": "no", "k": "c"}))["err"] == refusal


async def test_bug_in_a_command_is_told_and_the_socket_stays(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        assert (await answer(visitor, to={"t": "boom", "k": "a"}))["err"]["code"] == "server"
        await publish.apublish(room, Stocked(left=1, version=1))
        await visitor.saw({"t": "test.stock", "left": 1, "version": 1})


async def test_limit_of_a_person_holds_over_sockets(room):
    async with (
        serving() as stage,
        stage.visit(room, who=f"talker{room}") as one,
        stage.visit(room, who=f"talker{room}") as two,
    ):
        for visitor in (one, two):
            await visitor.greeted()
        say = {"t": "say", "text": "hi", "k": "k"}
        kinds = [await answer(visitor, to=say) for visitor in (one, two, one, two, one, two)]
        assert [frame.keys() & {"ok", "err"} for frame in kinds] == [{"ok"}] * 5 + [{"err"}]
        assert kinds[-1]["err"]["code"] == "too_fast"


async def test_flood_from_one_socket_is_closed(room):
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        for _ in range(100):
            await visitor.connection.send("{")
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 1008


async def test_refused_visitor_is_told_not_to_come_back(room):
    async with serving() as stage, stage.visit(room, who="nobody") as visitor:
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4404
        assert room not in stage.hub.rooms


async def test_too_many_sockets_of_one_person_are_refused(room, monkeypatch):
    monkeypatch.setattr(Doorman, "sockets_per_person", 2)
    async with (
        serving() as stage,
        stage.visit(room, who="me") as one,
        stage.visit(room, who="me") as two,
    ):
        await one.greeted()
        await two.greeted()
        async with stage.visit(room, who="me") as three:
            await three.until(lambda me: me.closed_with)
            assert three.closed_with == 1013


async def test_too_many_sockets_of_one_address_are_refused(room, monkeypatch):
    monkeypatch.setattr(Doorman, "sockets_per_address", 2)
    async with serving() as stage:
        async with stage.visit(room) as one, stage.visit(room) as two:
            await one.greeted()
            await two.greeted()
            with pytest.raises(InvalidStatus):
                await stage.enter(room)
        await eventually(lambda: not stage.hub.addresses)
        async with stage.visit(room) as three:
            await three.greeted()


async def test_too_many_connections_of_one_address_are_refused(room, monkeypatch):
    monkeypatch.setattr(Doorman, "connects_per_address", Limit(rate=1, per=3600, burst=1))
    monkeypatch.setattr(
        "livecommerce.realtime.consumer.address_of", lambda scope: f"10.0.0.1-{room}"
    )
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        with pytest.raises(InvalidStatus):
            await stage.enter(room)


async def test_a_flood_with_made_up_sessions_is_refused_before_they_are_looked_up(
    room, monkeypatch
):
    looked_up = []

    def look_up(session_keys):
        looked_up.extend(session_keys)
        return [None for _ in session_keys]

    its = signing_in.Together(look_up, threads=signing_in.threads)
    monkeypatch.setattr(signing_in, "_signed_in", its)
    monkeypatch.setattr(Doorman, "connects_per_address", Limit(rate=1, per=3600, burst=1))
    monkeypatch.setattr(consumer, "address_of", lambda scope: f"10.0.0.3-{room}")
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=made-up"}
    async with (
        serving(SigningIn(Doorman.as_asgi())) as stage,
        stage.visit(room, headers=cookie) as one,
    ):
        await one.greeted()
        for _ in range(3):
            with pytest.raises(InvalidStatus):
                await stage.enter(room, headers=cookie)
    assert looked_up == ["made-up"]


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://localhost.evil"])
async def test_socket_of_a_foreign_or_no_origin_is_refused_and_logged(room, origin, caplog):
    async with serving(OwnOrigin(Doorman.as_asgi())) as stage:
        headers = {"Origin": origin} if origin else None
        with pytest.raises(InvalidStatus) as refused:
            await stage.enter(room, headers=headers)
        assert refused.value.response.status_code == 403
        assert "another origin" in caplog.text
        async with stage.visit(room, headers={"Origin": "http://localhost:8000"}) as ours:
            await ours.greeted()


async def test_socket_is_let_go_of_when_the_peer_vanishes(room):
    async with serving() as stage:
        visitor = await stage.enter(room)
        await visitor.greeted()
        visitor.connection.transport.abort()
        await eventually(lambda: Doorman.left_count)
        assert (Doorman.left_count, stage.hub.sockets) == (1, 0)
        assert not stage.hub.rooms[room].members


async def test_socket_is_let_go_of_when_the_app_raises(room, monkeypatch):
    async def joined(self, membership):
        raise RuntimeError("a bug in the app")

    monkeypatch.setattr(Doorman, "joined", joined)
    async with serving() as stage:
        visitor = await stage.enter(room)
        await visitor.until(lambda me: me.closed_with)
        assert (Doorman.left_count, stage.hub.sockets) == (1, 0)
        assert not stage.hub.rooms[room].members


async def test_silent_client_of_a_server_that_does_not_ping_is_let_go(room, monkeypatch):
    monkeypatch.setattr(Doorman, "idle_seconds", 0.2)
    async with serving(ws="websockets-sansio") as stage, stage.visit(room) as visitor:
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 1013
