"""<live-broadcaster> and <live-player> in Chromium with a fake camera, under a strict CSP."""

import json
from urllib.parse import parse_qs

import httpx
import pytest
from playwright.sync_api import sync_playwright

from scripts.chromium import ADVICE, find_chromium
from tests.streams.media.browser import ARGS, PageServer
from tests.streams.media.harness import free_port, mint, wait_for
from tests.streams.media.test_contract import LINK

BROADCASTER = """<live-broadcaster token-url="/token/{path}">
  <input type="hidden" name="csrfmiddlewaretoken" value="x">
  <video playsinline autoplay></video>
  <select data-pick="camera"></select><select data-pick="microphone"></select>
  <meter data-level min="0" max="1" value="0"></meter>
  <span data-show="live" hidden>on air</span><span data-problem="refused" hidden>refused</span>
  <span data-problem="elsewhere" hidden>elsewhere</span>
  <button data-do="start">start</button><button data-do="mute">mute</button>
  <button data-do="slate">slate</button><button data-do="stop">stop</button>
</live-broadcaster>"""
PLAYER = """<live-player class="player" src="{src}" {more}>
  <video class="player-video" playsinline muted autoplay></video>
  <p data-show="away" hidden>away</p>
  <div class="player-bar">
    <button class="button player-sound" data-do="sound" aria-pressed="false">sound</button>
    <button class="button button-icon" data-do="play" aria-label="play">p</button>
    <button class="button button-icon" data-do="fullscreen" aria-label="full">f</button>
  </div>
</live-player>"""


@pytest.fixture(scope="module")
def browser():
    chromium = find_chromium()
    assert chromium, ADVICE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages():
    server = PageServer()
    yield server
    server.close()


@pytest.fixture
def open_page(browser, pages):
    opened = []

    def open_one(html):
        page = browser.new_page(viewport={"width": 900, "height": 700})
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(pages.base)
        page.evaluate("html => put(html)", html)
        opened.append(page)
        return page

    yield open_one
    for page in opened:
        if not page.is_closed():
            assert page.errors == []
            assert page.evaluate("violations") == []
            page.close()


@pytest.fixture
def host_page(open_page, pages, role):
    def open_host(path):
        pages.answers[f"/token/{path}"] = lambda: json.dumps(
            {"publish_url": f"{role.base}/{path}/whip", "token": mint(path, "publish")}
        )
        page = open_page(BROADCASTER.format(path=path))
        page.click('[data-do="start"]')
        page.wait_for_selector('live-broadcaster[data-state="live"]')
        return page

    return open_host


def source(role, path):
    return f"{role.base}/{path}/index.m3u8?token={mint(path)}"


def wait_playing(page):
    page.wait_for_selector('live-player[data-player="playing"]', timeout=45_000)


def moves_on(page, seconds=1.0):
    """The picture's time advances, and what is shown changes."""
    seen, at = page.evaluate("[picture(), document.querySelector('video').currentTime]")
    clock = "document.querySelector('video').currentTime"
    wait_for(lambda: page.evaluate(clock) > at + seconds)
    return wait_for(lambda: page.evaluate("picture()") != seen)


