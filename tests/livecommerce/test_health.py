import json
import socket

import pytest
from django.db import OperationalError

from livecommerce import health, redis_client
from livecommerce.tasks import ALIVE_SECONDS, BEAT, heartbeat_key, show_life

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings):
    """A media engine that answers: the smallest server there is."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Engine(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Engine)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.MEDIA_INTERNAL_URL = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]  # bound but not listening: refused at once


def test_livez_answers(client):
    answer = client.get("/livez")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_probes_answer_whatever_the_host_and_scheme(client, settings, media):
    settings.ALLOWED_HOSTS = ["shop.example"]
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/livez", headers={"host": "10.0.0.7"}).status_code == 200
    assert client.get("/readyz", headers={"host": "10.0.0.7"}).status_code in (200, 503)
    assert client.get("/schedule/", headers={"host": "10.0.0.7"}).status_code != 200


def test_readyz_when_every_part_works(client, media):
    show_life()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    told = json.loads(answer.content)
    assert told["ready"] is True
    assert told["parts"] == {"database": "up", "valkey": "up", "worker": "up", "media": "up"}


def test_readyz_names_the_part_that_is_away(client, media):
    redis_client.sync().delete(heartbeat_key())

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert json.loads(answer.content)["parts"]["worker"] == "down"


def test_readyz_tells_nobody_where_the_parts_are(client, settings, closed_port):
    settings.MEDIA_INTERNAL_URL = f"http://127.0.0.1:{closed_port}"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert str(closed_port) not in answer.content.decode()


def test_database_away(monkeypatch):
    def refuse():
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(health.connection, "cursor", refuse)

    assert health.look_at_database().problem == "does not answer: connection refused"


def test_valkey_away_is_told_apart_from_the_worker(settings, closed_port):
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port}/0"
    redis_client.sync.cache_clear()
    try:
        assert not health.look_at_valkey().is_up
        assert health.look_at_worker().problem == "cannot be asked while Valkey is away"
    finally:
        redis_client.sync().close()
        redis_client.sync.cache_clear()


def test_mediamtx_is_asked_by_its_own_api(settings, media):
    settings.MEDIA_ENGINE = "mediamtx"

    assert health.look_at_media().is_up
    assert media.asked == ["/v3/paths/list"]


def test_sign_of_life_dies_by_itself():
    show_life()

    assert 0 < redis_client.sync().ttl(heartbeat_key()) <= ALIVE_SECONDS
    assert health.look_at_worker().is_up


def test_beat_shows_life_often_enough():
    schedule = BEAT["worker-heartbeat"]

    assert schedule["schedule"] * 3 < ALIVE_SECONDS
