"""The room must come fast over a village's network: its own JavaScript has a budget."""

from tests.bench.pages.weight import STATIC, brotli_kb, modules_of

HTMX = "django_htmx/htmx-2.min.js"
BUDGET_KB = 60


def test_room_page_keeps_to_its_javascript_budget():
    import brotli
    from django.contrib.staticfiles import finders

    modules = modules_of("js/app.js", "js/room/room.js")
    assert STATIC / "js/elements/live-player.js" in modules
    assert STATIC / "js/realtime/reduce.js" in modules
    with open(finders.find(HTMX), "rb") as file:
        htmx = len(brotli.compress(file.read(), quality=11)) / 1000
    assert brotli_kb(modules) + htmx <= BUDGET_KB
