"""The wall in a real browser: nothing scrolls or is cut at both its sizes, and ten minutes of a
busy evening leave nothing behind (`make bench-screen` lives through eight hours)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.bench.screen.wall import open_wall
from tests.browser.test_pages import AXE, EVERYTHING, found_by_axe, listen
from tests.factories import make_festival, make_official, make_product
from tests.orders.fairs import sell
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db
SIZES = {"hd": {"width": 1920, "height": 1080}, "uhd": {"width": 3840, "height": 2160}}
CUT = Path(__file__).with_name("wall.js").read_text("utf-8")


@pytest.fixture(scope="module")
def fair(world, django_db_blocker):
    """A festival with something on every part of its wall."""
    with django_db_blocker.unblock():
        festival = make_festival(ends_at=timezone.now() + timedelta(days=9))
        host, product = make_official(), make_product(name_zh="凤山薄皮原味纸皮核桃大果当季新货")
        live = make_show(state="live", host=host, festival=festival, items=1)
        for _ in range(4):
            make_show(host=host, festival=festival, items=1)
        for _ in range(6):
            sell(live, product)
            sell(live, make_product())
        return festival


@pytest.fixture
def tab(request, chromium, site, fair):
    size, language = request.param
    context = chromium.new_context(viewport=SIZES[size], reduced_motion="no-preference")
    context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    tab = context.new_page()
    tab.complaints = []
    listen(tab, tab.complaints)
    yield tab
    context.close()
    if tab.complaints:
        pytest.fail("\n".join(dict.fromkeys(tab.complaints)), pytrace=False)


@pytest.mark.parametrize("tab", [("hd", "zh-hans"), ("uhd", "en")], indirect=True)
def test_wall_fits(tab, site, fair):
    wall = open_wall(tab, f"{site}/screen/{fair.slug}/?video=0")
    wall.live(20)
    tab.evaluate(AXE)
    tab.complaints += tab.evaluate(CUT)
    tab.complaints += found_by_axe(tab, EVERYTHING)


@pytest.mark.parametrize("tab", [("hd", "zh-hans")], indirect=True)
def test_ten_minutes_leave_nothing_behind(tab, site, fair):
    wall = open_wall(tab, f"{site}/screen/{fair.slug}/?video=0")
    wall.live(1000)  # what a page grows to: compiled code, caches, the first lost connection
    before = wall.held()
    wall.live(600)
    after = wall.held()
    assert len(wall.sockets) > 1
    assert after["elements"] == before["elements"]
    assert after["nodes"] <= before["nodes"] + 30
    assert after["listeners"] <= before["listeners"] + 5
    assert after["heap"] < before["heap"] + 200_000
    assert tab.locator("[data-ticker] li:visible").count() == 5
