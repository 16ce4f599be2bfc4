"""The low rungs of the room, the sheet that chooses between them, and the small player: audited
like every page, in both languages, on a phone and on a desktop."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import (
    AUDIT,
    AXE,
    COLOURS,
    DESKTOP,
    EVERYTHING,
    PHONE,
    found_by_axe,
    listen,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["zh-hans", "en"])
def tab(request, chromium, site):
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", color_scheme="light")
    context.add_cookies([{"name": "django_language", "value": request.param, "url": site}])
    tab = context.new_page()
    tab.complaints = []
    listen(tab, tab.complaints)
    yield tab
    context.close()
    if tab.complaints:
        pytest.fail("\n".join(dict.fromkeys(tab.complaints)), pytrace=False)


def audit(tab, *, behind=""):
    """`behind`: a part of the page that cannot be pressed now, and so is not measured."""
    tab.evaluate(AXE)
    for name, viewport in (("phone", PHONE), ("desktop", DESKTOP)):
        tab.set_viewport_size(viewport)
        if behind:
            tab.evaluate("part => document.querySelector(part).remove()", behind)
            behind = ""
        tab.complaints += [f"{name}: {text}" for text in tab.evaluate(AUDIT)]
        tab.complaints += [f"{name}: {text}" for text in found_by_axe(tab, EVERYTHING)]
    tab.emulate_media(color_scheme="dark")
    tab.complaints += [f"desktop, dark: {text}" for text in found_by_axe(tab, COLOURS)]


@pytest.mark.parametrize("rung", ["sound", "text"])
def test_low_rung(rung, tab, site, world):
    tab.context.add_cookies([{"name": "rung", "value": rung, "url": site}])
    tab.goto(f"{site}/rooms/{world.live}/", wait_until="load")
    tab.wait_for_function("() => Boolean(customElements.get('text-board'))")
    for said in ("[data-told]", "[data-offer]"):
        tab.locator(f"stream-ladder {said}").first.evaluate("words => (words.hidden = false)")
    audit(tab)


def test_the_choice_between_them(tab, site, world):
    tab.goto(f"{site}/rooms/{world.live}/", wait_until="load")
    tab.wait_for_function("() => Boolean(customElements.get('stream-ladder'))")
    tab.evaluate("document.getElementById('ladder').open()")
    audit(tab, behind=".room-about")


@pytest.mark.parametrize("rung", ["picture", "sound", "text"])
def test_small_player(rung, tab, site, world):
    note = {
        "room": f"/rooms/{world.live}/",
        "renew": f"/rooms/{world.live}/playback",
        "title": "三月三山货专场",
        "rung": rung,
        "at": 4_000_000_000_000,
    }
    tab.goto(f"{site}/schedule/")
    tab.evaluate("note => sessionStorage.setItem('mini-show', note)", json.dumps(note))
    tab.goto(f"{site}/products/{world.sku}/", wait_until="load")
    tab.locator("mini-player").wait_for(state="visible")
    audit(tab)
    assert tab.locator("mini-player .mini-title").get_attribute("href") == note["room"]
    tab.locator("[data-mini-close]").click()
    assert tab.locator("mini-player").count() == 0


OUTLINE = "part => getComputedStyle(part).outlineColor"
OVER_THE_PICTURE = "rgb(237, 190, 85)"


def test_the_room_of_a_phone_by_keys_alone(chromium, site, world, cookie_of):
    """With motion, as most have it. A desktop's room at 200 % is this one, too."""
    context = chromium.new_context(viewport=PHONE, base_url=site, color_scheme="light")
    cookies = {"django_language": "en", "sessionid": cookie_of("viewer")}
    context.add_cookies([{"name": n, "value": v, "url": site} for n, v in cookies.items()])
    tab = context.new_page()
    tab.goto(f"/rooms/{world.live}/")
    opener = tab.get_by_role("button", name="Shelf")
    opener.press("Enter")
    expect(tab.locator("[data-shelf-close]")).to_be_focused()
    assert tab.locator(".room").evaluate("room => room.scrollTop") == 0
    tab.keyboard.press("Escape")
    expect(tab.locator("#shelf")).to_be_hidden()
    expect(opener).to_be_focused()
    assert opener.evaluate(OUTLINE) == OVER_THE_PICTURE, "seen on what is dark"
    tab.locator("#say").focus()
    for after in (
        ".emoji summary",
        "[type=submit]",
        ".room-like button",
    ):
        tab.keyboard.press("Tab")
        expect(tab.locator(f".room-bar :is({after})")).to_be_focused()
    tab.keyboard.press("Tab")
    expect(tab.locator(".room-more summary")).to_be_focused()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    expect(tab.locator(".room-more .menu-panel > :first-child")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.locator(".room-more summary")).to_be_focused()
    sound = tab.get_by_role("button", name="Turn the sound on", exact=True)
    sound.focus()
    assert sound.evaluate(OUTLINE) == OVER_THE_PICTURE
    context.close()
