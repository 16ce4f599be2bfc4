"""The room's socket, over a real uvicorn and a real Valkey, through the whole ASGI application."""

import contextlib

import httpx
import pytest
from channels.db import database_sync_to_async as in_thread
from django.conf import settings
from django.test import Client
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from livecommerce.asgi import application
from livecommerce.realtime import hub, revocation
from streams.domain import chat, chat_buyers, moderation, pins
from streams.models import ChatMessage, RoomRole
from tests.factories import make_user
from tests.livecommerce.realtime.stage import Visitor, serving
from tests.streams.shows import make_show

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(revocation, "CHECK_SECONDS", 0.2)


@in_thread
def _cookie(user):
    client = Client()
    client.force_login(user)
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"}, client


@contextlib.asynccontextmanager
async def _visit(stage, public_id, headers=None, **options):
    url = f"ws://127.0.0.1:{stage.port}/ws/rooms/{public_id}"
    origin = options.pop("origin", f"http://127.0.0.1:{stage.port}")
    visitor = Visitor(await connect(url, additional_headers=headers, origin=origin, **options))
    try:
        yield visitor
    finally:
        await visitor.leave()


def _answer(kind, key):
    return lambda me: next(
        (frame[kind] for frame in me.frames if frame.get(kind, {}).get("k") == key), None
    )


async def test_a_visitor_watches_and_hears_what_is_pinned():
    show = await in_thread(make_show)(state="live", items=1)
    async with serving(application) as stage, _visit(stage, show.public_id) as visitor:
        await visitor.greeted()
        item = await in_thread(show.shelf.get)()
        await in_thread(pins.pin)(broadcast=show, item=item, by=show.host.user)
        event = await visitor.until(lambda me: next((e for e in me.events if e["t"] == "pins"), 0))
        assert [pin["item"] for pin in event["pins"]] == [item.pk]
        await visitor.until(lambda me: me.counters.get("viewers") == 1)


async def test_a_visitor_without_account_may_not_speak():
    show = await in_thread(make_show)(state="live")
    async with serving(application) as stage, _visit(stage, show.public_id) as visitor:
        await visitor.greeted()
        await visitor.say(t="say", text="你好", k="a")
        refused = await visitor.until(_answer("err", "a"))
        assert refused["code"] == "sign_in"
        assert refused["msg"]
    assert not await in_thread(ChatMessage.objects.exists)()


async def test_a_viewer_speaks_and_everyone_hears_it_once():
    show = await in_thread(make_show)(state="live")
    viewer = await in_thread(make_user)(display_name="李小山")
    headers, _ = await _cookie(viewer)
    async with (
        serving(application) as stage,
        _visit(stage, show.public_id) as other,
        _visit(stage, show.public_id, headers) as visitor,
    ):
        await other.greeted()
        for _ in range(2):
            await visitor.say(t="say", text="怎么保存？", k="a")
        said = await visitor.until(_answer("ok", "a"))
        line = await other.until(lambda me: next((e for e in me.events if e["t"] == "chat"), 0))
        assert (line["id"], line["name"], line["text"]) == (said["id"], "李小山", "怎么保存？")
    assert await in_thread(ChatMessage.objects.count)() == 1


@pytest.mark.parametrize("text", [None, 7, ["x"], {"a": 1}, "\u200b", "字" * 201])
async def test_what_is_no_line_is_refused(text):
    show = await in_thread(make_show)(state="live")
    headers, _ = await _cookie(await in_thread(make_user)())
    async with serving(application) as stage, _visit(stage, show.public_id, headers) as visitor:
        await visitor.say(t="say", text=text, k="a")
        refused = await visitor.until(_answer("err", "a"))
        assert refused["code"] in ("chat_empty", "chat_too_long")


async def test_likes_are_counted_and_capped_for_one_person():
    show = await in_thread(make_show)(state="live")
    async with serving(application) as stage, _visit(stage, show.public_id) as visitor:
        await visitor.greeted()
        for _ in range(12):
            await visitor.say(t="like", n=20)
        await visitor.say(t="like", n="many", k="odd")
        await visitor.until(_answer("ok", "odd"))
        await visitor.until(lambda me: me.counters.get("likes", 0) >= 40)
        assert visitor.counters["likes"] < 100