def test_a_host_goes_live_vanishes_and_returns_without_a_reload(host_page, open_page, role):
    host = host_page("camera")
    assert host.locator('[data-show="live"]').is_visible()
    assert role.path_info("camera")["tracks"] == ["H264", "Opus"]
    states = [detail["state"] for name, detail in host.evaluate("said") if "state" in name]
    assert states == ["idle", "check", "ready", "connecting", "live"]
    assert host.locator('[data-pick="camera"] option').count() >= 1

    viewer = open_page(PLAYER.format(src=source(role, "camera"), more=""))
    wait_playing(viewer)
    assert moves_on(viewer)
    stats = wait_for(
        lambda: [d for name, d in host.evaluate("said") if name == "broadcaster-stats"]
    )
    assert stats[-1]["width"] > 0
    assert set(stats[-1]) >= {"kbps", "height", "fps", "rttMs", "lostPercent"}

    host.click('[data-do="stop"]')
    assert host.evaluate("document.querySelector('live-broadcaster').state") == "stopped"
    wait_for(lambda: not role.is_online("camera"))
    viewer.wait_for_selector('live-player[data-player="away"]', timeout=45_000)
    assert viewer.locator('[data-show="away"]').is_visible()

    host.click('[data-do="start"]')
    wait_playing(viewer)
    assert moves_on(viewer)
    assert viewer.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_mute_and_slate_keep_the_connection_and_a_lost_one_is_made_again(host_page, role):
    host = host_page("controls")
    wait_for(lambda: role.is_online("controls"))
    session = role.path_info("controls")["source"]["id"]
    track = "document.querySelector('video').srcObject.getAudioTracks()[0].enabled"
    host.click('[data-do="mute"]')
    host.click('[data-do="slate"]')
    assert host.get_attribute('[data-do="mute"]', "aria-pressed") == "true"
    assert host.evaluate(track) is False
    assert host.get_attribute("live-broadcaster", "data-slate") == "on"
    host.click('[data-do="slate"]')
    host.click('[data-do="mute"]')
    assert host.evaluate(track) is True
    assert role.path_info("controls")["source"]["id"] == session

    httpx.post(f"{role.base}/v3/webrtcsessions/kick/{session}", timeout=30)
    host.wait_for_selector('live-broadcaster[data-state="reconnecting"]', timeout=45_000)
    host.wait_for_selector('live-broadcaster[data-state="live"]', timeout=45_000)
    wait_for(lambda: role.is_online("controls"))
    assert role.path_info("controls")["source"]["id"] != session


def test_a_refused_broadcaster_says_so(open_page):
    page = open_page(BROADCASTER.format(path="refused"))
    page.click('[data-do="start"]')

    page.wait_for_selector('[data-problem="refused"]:not([hidden])')
    page.click('[data-do="stop"]')


def test_of_two_windows_the_one_pressed_last_sends_and_the_other_stops(open_page, role):
    senders = []

    def token(route):  # as streams.domain.senders has it
        asked = parse_qs(route.request.post_data)
        (window,) = asked["window"]
        if "again" in asked and senders[-1] != window:
            route.fulfill(status=409, json={"code": "sent_elsewhere", "message": ""})
            return
        senders.append(window)
        url = f"{role.base}/two/whip"
        route.fulfill(json={"publish_url": url, "token": mint("two", "publish")})

    def sending():
        page = open_page(BROADCASTER.format(path="two"))
        page.route("**/token/two", token)
        page.click('[data-do="start"]')
        page.wait_for_selector('live-broadcaster[data-state="live"]', timeout=45_000)
        return page

    first, second = sending(), sending()

    first.wait_for_selector('live-broadcaster[data-state="stopped"]', timeout=45_000)
    assert first.locator('[data-problem="elsewhere"]').is_visible()
    assert second.evaluate("document.querySelector('live-broadcaster').state") == "live"
    assert len(set(senders)) == 2


def test_ice_servers_are_read_from_the_engines_link_header(open_page):
    page = open_page("<p></p>")
    read = "async header => (await import('/static/js/media/whip.js')).readLink(header)"

    assert page.evaluate(read, LINK) == [
        {"urls": "stun:stun.example:3478"},
        {"urls": "turns:turn.example", "username": "u", "credential": "c"},
    ]
    assert page.evaluate(read, "") == []


def test_a_server_that_is_away_is_no_weak_line(open_page):
    """Who is refused at once would gain nothing by a lower rung, and lose the picture for minutes
    when the server is back."""
    page = open_page(PLAYER.format(src=f"http://127.0.0.1:{free_port()}/a/index.m3u8", more=""))
    page.evaluate("""() => {
      window.told = [];
      window.waits = [];
      const wait = window.setTimeout;
      window.setTimeout = (act, ms) => (waits.push(ms), wait(act, ms));
      addEventListener("player-state", ({ detail, target }) => {
        if (detail.state === "error") told.push(target.flow);
      });
    }""")
    wait_for(lambda: page.evaluate("told.length >= 2"), every=0.3)
    assert set(page.evaluate("told")) == {"unknown"}
    wake = """() => {
      const player = document.querySelector("live-player");
      Math.random = () => 0.999;  // what it would wait by itself, and for the host's picture
      waits.length = 0;
      player.wake();
      return [player.state, waits];
    }"""
    wait_for(lambda: (asked := page.evaluate(wake))[0] == "error" and asked[1] == [0.999 * 1500])


