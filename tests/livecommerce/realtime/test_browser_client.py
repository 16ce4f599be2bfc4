"""<live-room> and its socket in a real browser, against the real hub."""

import json
import mimetypes
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from livecommerce import redis_client
from livecommerce.realtime import frame, rooms
from livecommerce.realtime.publish import apublish
from scripts.chromium import find_chromium
from tests.livecommerce.realtime.stage import Doorman, Stocked, eventually, serving

pytestmark = pytest.mark.asyncio

STATIC = Path(__file__).parents[3] / "static"
PAGE = """<!doctype html><title>room</title>
<live-room ws-url="/ws?room=%(room)s&who=%(who)s" snapshot-url="/snapshot">
  <script type="application/json">%(state)s</script>
</live-room>
<script type="module">
  import { reducers } from "/static/js/realtime/reduce.js";
  reducers["test.stock"] = (state, { left, version }) =>
    version > state.version ? { ...state, left, version } : state;
  window.seen = [];
  for (const name of ["room-state", "room-event", "room-counters", "room-connection"]) {
    addEventListener(name, ({ detail }) => window.seen.push([name, structuredClone(detail)]));
  }
  await import("/static/js/elements/live-room.js");
  window.room = document.querySelector("live-room");
</script>"""


class Site:
    """Page, scripts, snapshot and socket of one room on one address."""

    def __init__(self, room):
        self.room = room
        self.who = "viewer"
        self.snapshot = {"s": None, "ep": "", "left": 9, "version": 0}
        self.fetched = 0
        self.socket = Doorman.as_asgi()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "websocket":
            await self.socket(scope, receive, send)
            return
        kind, body = self.answer(scope["path"])
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def answer(self, path):
        state = json.dumps(self.snapshot)
        if path == "/snapshot":
            self.fetched += 1
            return "application/json", state.encode()
        if path.startswith("/static/"):
            kind = mimetypes.guess_type(path)[0]
            return kind, (STATIC / path.removeprefix("/static/")).read_bytes()
        page = PAGE % {"room": self.room, "who": self.who, "state": state}
        return "text/html; charset=utf-8", page.encode()


@pytest_asyncio.fixture
async def browser():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium())
        yield browser
        await browser.close()


class Tab:
    def __init__(self, page):
        self.page = page

    async def open(self, stage):
        await self.page.goto(f"http://127.0.0.1:{stage.port}/")
        return self

    async def until(self, expression):
        # The page's own module may not have run yet.
        there = f"typeof room !== 'undefined' && ({expression})"
        await self.page.wait_for_function(there, timeout=10_000)

    async def state(self):
        return await self.page.evaluate("room.state")

    async def send(self, **command):
        script = """command => room.send(command).then(
            (answer) => ["ok", answer], (error) => [error.code, error.message])"""
        return await self.page.evaluate(script, command)


IS_OPEN = "window.room?.connection === 'open'"


async def test_browser_follows_the_room_and_comes_back_from_where_it_was(room, browser):
    site = Site(room)
    async with serving(site) as stage:
        tab = await Tab(await browser.new_page()).open(stage)
        await tab.until(IS_OPEN)
        await tab.until("seen.filter(([name]) => name === 'room-state').length === 2")
        assert (site.fetched, (await tab.state())["left"]) == (1, 9)

        await apublish(room, Stocked(left=8, version=2))
        await tab.until("room.state.left === 8")
        await apublish(room, Stocked(left=99, version=1))  # late: older than what is known
        await apublish(room, Stocked(left=7, version=3))
        await tab.until("room.state.left === 7")
        events = await tab.page.evaluate(
            "seen.filter(([n]) => n === 'room-event').map(([, d]) => d.state.left)"
        )
        assert events == [8, 8, 7]
        await tab.until("room.counters.viewers === 1")

        [member] = stage.hub.rooms[room].members
        member.send(frame.control(bye={"retry": [0.1, 0.2]}))
        member.close(1012)
        await tab.until("room.connection === 'away'")
        assert (await tab.send(t="no"))[0] == "offline"
        await apublish(room, Stocked(left=6, version=4))
        await tab.until(IS_OPEN)
        await tab.until("room.state.left === 6")
        assert site.fetched == 1  # replayed, not fetched


WAITS = """async () => {
  const { RoomSocket } = await import("/static/js/realtime/socket.js");
  const sockets = [];
  let timer;
  Math.random = () => 1;
  window.setTimeout = (act, ms) => { timer = { act, ms }; };
  window.WebSocket = class extends EventTarget {
    static OPEN = 1;
    constructor() { super(); sockets.push(this); }
    close() {}
  };
  const nothing = () => {};
  new RoomSocket("/", { connection: nothing, hello: nothing }).open();
  const say = (frame) => sockets.at(-1).dispatchEvent(
    new MessageEvent("message", { data: JSON.stringify({ v: 1, ...frame }) }));
  const waitAfter = (code) => {
    sockets.at(-1).dispatchEvent(new CloseEvent("close", { code }));
    const { act, ms } = timer;
    act();
    return ms / 1000;
  };
  say({ bye: { retry: [0.05, 0.5] } });
  const moved = [1012, 1006, 1006, 1006, 1006, 1006, 1006].map(waitAfter);
  say({ hello: { s: 1, ep: "e" } });
  return [moved, waitAfter(1006)];
}"""


async def test_who_is_sent_away_comes_soon_and_waits_longer_each_time_nobody_is_there(
    room, browser
):
    async with serving(Site(room)) as stage:
        tab = await Tab(await browser.new_page()).open(stage)
        moved, after_a_crash = await tab.page.evaluate(WAITS)
        assert moved == [0.5, 1, 2, 4, 8, 10, 10]
        assert after_a_crash == 10


async def test_browser_fetches_a_snapshot_when_told_to_resync(room, browser):
    site = Site(room)
    async with serving(site) as stage:
        tab = await Tab(await browser.new_page()).open(stage)
        await tab.until(IS_OPEN)
        await eventually(lambda: site.fetched == 1)
        site.snapshot = {"s": 0, "ep": "", "left": 3, "version": 5}
        await redis_client.aio().delete(*rooms.keys(room))
        await tab.until("room.state.left === 3")
        await apublish(room, Stocked(left=4, version=4))  # older than the snapshot
        await apublish(room, Stocked(left=2, version=6))
        await tab.until("room.state.left === 2")
        assert (await tab.state())["version"] == 6


async def test_commands_are_paired_with_their_answers(room, browser):
    site = Site(room)
    async with serving(site) as stage:
        tab = await Tab(await browser.new_page()).open(stage)
        await tab.until(IS_OPEN)
        assert await tab.send(t="say", text="hi", k="a") == ["ok", {"k": "a", "id": 7}]
        assert await tab.send(t="no") == ["muted", "You are muted"]


async def test_refused_browser_stays_away(room, browser):
    site = Site(room)
    site.who = "nobody"
    async with serving(site) as stage:
        tab = await Tab(await browser.new_page()).open(stage)
        await tab.until("room.connection === 'refused'")
