"""The low-bandwidth ladder and the small player in a real browser, on the whole shop.

The host is ffmpeg's WHIP, so that there is picture and sound without a second browser; lines that
carry too little are made by Chromium's own network emulation, which slows what media costs and
leaves the room's socket alone.
"""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts.chromium import find_chromium
from tests.e2e.people import DESK, PHONE, Person, comes_true, picture_moves, say, sees
from tests.e2e.shop import running_shop
from tests.streams.media.harness import make_clip, wait_for

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]
GO_LIVE = """
from streams.domain import pins, shows, tokens
from streams.models import Broadcast
from django.conf import settings
show = Broadcast.objects.filter(state="scheduled", shelf__isnull=False).order_by("pk").first()
shows.go_live(broadcast=show, by=show.host.user)
answer = {
    "id": show.public_id,
    "token": tokens.issue_publish_token(user=show.host.user, broadcast=show, seconds=3600),
    "media": settings.MEDIA_INTERNAL_URL,
    "items": [item.pk for item in show.shelf.all()],
    "sku": show.shelf.first().product.sku,
}
"""
PIN = """
from streams.domain import pins
from streams.models import Broadcast, ShelfItem
show = Broadcast.objects.get(public_id="{id}")
pins.pin(broadcast=show, item=ShelfItem.objects.get(pk={item}), by=show.host.user)
answer = 1
"""
SLOW = 20_000
"""Bytes a second: enough for sound (some 15,000), a fifth of what the picture needs."""
SOUND_MOVES = """async () => {
  const video = document.querySelector("live-player video");
  if (!video || video.readyState < 2) return false;
  const [time, bytes] = [video.currentTime, video.webkitAudioDecodedByteCount];
  await new Promise((done) => setTimeout(done, 1500));
  return video.currentTime > time + 0.5 && video.webkitAudioDecodedByteCount > bytes;
}"""


@pytest.fixture(scope="module")
def shop():
    with running_shop(MEDIA_UDP_PORTS="42100-42199") as shop:
        yield shop


@pytest.fixture(scope="module")
def show(shop, tmp_path_factory):
    """A live show with a host who sends 800 kbit/s of picture and sound."""
    from tests.streams.media.harness import publishing

    told = shop.ask(GO_LIVE)
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mkv", seconds=8)

    class Door:
        base = told["media"]

    with publishing(Door, told["id"], clip, told["token"]):
        wait_for(lambda: _is_online(shop, told["id"]), 60, every=1)
        yield told


def _is_online(shop, public_id):
    return shop.ask(
        "from streams.models import Broadcast\n"
        f"answer = Broadcast.objects.get(public_id='{public_id}').is_host_online"
    )


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(shop, browser):
    people = []

    def come(viewport=PHONE, **context):
        person = Person(browser, shop.url, viewport=viewport, **context)
        people.append(person)
        return person

    yield come
    for person in people:
        assert person.complaints == []
        person.close()