def test_before_and_after_the_show_nothing_is_loaded(open_page, role):
    viewer = open_page(PLAYER.format(src=source(role, "before"), more='state="before"'))

    assert viewer.get_attribute("live-player", "data-player") == "idle"
    loaded = viewer.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert not [address for address in loaded if role.base in address]


def test_a_stream_with_its_sound_in_a_list_of_its_own_plays_with_all_of_hls_js(
    host_page, open_page, pages, role
):
    """MediaMTX's form; here our own lists stand for its two."""
    host_page("split")
    token = mint("split")
    wait_for(lambda: role.get(f"/split/sound.m3u8?token={token}").status_code == 200)
    pages.answers["/split.m3u8"] = lambda: (
        "#EXTM3U\n#EXT-X-VERSION:9\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio2",AUTOSELECT=YES,DEFAULT=YES,'
        f'URI="{role.base}/split/sound.m3u8?token={token}"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=2000000,CODECS="avc1.42C01F,mp4a.40.2",AUDIO="audio"\n'
        f"{role.base}/split/stream.m3u8?token={token}\n"
    )
    viewer = open_page(PLAYER.format(src=f"{pages.base}/split.m3u8", more="split"))
    wait_playing(viewer)
    assert moves_on(viewer)

    loaded = viewer.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert [address for address in loaded if address.endswith("/hls.min.mjs")]
    assert not [address for address in loaded if "hls.light" in address]
    assert [address for address in loaded if "/sound.m3u8" in address]
    heard = "document.querySelector('video').webkitAudioDecodedByteCount"
    assert wait_for(lambda: viewer.evaluate(heard))


def test_a_player_that_only_hears_loads_no_picture_and_changes_without_a_reload(
    host_page, open_page, role
):
    host_page("hears")
    token = mint("hears")
    sound = f"{role.base}/hears/sound.m3u8?token={token}"
    more = f'sound="{sound}" rung="sound"'
    viewer = open_page(PLAYER.format(src=source(role, "hears"), more=more))
    wait_playing(viewer)
    clock = "document.querySelector('video').currentTime"
    at = viewer.evaluate(clock)
    wait_for(lambda: viewer.evaluate(clock) > at + 1)
    assert viewer.evaluate("document.querySelector('video').videoWidth") == 0
    loaded = viewer.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert [address for address in loaded if "/ap" in address]
    assert not [address for address in loaded if "/p1" in address or "/s1" in address]
    sizes = "performance.getEntriesByType('resource').filter(e => e.name.includes('/ap'))"
    assert viewer.evaluate(f"{sizes}.every(e => e.transferSize > 300)"), "sizes may be known"

    viewer.evaluate("document.querySelector('live-player').setAttribute('rung', 'picture')")
    wait_playing(viewer)
    wait_for(lambda: viewer.evaluate("document.querySelector('video').videoWidth") > 0)
    viewer.evaluate("document.querySelector('live-player').setAttribute('rung', 'text')")
    assert viewer.get_attribute("live-player", "data-player") == "idle"
    assert viewer.evaluate("document.querySelector('live-player').flow") == "unknown"


def test_players_wait_for_the_show_renew_tokens_and_obey_keys(host_page, open_page, pages, role):
    early = open_page(PLAYER.format(src=source(role, "later"), more=""))
    early.wait_for_selector('live-player[data-player="away"]')
    host_page("later")
    pages.answers["/renew"] = lambda: json.dumps({"hls": source(role, "later")})
    old = f"{role.base}/later/index.m3u8?token={mint('later', seconds=-60)}"
    expired = open_page(PLAYER.format(src=old, more='renew="/renew"'))

    wait_playing(early)
    wait_playing(expired)
    for button in early.locator(".player-bar button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44, button
    player = "document.querySelector('live-player').dataset"
    early.focus('[data-do="sound"]')
    early.keyboard.press("m")
    assert early.evaluate(f"{player}.sound") == "on"
    assert early.get_attribute('[data-do="sound"]', "aria-pressed") == "true"
    early.keyboard.press("Enter")
    assert early.evaluate(f"{player}.sound") == "off"
    early.keyboard.press("k")
    early.wait_for_selector('live-player[data-player="paused"]')
    early.keyboard.press("k")
    wait_playing(early)
