"""The run of a show in a real browser: order by keys and by drag, and the console's keys, panic and
teleprompter. Rooms live by events; here nothing is heard, so every change is the answer's own."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from playwright.sync_api import expect

from streams.domain import pins
from streams.domain.run_of_show_plan import Plan, add_segments
from streams.models import Segment
from tests.factories import make_official
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db  # tells pytest-django to make the test database
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 640}
SCRIPT = "大家好，欢迎来到直播间。\n" * 60


def elsewhere(act):
    """By another connection, outside the test's own transaction, so that the site sees it."""

    def closing():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another:
        return another.submit(closing).result()


def make_run(host, *, state="scheduled", script=SCRIPT):
    show = make_show(state=state, host=host, items=2)
    plans = [
        Plan(kind="talk", title_zh="开场", title_en="Welcome", script=script),
        Plan(kind="song", title_zh="山歌", title_en="Songs"),
        Plan(kind="draw"),
    ]
    add_segments(broadcast=show, by=host.user, plans=plans)
    return show


@pytest.fixture
def host(world):
    """A host of their own: one live show a host."""
    return elsewhere(make_official)


@pytest.fixture
def open_page(chromium, site, host):
    contexts, faults = [], []

    def sign_in():
        TOTP.activate(host.user, generate_totp_secret())
        client = Client()
        client.force_login(host.user, backend="django.contrib.auth.backends.ModelBackend")
        return client.cookies["sessionid"].value

    cookie = elsewhere(sign_in)

    def act(path, viewport=DESKTOP, **options):
        context = chromium.new_context(viewport=viewport, base_url=site, **options)
        context.add_cookies(
            [
                {"name": "django_language", "value": "en", "url": site},
                {"name": "sessionid", "value": cookie, "url": site},
            ]
        )
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.goto(path)
        return tab

    yield act
    for context in contexts:
        context.close()
    assert faults == []


def names(tab):
    return tab.locator("[data-name]").all_text_contents()


def stored(show):
    rows = Segment.objects.filter(broadcast=show).values_list("kind", flat=True)
    return elsewhere(lambda: list(rows))


def test_order_by_the_arrow_keys_is_said_and_kept(open_page, host):
    show = elsewhere(lambda: make_run(host))
    tab = open_page(f"/host/{show.public_id}/run/")
    tab.get_by_role("button", name="Move Welcome").focus()
    with tab.expect_response(re.compile("/run/order")):
        tab.keyboard.press("ArrowDown")
    expect(tab.get_by_role("button", name="Move Welcome")).to_be_focused()
    expect(tab.locator("[data-says]")).to_have_text("Welcome: place 2 of 3")
    assert names(tab) == ["Songs", "Welcome", "Lucky draw"]
    assert stored(show) == ["song", "talk", "draw"]
    with tab.expect_response(re.compile("/run/order")):
        tab.get_by_role("button", name="Lucky draw: one up").click()
    assert stored(show) == ["song", "draw", "talk"]


def drag_by_mouse(tab, begin, end):
    tab.mouse.move(*begin)
    tab.mouse.down()
    tab.mouse.move(*end, steps=8)
    yield
    tab.mouse.up()


