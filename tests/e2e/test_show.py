"""The main job, end to end, in real browsers against the roles as `make run` starts them.

One story in order, so the steps share their people: an official goes live with a (fake) camera,
a viewer watches, talks and buys with a card, a third person sees the stock fall, the money
settles, and the host's browser is killed and comes back while the viewer's picture goes on.
"""

import re
import time

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts.chromium import find_chromium
from tests.e2e.people import DESK, PHONE, Person, picture_moves, say, sees
from tests.e2e.shop import running_shop

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@pytest.fixture(scope="module")
def shop():
    with running_shop() as shop:
        yield shop


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


def open_browser(playwright):
    return playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)


@pytest.fixture(scope="module")
def browser(playwright):
    browser = open_browser(playwright)
    yield browser
    browser.close()


def go_live(host):
    """Check, then one press; three clicks in all from the console."""
    host.page.locator("[data-do=check]").click()
    expect(host.page.locator("[data-show=ready]")).to_be_visible(timeout=15_000)
    host.page.locator("[data-act=go-live]").click()
    expect(host.page.locator("[data-state-word=live]")).to_be_visible(timeout=20_000)


def own_show(host):
    host.open("/host/")
    link = host.page.locator('a[href^="/host/"]:not([href="/host/"]):not([href$="/new/"])').first
    return re.search(r"/host/(\w+)/", link.get_attribute("href"))[1]


def stock_left(page, sku_row):
    return int(re.search(r"\d+", sku_row.locator("[data-stock-text]").first.inner_text())[0])


def pay_by_card(person):
    """On the double's hosted page, in the tab that opened; the test card is filled in."""
    with person.context.expect_page() as opened:
        person.page.locator('button[value="card"]').click()
    tab = opened.value
    tab.wait_for_url(re.compile("/_double/card/"), timeout=15_000)
    tab.locator("button[type=submit], form button").first.click()
    tab.wait_for_url(re.compile(re.escape(person.shop_url)), timeout=20_000)
    return tab


def test_official_goes_live_viewer_buys_and_the_picture_survives_the_host(
    shop, browser, playwright
):
    host_browser = open_browser(playwright)
    host = Person(host_browser, shop.url, viewport=DESK, permissions=["camera", "microphone"])
    host.sign_in("official")
    show = own_show(host)
    host.open(f"/host/{show}/")

    viewer = Person(browser, shop.url, viewport=PHONE)
    viewer.sign_in("viewer")
    viewer.open(f"/rooms/{show}/")
    stranger = Person(browser, shop.url, viewport=DESK)
    stranger.open(f"/rooms/{show}/")
    expect(viewer.page.locator("live-room")).to_have_attribute("data-state", "before")

    # The official goes live; both see the picture move without a reload.
    go_live(host)
    picture_moves(viewer.page, within_ms=30_000)
    picture_moves(stranger.page, within_ms=30_000)

    # The run began with the show; one key goes on with it, and who watches reads what is on.
    expect(stranger.page.locator("run-line [data-run-now]")).to_contain_text("开场")
    coming = stranger.page.locator("run-line [data-run-next] [data-f]").inner_text()
    host.page.locator("body").press("n")
    expect(host.page.locator("run-of-show .rundown-title")).to_contain_text(coming)
    expect(stranger.page.locator("run-line [data-run-now]")).to_contain_text(coming)
    expect(host.page.locator("#prompter-text")).to_contain_text(coming)

    # The viewer says hello and both see it; the host answers.
    say(viewer.page, "大家好，怎么保存？")
    sees(viewer.page, "大家好，怎么保存？")
    sees(host.page, "大家好，怎么保存？")
    sees(stranger.page, "大家好，怎么保存？")
    say(host.page, "阴凉处放两周")
    sees(viewer.page, "阴凉处放两周")

    # The host pins; everybody sees the card within a second of the event's arrival.
    host.page.locator("body").press("1")
    card = viewer.page.locator("deal-card article.deal").first
    expect(card).to_be_visible(timeout=3_000)
    expect(card.locator("[data-f=buy]")).to_be_in_viewport()
    theirs = stranger.page.locator("deal-card article.deal").first
    expect(theirs).to_be_visible(timeout=3_000)
    before = stock_left(stranger.page, theirs)

    # Three taps: buy, keep it, pay. The picture goes on behind the sheet.
    card.locator("[data-f=buy]").click()
    sheet = viewer.page.locator("#buy-sheet")
    expect(sheet.locator(".buy-go")).to_be_visible(timeout=10_000)
    if sheet.locator("[name=perishable]").count():
        sheet.locator("[name=perishable]").check()
    sheet.locator(".buy-go").click()
    expect(sheet.locator('button[value="card"]')).to_be_visible(timeout=10_000)
    expect(theirs.locator("[data-stock-text]")).to_contain_text(str(before - 1), timeout=5_000)
    picture_moves(viewer.page)
    tab = pay_by_card(viewer)
    expect(tab.locator("main")).to_contain_text("已付款", timeout=20_000)
    expect(sheet.get_by_role("status")).to_be_visible(timeout=20_000)
    tab.close()

    # The webhook came, the worker settled, the books balance, the buyer and the host are told.
    deadline = time.monotonic() + 40
    while True:
        answer = shop.ask(
            "from orders.models import Order, Entry\n"
            f"order = Order.objects.filter(broadcast__public_id='{show}').latest('placed_at')\n"
            "answer = {'state': order.state, 'total': order.total_fen,"
            " 'number': order.number, 'settled': order.settlement.state,"
            " 'entries': list(Entry.objects.filter(transaction__order=order)"
            ".values_list('amount_fen', flat=True))}"
        )
        if answer["settled"] == "posted" or time.monotonic() > deadline:
            break
        time.sleep(1)
    assert answer["state"] == "paid"
    assert answer["settled"] == "posted"
    assert sum(answer["entries"]) == 0
    assert sum(amount for amount in answer["entries"] if amount > 0) >= answer["total"]
    expect(host.page.locator("order-ticker")).to_contain_text("李*", timeout=15_000)

    viewer_orders = viewer.context.new_page()
    viewer_orders.goto(f"{shop.url}/orders/{answer['number']}/")
    expect(viewer_orders.locator("main")).to_contain_text("已付款")
    viewer_orders.goto(f"{shop.url}/inbox/")
    expect(viewer_orders.locator("main")).to_contain_text(answer["number"], timeout=15_000)
    viewer_orders.close()
    mails = [file.read_text() for file in (shop.data_dir / "mail").iterdir()]
    assert any("viewer@demo.livecommerce.example" in mail for mail in mails)

    # The host's browser dies; the room says so and waits. It returns; nobody reloads.
    viewer.page.evaluate("window.neverReloaded = true")
    host_browser.close()
    expect(viewer.page.locator("live-room")).to_have_attribute("data-state", "away", timeout=30_000)
    host_browser = open_browser(playwright)
    host = Person(host_browser, shop.url, viewport=DESK, permissions=["camera", "microphone"])
    host.sign_in("official")
    host.open(f"/host/{show}/")
    go_live(host)
    expect(viewer.page.locator("live-room")).to_have_attribute("data-state", "live", timeout=30_000)
    picture_moves(viewer.page, within_ms=30_000)
    assert viewer.page.evaluate("window.neverReloaded") is True

    assert viewer.complaints == []
    assert stranger.complaints == []
    assert host.complaints == []
    host_browser.close()
