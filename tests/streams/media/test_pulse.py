"""A host's browser notices that the media server is gone before ICE does, and nothing else."""

import json

import pytest
from playwright.sync_api import sync_playwright

from scripts.chromium import ADVICE, find_chromium
from tests.streams.media.browser import ARGS, PageServer
from tests.streams.media.harness import Role, mint
from tests.streams.media.test_elements import BROADCASTER

WATCH = """async () => {
  window.line = { heard: 1, beats: 1, online: true };
  window.told = { asked: 0, gone: 0 };
  const connection = { getStats: async () => new Map([
    ["pair", { type: "candidate-pair", packetsReceived: line.heard, responsesReceived: 1 }],
  ]) };
  Object.defineProperty(navigator, "onLine", { get: () => line.online });
  window.fetch = (url, { signal }) => new Promise((answer, refuse) => {
    told.asked += 1;
    if (line.answer === "404") answer(new Response("", { status: 404 }));
    else if (line.answer === "refused") refuse(new TypeError("refused"));
    else signal.addEventListener("abort", () => refuse(signal.reason));
  });
  const { watchPulse } = await import("/static/js/media/pulse.js");
  window.stop = watchPulse(connection, "/a/whip", () => { told.gone += 1; });
}"""


@pytest.fixture(scope="module")
def browser():
    chromium = find_chromium()
    assert chromium, ADVICE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def pages():
    server = PageServer()
    yield server
    server.close()


@pytest.fixture
def watching(browser, pages):
    """A page whose clock the test moves, and a connection that hears what the test says."""
    page = browser.new_page()
    page.goto(pages.base)
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    page.evaluate(WATCH)
    yield page
    page.close()


def hear(page, *, seconds, pause):
    """A packet every `pause` seconds, for so long."""
    for _ in range(int(seconds / pause)):
        page.clock.run_for(pause * 1000)
        page.evaluate("line.heard += 1")


def told(page):
    return page.evaluate("told")


@pytest.mark.parametrize("answer", ["404", "refused"])
def test_a_server_that_reports_no_more_and_has_an_answer_by_http_is_gone(watching, answer):
    watching.evaluate("answer => { line.answer = answer; }", answer)
    hear(watching, seconds=10, pause=1)

    watching.clock.run_for(2000)
    assert told(watching) == {"asked": 0, "gone": 0}
    watching.clock.run_for(2000)
    assert told(watching) == {"asked": 1, "gone": 1}
    watching.clock.run_for(20_000)
    assert told(watching) == {"asked": 1, "gone": 1}


def test_a_line_that_carries_nothing_at_all_is_left_to_ice(watching):
    hear(watching, seconds=5, pause=1)

    watching.clock.run_for(20_000)  # the question hangs, and is asked again
    assert told(watching)["asked"] > 1
    watching.evaluate("line.heard += 1")
    watching.clock.run_for(1000)
    watching.evaluate("Object.assign(line, { answer: 'refused', online: false })")
    watching.clock.run_for(40_000)
    assert told(watching)["gone"] == 0


def test_a_bad_line_a_seldom_reporting_server_and_a_hidden_page_are_no_silence(watching):
    watching.evaluate("() => { line.answer = '404'; }")
    hear(watching, seconds=20, pause=2)  # every second report is lost
    assert told(watching)["asked"] == 0

    hear(watching, seconds=16, pause=2.4)
    hear(watching, seconds=30, pause=3)  # one that reports seldom is known by its pauses
    assert told(watching)["asked"] == 0

    watching.evaluate("line.heard += 1")
    watching.clock.fast_forward(3_600_000)  # a laptop that slept looks once
    watching.evaluate("line.heard += 1")
    watching.clock.run_for(1000)
    assert told(watching) == {"asked": 0, "gone": 0}


def test_a_server_that_was_held_up_and_answers_first_is_not_gone(watching):
    hear(watching, seconds=5, pause=1)
    watching.evaluate("""() => {
      const ask = window.fetch;
      window.fetch = (...all) => {
        setTimeout(() => { line.heard += 1; }, 200);
        line.answer = "404";
        return ask(...all);
      };
    }""")

    watching.clock.run_for(3500)
    assert told(watching) == {"asked": 1, "gone": 0}


def test_whoever_hangs_up_asks_no_more(watching):
    watching.evaluate("() => { line.answer = '404'; stop(); }")

    watching.clock.run_for(20_000)
    assert told(watching) == {"asked": 0, "gone": 0}


def test_a_killed_server_is_noticed_while_ice_still_calls_it_connected(browser, pages, hooks):
    """What Chromium counts of a real engine, and that it stands still."""
    role = Role(hooks, MEDIA_UDP_PORTS="41200-41209")
    page = browser.new_page()
    try:
        page.add_init_script("""
          const Real = RTCPeerConnection;
          window.RTCPeerConnection = function (...all) {
            return (window.connection ??= new Real(...all));
          };
          addEventListener("broadcaster-state", ({ detail }) => {
            if (detail.state === "reconnecting") window.iceSaid ??= iceNow;
          });
          window.iceNow = "";
        """)
        answer = {"publish_url": f"{role.base}/killed/whip", "token": mint("killed", "publish")}
        pages.answers["/token/killed"] = lambda: json.dumps(answer)
        page.goto(pages.base)
        page.evaluate("html => put(html)", BROADCASTER.format(path="killed"))
        page.click('[data-do="start"]')
        page.wait_for_selector('live-broadcaster[data-state="live"]', timeout=45_000)
        page.evaluate("""connection.addEventListener("connectionstatechange",
          () => { iceNow = connection.connectionState; })""")

        role.stop(kill=True)
        page.wait_for_selector('live-broadcaster[data-state="reconnecting"]', timeout=45_000)
        assert page.evaluate("iceSaid") == ""  # nothing from ICE yet
        page.click('[data-do="stop"]')
    finally:
        page.close()
        role.stop(kill=True)