def narrow(page, bytes_a_second):
    """Chromium's own throttle, for every request of this page."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 60,
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
        },
    )
    return session


def on_rung(page, rung, *, within_ms=5_000):
    expect(page.locator("live-room")).to_have_attribute("data-rung", rung, timeout=within_ms)


def choose(page, rung):
    page.locator("[data-opens=ladder]").click()
    page.locator(f"#ladder input[value={rung}]").check()
    page.locator("#ladder [data-close]").click()


def checkout_opens(page):
    page.locator("deal-card [data-f=buy]").first.click()
    sheet = page.locator("#buy-sheet")
    expect(sheet.locator(".buy-go")).to_be_visible(timeout=20_000)
    page.locator("#buy [data-close]").first.click()
    expect(sheet.locator(".buy-go")).to_be_hidden()


def media_bytes(page):
    return page.evaluate("document.querySelector('stream-ladder').bytes")


def test_a_slow_line_steps_down_by_itself_and_sells_on_every_rung(shop, show, visitor):
    shop.ask(PIN.format(id=show["id"], item=show["items"][0]))
    viewer = visitor()
    viewer.sign_in("viewer")
    viewer.open(f"/rooms/{show['id']}/")
    page = viewer.page
    picture_moves(page, within_ms=40_000)
    on_rung(page, "picture")
    page.evaluate("window.neverReloaded = true")
    checkout_opens(page)

    # Too little for the picture: one rung down, told, and the sound plays.
    session = narrow(page, SLOW)
    on_rung(page, "sound", within_ms=60_000)
    expect(page.locator("[data-told=sound-stalls]")).to_be_visible()
    comes_true(page, SOUND_MOVES, within_ms=40_000)
    slide = page.locator("audio-slides .slides-picture.is-shown")
    expect(slide).to_be_visible(timeout=15_000)
    name = page.locator("[data-slide-name]").inner_text()
    assert slide.evaluate("image => image.naturalWidth") <= 320, "a small rendition"
    before = media_bytes(page)
    page.wait_for_timeout(8_000)
    assert media_bytes(page) - before < 8 * SLOW
    assert page.evaluate("document.querySelector('live-player video').videoWidth") == 0
    shop.ask(PIN.format(id=show["id"], item=show["items"][1]))
    expect(page.locator("[data-slide-name]")).not_to_have_text(name, timeout=10_000)
    checkout_opens(page)

    # Nothing comes at all: words. The room itself goes on.
    session.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 60, "downloadThroughput": -1, "uploadThroughput": -1,
    })  # fmt: skip
    page.route(re.compile(rf"/{show['id']}/.*\.(m4s|mp4)"), lambda route: None)
    on_rung(page, "text", within_ms=60_000)
    expect(page.locator("[data-told=text-stalls]")).to_be_visible()
    board = page.locator("text-board")
    expect(board).to_be_visible()
    expect(board.locator("[data-board-item]:not([hidden]) h3")).to_be_visible(timeout=15_000)
    expect(board.locator("[data-board-log] li").first).to_be_visible()
    say(page, "只看文字也能聊")
    sees(page, "只看文字也能聊")
    checkout_opens(page)
    assert page.evaluate("window.neverReloaded") is True


def test_a_choice_is_obeyed_remembered_and_counted(shop, show, visitor):
    viewer = visitor()
    viewer.open(f"/rooms/{show['id']}/")
    page = viewer.page
    picture_moves(page, within_ms=40_000)
    before = media_bytes(page)
    page.wait_for_timeout(6_000)
    of_picture = media_bytes(page) - before
    assert of_picture > 200_000

    choose(page, "sound")
    on_rung(page, "sound")
    comes_true(page, SOUND_MOVES, within_ms=30_000)
    assert page.get_attribute("live-player", "data-sound") == "on"
    before = media_bytes(page)
    page.wait_for_timeout(6_000)
    of_sound = media_bytes(page) - before
    assert of_sound * 4 < of_picture
    page.locator("[data-opens=ladder]").click()
    expect(page.locator("#ladder [data-bytes]")).to_contain_text("MB")
    page.locator("#ladder [data-close]").click()

    choose(page, "text")
    on_rung(page, "text")
    page.wait_for_timeout(1_000)
    before = media_bytes(page)
    page.wait_for_timeout(5_000)
    assert media_bytes(page) == before, "words load no media at all"

    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    on_rung(page, "text")
    expect(page.locator("text-board")).to_be_visible()
    page.wait_for_timeout(2_000)
    assert not [url for url in asked if re.search(r"\.(m3u8|m4s|mp4|webp|jpe?g|png)\b", url)]

    choose(page, "auto")
    on_rung(page, "picture")
    picture_moves(page, within_ms=30_000)


def test_who_saves_data_begins_with_sound(shop, show, visitor):
    saver = visitor(extra_http_headers={"Save-Data": "on"})
    asked = []
    saver.page.on("request", lambda request: asked.append(request.url))
    saver.open(f"/rooms/{show['id']}/")
    comes_true(saver.page, SOUND_MOVES, within_ms=40_000)

    on_rung(saver.page, "sound")
    assert not [url for url in asked if re.search(r"/p\d+\.\d+\.m4s|/s\d+\.m4s", url)]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_show_goes_on_in_a_corner_while_browsing(shop, show, visitor, viewport):
    viewer = visitor(viewport)
    viewer.open(f"/rooms/{show['id']}/")
    page = viewer.page
    picture_moves(page, within_ms=40_000)
    page.locator("deal-card [data-f=product]").first.click()
    page.wait_for_url(re.compile("/products/"))
    mini = page.locator("mini-player")
    expect(mini).to_be_visible(timeout=15_000)
    picture_moves(page, within_ms=30_000)

    # It covers neither what sells nor the phone's bar, wherever the page is scrolled to.
    for place in (0, 0.3, 0.6, 1):
        page.evaluate(f"scrollTo(0, {place} * document.body.scrollHeight)")
        page.wait_for_timeout(250)
        assert page.evaluate(
            """() => [...document.querySelectorAll(".button-buy, .tabbar a")].every((thing) => {
              const box = thing.getBoundingClientRect();
              const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
              if (!box.width || y < 0 || y > innerHeight) return true;
              return !document.elementFromPoint(x, y)?.closest("mini-player");
            })"""
        ), place

    # It comes along to the next page, is reached by keys, and leads back.
    page.goto(f"{shop.url}/schedule/")
    expect(mini).to_be_visible(timeout=15_000)
    page.locator("mini-player .mini-title").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/rooms/{show['id']}/"))
    picture_moves(page, within_ms=40_000)
    expect(mini).to_have_count(0)

    # Closed is closed.
    page.goto(f"{shop.url}/schedule/")
    expect(mini).to_be_visible(timeout=15_000)
    page.locator("[data-mini-close]").focus()
    page.keyboard.press("Escape")
    expect(mini).to_have_count(0)
    page.goto(f"{shop.url}/")
    page.wait_for_timeout(1_500)
    expect(mini).to_have_count(0)


def test_the_corner_obeys_the_rung_and_ends_with_the_show(shop, show, visitor):
    """The last test here: it ends the show."""
    viewer = visitor()
    viewer.open(f"/rooms/{show['id']}/")
    page = viewer.page
    choose(page, "sound")
    comes_true(page, SOUND_MOVES, within_ms=40_000)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{shop.url}/schedule/")
    expect(page.locator("mini-player[data-rung=sound]")).to_be_visible(timeout=15_000)
    comes_true(page, SOUND_MOVES, within_ms=40_000)
    assert not [url for url in asked if re.search(r"/p\d+\.\d+\.m4s|/s\d+\.m4s", url)]

    shop.ask(
        "from streams.domain import shows\nfrom streams.models import Broadcast\n"
        f"show = Broadcast.objects.get(public_id='{show['id']}')\n"
        "shows.end_show(broadcast=show, by=show.host.user)\nanswer = 1"
    )
    expect(page.locator("[data-mini-over]")).to_be_visible(timeout=60_000)
    expect(page.locator("mini-player")).to_have_count(0, timeout=20_000)
