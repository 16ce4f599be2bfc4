"""The server's time in a browser whose own clock is an hour wrong."""

import asyncio
import time

import pytest
import pytest_asyncio

from tests.livecommerce.realtime.stage import serving
from tests.livecommerce.realtime.test_browser_client import IS_OPEN, Site, Tab, browser

pytestmark = pytest.mark.asyncio
HOUR_MS = 3_600_000
WRONG_CLOCK = """
  const [RealDate, wrong] = [Date, %d];
  window.Date = class extends RealDate {
    constructor(...given) { given.length ? super(...given) : super(RealDate.now() + wrong); }
    static now() { return RealDate.now() + wrong; }
  };
"""
assert browser  # the fixture of the browser's own tests


@pytest_asyncio.fixture(params=[HOUR_MS, -HOUR_MS], ids=["fast", "slow"])
async def wrong_tab(request, browser):
    page = await browser.new_page()
    await page.add_init_script(WRONG_CLOCK % request.param)
    tab = Tab(page)
    tab.wrong_ms = request.param
    return tab


async def off_by(tab):
    """Milliseconds between what the page takes for the server's time and the server's time."""
    before = time.time() * 1000
    told = await tab.page.evaluate(
        "import('/static/js/room/clock.js').then(({ serverNow }) => serverNow())"
    )
    after = time.time() * 1000
    return max(before - told, told - after, 0)


async def test_pings_of_the_room_tell_the_time(room, wrong_tab):
    async with serving(Site(room)) as stage:
        await wrong_tab.open(stage)
        await wrong_tab.until(IS_OPEN)
        claimed = await wrong_tab.page.evaluate("Date.now()")
        assert abs(claimed - time.time() * 1000 - wrong_tab.wrong_ms) < 60_000
        await wrong_tab.until(
            "import('/static/js/room/clock.js').then(({ serverNow }) =>"
            " Math.abs(serverNow() - Date.now()) > 3_000_000)"
        )
        assert await off_by(wrong_tab) < 1_000


async def test_page_itself_tells_the_time_before_there_is_a_socket(room, wrong_tab):
    """`server-now` was written between the page's request and its answer."""

    class Late(Site):
        def answer(self, path):
            kind, body = super().answer(path)
            if kind.startswith("text/html"):
                told = f'<live-room server-now="{round(time.time() * 1000)}" '.encode()
                body = body.replace(b"<live-room ", told).replace(b"/ws?", b"/nothing?")
            return kind, body

        async def __call__(self, scope, receive, send):
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close"})
                return
            await super().__call__(scope, receive, send)

    async with serving(Late(room)) as stage:
        await wrong_tab.open(stage)
        assert await off_by(wrong_tab) < 2_000


async def test_clock_that_is_set_while_the_page_is_open_is_found_out(room, browser):
    async with serving(Site(room)) as stage:
        tab = await Tab(await browser.new_page()).open(stage)
        await tab.until(IS_OPEN)
        await tab.page.evaluate(WRONG_CLOCK % HOUR_MS + "; null")
        async with asyncio.timeout(10):
            while await off_by(tab) > 1_000:  # noqa: ASYNC110 -- until a ping was answered
                await asyncio.sleep(0.05)
