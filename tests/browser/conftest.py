"""A real browser, a running site and a world to look at: one of each for the whole module."""

import os

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import sync_playwright

from orders.domain import announcements, checkout
from scripts.chromium import find_chromium
from tests import emptying
from tests.browser.pages import make_world

ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="package")
def chromium():
    path = find_chromium()
    assert path, "no Chromium; `python scripts/chromium.py` says what to do"
    # Playwright's own loop runs in this thread, and Django takes it for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Committed, as the site's threads must see it; emptied afterwards."""
    with django_db_blocker.unblock():
        cache.clear()
        try:
            yield make_world()
        finally:
            checkout.combiner.stop()
            announcements.settle_down()
            emptying.empty(connection)
            cache.clear()
            connections.close_all()


@pytest.fixture(scope="module")
def site(world):
    """pytest-django's own live server looks for static files where they are collected only."""
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None, server.error
    yield f"http://localhost:{server.port}"
    server.terminate()


@pytest.fixture(scope="module")
def cookie_of(world):
    """The session cookie of one of the world's people, signed in once."""
    known = {}

    def cookie(who):
        if who not in known:
            client = Client()
            client.force_login(
                getattr(world, who), backend="django.contrib.auth.backends.ModelBackend"
            )
            known[who] = client.cookies["sessionid"].value
        return known[who]

    return cookie
