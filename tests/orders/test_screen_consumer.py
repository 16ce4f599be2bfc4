"""The wall's socket, over a real uvicorn and a real Valkey, through the whole ASGI application."""

import contextlib

import pytest
from channels.db import database_sync_to_async as in_thread
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from livecommerce.asgi import application
from livecommerce.realtime import hub, revocation
from orders import consumers
from orders.domain import festival_screen
from orders.models import FestivalScreen
from tests.factories import make_festival, make_product
from tests.livecommerce.realtime.stage import Visitor, serving
from tests.orders.fairs import sell
from tests.streams.shows import make_show

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(revocation, "CHECK_SECONDS", 0.2)


@contextlib.asynccontextmanager
async def look(stage, slug, query="", **options):
    url = f"ws://127.0.0.1:{stage.port}/ws/screens/{slug}{query}"
    origin = options.pop("origin", f"http://127.0.0.1:{stage.port}")
    visitor = Visitor(await connect(url, origin=origin, **options))
    try:
        yield visitor
    finally:
        await visitor.leave()


def _pay(festival):
    order = sell(make_show(state="live", festival=festival), make_product())
    lines = list(order.lines.select_related("product", "broadcast", "deal"))
    festival_screen.note_lines(buyer=order.buyer, lines=lines)


async def test_an_order_lights_the_wall_and_a_late_one_is_replayed():
    festival = await in_thread(make_festival)()
    async with serving(application) as stage, look(stage, festival.slug) as wall:
        await wall.greeted()
        await wall.until(lambda me: me.counters.get("viewers") == 1)
        await in_thread(_pay)(festival)
        assert await in_thread(festival_screen.tell_screens)() == 1
        event = await wall.until(lambda me: next(iter(me.events), None))
        assert (event["t"], event["lit"]) == ("festival", {"451200": 1})
        since = f"?since=0&ep={wall.hellos[0]['ep']}"
        async with look(stage, festival.slug, since) as late:
            await late.saw(event)


async def test_a_key_opens_and_another_key_shuts():
    festival = await in_thread(make_festival)()
    setting = await in_thread(FestivalScreen.objects.create)(festival=festival, access="key")
    async with serving(application) as stage:
        async with look(stage, festival.slug, "?key=wrong") as nobody:
            await nobody.until(lambda me: me.closed_with == 4404)
        async with look(stage, festival.slug, f"?key={setting.key}") as wall:
            await wall.greeted()
            setting.key = "another"
            await in_thread(setting.save)()
            await wall.until(lambda me: me.closed_with == 4401)


async def test_unknown_festival_and_foreign_page_are_refused():
    festival = await in_thread(make_festival)()
    async with serving(application) as stage:
        async with look(stage, "nowhere") as wall:
            await wall.until(lambda me: me.closed_with == 4404)
        with pytest.raises(InvalidStatus) as refused:
            async with look(stage, festival.slug, origin="https://evil.example"):
                pass
        assert refused.value.response.status_code == 403


async def test_nothing_can_be_said_and_too_many_screens_wait(monkeypatch):
    festival = await in_thread(make_festival)()
    async with serving(application) as stage, look(stage, festival.slug) as wall:
        await wall.greeted()
        await wall.say(t="say", text="hello", k="a")
        refused = await wall.until(
            lambda me: next((frame["err"] for frame in me.frames if "err" in frame), None)
        )
        assert refused["code"] == "unknown_command"
        monkeypatch.setattr(consumers, "MOST_SCREENS", 1)
        with pytest.raises(InvalidStatus):
            async with look(stage, festival.slug):
                pass
