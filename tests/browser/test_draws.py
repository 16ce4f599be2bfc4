"""A lucky draw and a poll in a real browser: entered, voted in, and the result checked by it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from playwright.sync_api import expect

from streams.models import DrawEntry, PollVote
from tests.browser.pages import make_room_game

pytestmark = pytest.mark.django_db  # tells pytest-django to make the test database
PHONE = {"width": 360, "height": 640}


def elsewhere(act):
    """By another connection, outside the test's own transaction, so that the site sees it."""

    def run():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another:
        return another.submit(run).result()


@pytest.fixture
def game(world):
    return elsewhere(make_room_game)


@pytest.fixture
def tab(chromium, site, cookie_of):
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", base_url=site)
    context.add_cookies(
        [
            {"name": "django_language", "value": "en", "url": site},
            {"name": "sessionid", "value": cookie_of("viewer"), "url": site},
        ]
    )
    page = context.new_page()
    stopped = []
    page.on("pageerror", lambda error: stopped.append(str(error)))
    yield page
    context.close()
    assert stopped == []


def test_a_phone_enters_the_draw_once_and_votes(tab, game):
    tab.goto(f"/rooms/{game.public_id}/")
    pill = tab.locator("lucky-draw [data-pill]")
    expect(pill).to_be_visible()
    pill.click()
    tab.locator('[data-do="enter"]').click()
    expect(tab.locator('[data-only="mine"]')).to_contain_text("You are in.")
    expect(tab.locator('[data-do="enter"]')).to_be_hidden()
    marks = elsewhere(lambda: list(DrawEntry.objects.filter(draw__broadcast=game)))
    (entry,) = marks
    expect(tab.locator('lucky-draw [data-f="mine"]')).to_have_text(entry.mark[:12])
    tab.keyboard.press("Escape")

    tab.locator("room-poll [data-pill]").click()
    second = tab.locator("[data-choice]").nth(1)
    expect(second.locator('[data-c="share"]')).to_have_text("")  # nobody is told before they voted
    second.click()
    expect(second).to_have_attribute("aria-pressed", "true")
    tab.locator("[data-choice]").nth(0).click()
    expect(second).to_have_attribute("aria-pressed", "false")
    votes = elsewhere(lambda: list(PollVote.objects.filter(poll__broadcast=game)))
    assert [vote.choice for vote in votes] == [0]
    tab.reload()
    expect(tab.locator("room-poll [data-pill-words]")).to_have_text("You voted")
    expect(tab.locator("lucky-draw [data-pill-words]")).to_have_text("You are in")


def test_the_browser_checks_a_result_by_itself(tab, world):
    tab.goto(f"/draws/{world.draw_drawn}/")
    tab.locator('[data-do="check"]').click()
    expect(tab.locator("[data-good]")).to_be_visible()
    assert tab.locator('[data-check][data-holds="true"]').count() == 5


def test_a_forged_proof_is_found_out(tab, world):
    def forge(route):
        proof = route.fetch().json()
        proof["entries"][0] = "0" * 64
        route.fulfill(json=proof)

    tab.route("**/proof.json", forge)
    tab.goto(f"/draws/{world.draw_drawn}/")
    tab.locator('[data-do="check"]').click()
    expect(tab.locator("[data-bad]")).to_be_visible()
    expect(tab.locator('[data-check="list"]')).to_have_attribute("data-holds", "false")


def test_the_share_sheet_shows_the_poster(tab, game):
    tab.goto(f"/rooms/{game.public_id}/")
    tab.locator(".room-more summary").click()
    tab.locator('[data-opens="share"]').click()
    poster = tab.locator(".share-poster")
    expect(poster).to_be_visible()
    tab.wait_for_function("() => document.querySelector('.share-poster').naturalWidth === 900")
