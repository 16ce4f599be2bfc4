"""The sweep that mends what a lost hook left wrong, against a media role that speaks its API."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from streams.domain import engine, host_presence
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def media(settings):
    """A control API with the paths a test wants; `kicked` remembers the sessions cut."""

    class Api(BaseHTTPRequestHandler):
        online: list[str] = []
        kicked: list[str] = []

        def do_GET(self):
            if self.path.startswith("/v3/paths/list"):
                items = [{"name": name, "ready": True, "online": True} for name in self.online]
            elif self.path.startswith("/v3/webrtcsessions/list"):
                items = [{"id": name, "path": name, "state": "publish"} for name in self.online]
            else:
                items = []  # nobody sends by another protocol
            self._answer({"pageCount": 1, "itemCount": len(items), "items": items})

        def do_POST(self):
            self.kicked.append(self.path.rsplit("/", 1)[1])
            self._answer({})

        def _answer(self, body):
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.MEDIA_INTERNAL_URL = f"http://127.0.0.1:{server.server_port}"
    engine.engine.cache_clear()
    yield Api
    server.shutdown()
    thread.join()
    server.server_close()
    engine.engine.cache_clear()


def test_reconcile_notes_a_host_whose_hook_was_lost(media):
    show = make_show(state="live")
    media.online = [show.public_id]
    assert host_presence.reconcile() == 1
    assert host_presence.reconcile() == 0
    show.refresh_from_db()
    assert show.is_host_online
    media.online = []
    assert host_presence.reconcile() == 1
    show.refresh_from_db()
    assert not show.is_host_online
    assert [event["show"]["host_online"] for event in told(show)] == [True, False]


def test_reconcile_cuts_who_sends_to_a_show_that_is_over(media):
    show = make_show(state="ended")
    media.online, media.kicked = [show.public_id], []
    host_presence.reconcile()
    assert media.kicked == [show.public_id]


def test_reconcile_with_a_silent_engine_changes_nothing(settings):
    settings.MEDIA_INTERNAL_URL = "http://127.0.0.1:9"
    engine.engine.cache_clear()
    show = make_show(state="live", host_online_at=timezone.now())
    assert host_presence.reconcile() == 0
    show.refresh_from_db()
    assert show.is_host_online
    engine.engine.cache_clear()
