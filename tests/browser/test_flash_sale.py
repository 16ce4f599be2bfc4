"""A flash sale in the room, in a browser whose clock is an hour wrong."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from streams.domain.flash_sales import start_flash_sale
from tests.streams.flash import let_pass, make_flash_sale
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db  # tells pytest-django to make the test database
PHONE = {"width": 360, "height": 640}
HOUR_MS = 3_600_000
WRONG_CLOCK = """
  const [RealDate, wrong] = [Date, %d];
  window.Date = class extends RealDate {
    constructor(...given) { given.length ? super(...given) : super(RealDate.now() + wrong); }
    static now() { return RealDate.now() + wrong; }
  };
"""
UNTIL_ON = """() => new Promise((done) => {
  const card = document.querySelector("flash-sale");
  const look = () => card.dataset.phase === "on" && done();
  new MutationObserver(look).observe(card, { attributes: true });
  look();
})"""


@pytest.fixture
def sale(world):
    """Counting down, some seconds before its start. Made by another connection, outside the
    test's own transaction, so that the site sees it."""
    with ThreadPoolExecutor(1) as another:
        return another.submit(_make_sale).result()


def _make_sale():
    try:
        sale = make_flash_sale(make_show(state="live", items=2), countdown_seconds=60)
        start_flash_sale(sale=sale, by=sale.broadcast.host.user)
        left = sale.deal.starts_at - timezone.now() - timedelta(seconds=8)
        let_pass(sale, left.total_seconds())
        return sale
    finally:
        connection.close()


@pytest.fixture(params=[0, HOUR_MS, -HOUR_MS], ids=["right", "fast", "slow"])
def tab(request, chromium, site):
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", base_url=site)
    context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    page = context.new_page()
    page.add_init_script(WRONG_CLOCK % request.param)
    stopped = []
    page.on("pageerror", lambda error: stopped.append(str(error)))
    page.on("console", lambda line: stopped.append(line.text) if "Policy" in line.text else None)
    yield page
    context.close()
    assert stopped == []


def test_button_opens_at_the_servers_second(tab, sale):
    tab.goto(f"/rooms/{sale.broadcast.public_id}/")
    card = tab.locator("flash-sale")
    buy = card.locator('[data-f="buy"]')
    expect(card).to_have_attribute("data-phase", "soon")
    expect(card.locator("[data-flash-clock]")).to_contain_text("00:0")
    expect(buy).to_have_attribute("aria-disabled", "true")
    buy.click(force=True)
    expect(tab.locator("#buy dialog")).to_be_hidden()

    tab.evaluate(UNTIL_ON)
    late = time.time() - sale.deal.starts_at.timestamp()
    assert -1 < late < 60, "an hour wrong would be an hour off"
    expect(buy).not_to_have_attribute("aria-disabled", "true")
    expect(card.locator('[data-f="price"]')).to_have_text("48")
    expect(tab.locator('.shelf .deal [data-f="price"]').first).to_have_text("48")
    buy.click()
    expect(tab.locator("#buy dialog")).to_be_visible()
    expect(tab.locator("#buy-sheet")).to_contain_text("Sign in")


def test_product_page_offers_the_price_when_it_is_on(tab, sale):
    tab.goto(f"/products/{sale.product.sku}/")
    expect(tab.locator("sale-clock")).to_contain_text("begins in 00:0")
    price = tab.locator(".product-offer .price-large")
    expect(price).to_contain_text("96")
    expect(price).to_contain_text("48", timeout=20_000)
    expect(tab.locator("sale-clock")).to_contain_text("left")