@pytest.mark.parametrize("command", ["pin", "end_show", "chat", "pins", ""])
async def test_commands_of_a_host_are_unknown_here(command):
    show = await in_thread(make_show)(state="live", items=1)
    async with serving(application) as stage, _visit(stage, show.public_id) as visitor:
        await visitor.say(t=command, k="a")
        assert (await visitor.until(_answer("err", "a")))["code"] == "unknown_command"


@pytest.mark.parametrize(("command", "code"), [("pin", "unknown_command"), ("health", None)])
async def test_what_only_a_host_may_send_is_dropped_and_logged_once(command, code, caplog):
    show = await in_thread(make_show)(state="live", items=1)
    headers, _ = await _cookie(await in_thread(make_user)())
    async with serving(application) as stage, _visit(stage, show.public_id, headers) as visitor:
        for key in "ab":
            await visitor.say(t=command, k=key)
            refused = await visitor.until(_answer("err", key))
            assert refused["code"] == (code or "not_your_show")
    said = [line.message for line in caplog.records if "not theirs to send" in line.message]
    assert len(said) == 1
    assert show.public_id in said[0]


async def test_who_bought_here_gets_every_line_of_a_crowd():
    show, buyer = await in_thread(make_show)(state="live"), await in_thread(make_user)()
    await in_thread(chat_buyers.note_buyer)(public_id=show.public_id, user_id=buyer.pk)
    for who, keeps_all in ((buyer, True), (await in_thread(make_user)(), False)):
        headers, _ = await _cookie(who)
        async with serving(application) as stage, _visit(stage, show.public_id, headers) as one:
            await one.greeted()
            [member] = stage.hub.rooms[show.room].members
            assert member.membership.keep_chat is keeps_all


async def test_a_foreign_page_is_refused():
    show = await in_thread(make_show)(state="live")
    async with serving(application) as stage:
        with pytest.raises(InvalidStatus) as refused:
            async with _visit(stage, show.public_id, origin="https://evil.example"):
                pass
        assert refused.value.response.status_code == 403


async def test_a_room_that_is_not_there_closes_for_good():
    async with serving(application) as stage, _visit(stage, "nowhere") as visitor:
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4404


async def test_sign_out_closes_the_socket():
    show = await in_thread(make_show)(state="live")
    headers, client = await _cookie(await in_thread(make_user)())
    async with serving(application) as stage, _visit(stage, show.public_id, headers) as visitor:
        await visitor.greeted()
        await in_thread(client.logout)()
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401


async def test_a_lost_role_closes_the_socket():
    show = await in_thread(make_show)(state="live")
    moderator = await in_thread(make_user)()
    role = await in_thread(RoomRole.objects.create)(
        broadcast=show, user=moderator, role="moderator"
    )
    headers, _ = await _cookie(moderator)
    async with (
        serving(application) as stage,
        _visit(stage, show.public_id) as other,
        _visit(stage, show.public_id, headers) as visitor,
    ):
        await visitor.greeted()
        await in_thread(role.delete)()
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401
        assert other.closed_with is None


async def test_the_sockets_of_a_show_that_was_deleted_end_and_hold_up_no_check():
    show = await in_thread(make_show)(state="scheduled")
    headers, _ = await _cookie(show.host.user)
    async with serving(application) as stage, _visit(stage, show.public_id, headers) as visitor:
        await visitor.greeted()
        await in_thread(show.delete)()
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401


async def test_this_process_serves_no_pages():
    async with serving(application) as stage:
        base = f"http://127.0.0.1:{stage.port}"
        async with httpx.AsyncClient(trust_env=False) as browser:
            assert (await browser.get(f"{base}/livez")).status_code == 200
            for path in ("/", "/accounts/login/", "/admin/", "/livez/", "/static/x.js"):
                assert (await browser.get(base + path)).status_code == 404


async def test_a_hidden_line_is_told_to_everyone():
    show = await in_thread(make_show)(state="live")
    author = await in_thread(make_user)()
    message = await in_thread(chat.say)(broadcast=show, user=author, text="坏话", key="k")
    async with serving(application) as stage, _visit(stage, show.public_id) as visitor:
        await visitor.greeted()
        await in_thread(moderation.hide)(broadcast=show, message_id=message.pk, by=show.host.user)
        await visitor.until(lambda me: {"t": "chat_hidden", "ids": [message.pk]} in me.events)