def drag_by_finger(tab, begin, end):
    screen = tab.context.new_cdp_session(tab)

    def touch(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", begin)
    for step in range(1, 9):
        touch("touchMove", (begin[0], begin[1] + (end[1] - begin[1]) * step / 8))
    yield
    touch("touchEnd")


@pytest.mark.parametrize(
    ("viewport", "drag"),
    [(DESKTOP, drag_by_mouse), (PHONE, drag_by_finger)],
    ids=["mouse", "finger"],
)
def test_order_by_dragging_the_handle(open_page, host, viewport, drag):
    show = elsewhere(lambda: make_run(host))
    tab = open_page(f"/host/{show.public_id}/run/", viewport, has_touch=True)
    grip = tab.get_by_role("button", name="Move Lucky draw")
    grip.scroll_into_view_if_needed()
    box, top = grip.bounding_box(), tab.locator("run-order [data-row]").first.bounding_box()
    at = box["x"] + 10
    moves = drag(tab, (at, box["y"] + 10), (at, max(80, top["y"] + 5)))
    next(moves)
    with tab.expect_response(re.compile("/run/order")):
        next(moves, None)
    assert names(tab)[0] == "Lucky draw"
    assert stored(show) == ["draw", "talk", "song"]


def test_what_the_server_refuses_goes_back(open_page, host):
    show = elsewhere(lambda: make_run(host))
    tab = open_page(f"/host/{show.public_id}/run/")
    elsewhere(lambda: Segment.objects.filter(broadcast=show, kind="draw").delete())
    tab.get_by_role("button", name="Welcome: one down").click()
    expect(tab.get_by_role("alert")).to_contain_text("The run has changed meanwhile")
    assert names(tab) == ["Welcome", "Songs", "Lucky draw"]


def test_one_key_goes_on_and_none_while_typing(open_page, host):
    show = elsewhere(lambda: make_run(host, state="live"))
    tab = open_page(f"/host/{show.public_id}/")
    panel = tab.locator("run-of-show")
    expect(panel).to_contain_text("Begins with")
    tab.locator("#announce-text").press("n")
    tab.locator("#announce-text").press("p")
    tab.locator("#announce-text").blur()
    expect(panel).to_contain_text("Begins with")
    expect(tab.locator("#panic-banner")).to_be_hidden()
    tab.locator("body").press("n")
    expect(panel.locator(".rundown-title")).to_have_text("Welcome")
    expect(panel.locator("[data-run-clock]")).to_contain_text("left")
    expect(tab.locator("#prompter-text")).to_contain_text("大家好")
    tab.locator("body").press("n")
    expect(panel.locator(".rundown-title")).to_have_text("Songs")
    tab.locator("body").press("b")
    expect(panel.locator(".rundown-title")).to_have_text("Welcome")
    tab.locator("body").press("?")
    expect(tab.locator("#keys-dialog dialog")).to_be_visible()
    tab.keyboard.press("n")  # behind a sheet nothing happens
    tab.keyboard.press("Escape")
    expect(panel.locator(".rundown-title")).to_have_text("Welcome")


def test_panic_covers_mutes_and_unpins_and_comes_back(open_page, host):
    show = elsewhere(lambda: make_run(host, state="live"))
    elsewhere(lambda: pins.pin(broadcast=show, item=show.shelf.first(), by=host.user))
    tab = open_page(f"/host/{show.public_id}/")
    slate, mute = tab.locator('[data-do="slate"]'), tab.locator('[data-do="mute"]')
    tab.locator("body").press("m")
    expect(mute).to_have_attribute("aria-pressed", "true")
    with tab.expect_response(re.compile("/unpin-all")) as unpinned:
        tab.locator("body").press("p")
    assert unpinned.value.status == 204
    assert elsewhere(lambda: show.pins.filter(unpinned_at=None).count()) == 0
    expect(tab.locator("#panic-banner")).to_be_visible()
    expect(slate).to_have_attribute("aria-pressed", "true")
    expect(mute).to_have_attribute("aria-pressed", "true")
    tab.locator("body").press("p")
    expect(tab.locator("#panic-banner")).to_be_hidden()
    expect(slate).to_have_attribute("aria-pressed", "false")
    expect(mute).to_have_attribute("aria-pressed", "true")  # as it was before
    tab.locator("body").press("s")
    expect(slate).to_have_attribute("aria-pressed", "true")


ROLLED = "() => document.querySelector('[data-prompter-window]').scrollTop > 20"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_teleprompter_rolls_by_key_and_remembers(open_page, host, viewport):
    show = elsewhere(lambda: make_run(host, state="live"))
    tab = open_page(f"/host/{show.public_id}/", viewport)
    prompter = tab.locator("tele-prompter")
    expect(prompter).to_be_hidden()
    body = tab.locator("body")
    body.press("t")
    expect(prompter).to_be_visible()
    size = prompter.locator("[data-prompter-size]")
    expect(size).to_have_text("28")
    body.press("=")
    expect(size).to_have_text("34")
    for _ in range(5):
        body.press("]")
    prompter.get_by_role("button", name="Mirror").click()
    body.press("t")
    run = prompter.locator('[data-prompter="run"]')
    expect(run).to_have_attribute("aria-pressed", "true")
    tab.wait_for_function(ROLLED)
    body.press("t")
    expect(run).to_have_attribute("aria-pressed", "false")
    tab.reload()
    body.press("t")
    expect(size).to_have_text("34")
    expect(prompter).to_have_class(re.compile("is-mirrored"))


def test_under_reduced_motion_the_teleprompter_does_not_roll(open_page, host):
    show = elsewhere(lambda: make_run(host, state="live"))
    tab = open_page(f"/host/{show.public_id}/", reduced_motion="reduce")
    body = tab.locator("body")
    body.press("t")
    for _ in range(8):
        body.press("]")
    body.press("t")
    run = tab.locator('[data-prompter="run"]')
    expect(run).to_have_attribute("aria-pressed", "true")
    steps = tab.evaluate("""() => new Promise((done) => {
      const [view, seen] = [document.querySelector("[data-prompter-window]"), [0]];
      const look = () => {
        if (view.scrollTop !== seen.at(-1)) seen.push(view.scrollTop);
        if (seen.length > 2) done(seen.slice(1).map((at, place) => at - seen[place]));
        else requestAnimationFrame(look);
      };
      look();
    })""")
    assert min(steps) > 60, "it turns a page at once"


def test_marked_words_are_asked_about_before_going_live(open_page, host):
    show = elsewhere(lambda: make_run(host, script="今年最佳的核桃。"))
    tab = open_page(f"/host/{show.public_id}/")
    dialog = tab.locator("#marks-dialog dialog")
    tab.locator('[data-act="go-live"]').click()
    expect(dialog).to_contain_text("最佳")
    expect(dialog).to_contain_text("Advertising Law, art. 9 (3)")
    tab.keyboard.press("Escape")
    expect(tab.locator("live-broadcaster")).to_have_attribute("data-state", "idle")
    tab.locator('[data-act="go-live"]').click()
    dialog.get_by_role("button", name="Go live anyway").click()
    expect(tab.locator("live-broadcaster")).not_to_have_attribute("data-state", "idle")
