"""What the pages see: one protocol, the embedded engine for real, MediaMTX by its documents."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from streams.media.engines import create_engine
from streams.media.http_engine import read_time
from streams.media.protocol import EngineUnavailable, Playback
from tests.streams.media.harness import SECRET, free_port, publishing, wait_for


class MediaMtx:
    """A server that answers as MediaMTX's API reference says."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        self.kicked = []
        since = (now - timedelta(seconds=30)).isoformat().replace("+00:00", "123Z")
        path = {
            "name": "room",
            "confName": "all_others",
            "source": {"type": "webRTCSession", "id": "5c5b"},
            "ready": True,
            "readyTime": since,
            "available": True,
            "availableTime": since,
            "online": True,
            "onlineTime": since,
            "tracks": ["H264", "Opus"],
            "bytesReceived": 1000,
            "bytesSent": 5000,
            "readers": [{"type": "hlsMuxer", "id": ""}, {"type": "webRTCSession", "id": "77"}],
        }
        sessions = [
            {"id": "5c5b", "path": "room", "state": "publish", "created": since},
            {"id": "77", "path": "room", "state": "read", "created": since},
            {"id": "88", "path": "other", "state": "publish", "created": since},
        ]
        old = (now - timedelta(minutes=10)).isoformat()
        self.answers = {
            "/v3/paths/get/room": path,
            "/v3/paths/list": {
                "itemCount": 2,
                "pageCount": 1,
                "items": [path, path | {"name": "idle", "ready": False, "online": False}],
            },
            "/v3/webrtcsessions/list": {"itemCount": 3, "pageCount": 1, "items": sessions},
            "/v3/recordings/get/room": {"name": "room", "segments": [{"start": old}]},
            "/list": [{"start": old, "duration": 60.5, "url": "x"}],
        }
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                answer = server.answers.get(self.path.split("?")[0])
                missing = {"status": "error", "error": "path not found"}
                self.reply(200 if answer else 404, answer or missing)

            def do_POST(self):
                server.kicked.append(self.path)
                self.reply(200, {"status": "ok"})

            def reply(self, status, answer):
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mediamtx():
    server = MediaMtx()
    yield server
    server.close()


@pytest.mark.parametrize(
    ("name", "sound", "is_split"),
    [("embedded", "sound.m3u8", False), ("mediamtx", "audio2_stream.m3u8", True)],
)
def test_addresses_are_the_same_for_both_engines_but_for_the_sound_alone(name, sound, is_split):
    engine = create_engine(name, "http://127.0.0.1:1")

    assert engine.publish_url("room", base="https://m.example/") == "https://m.example/room/whip"
    assert engine.playback_urls("room", base="https://m.example", token="a.b-c") == Playback(
        hls="https://m.example/room/index.m3u8?token=a.b-c",
        whep="https://m.example/room/whep?token=a.b-c",
        sound=f"https://m.example/room/{sound}?token=a.b-c",
        is_split=is_split,
    )


def test_the_embedded_engine_is_asked_for_status_kick_and_recordings(role, clip):
    engine = create_engine("embedded", role.base, secret=SECRET)
    assert engine.status("pages") is None
    assert engine.recordings("pages") == []
    assert engine.kick("pages") == 0
    with publishing(role, "pages", clip):
        status = wait_for(lambda: (s := engine.status("pages")) and s.width and s)
        assert status.is_online
        assert (status.width, status.height) == (640, 360)
        assert status.tracks == ("H264", "Opus")
        assert "pages" in engine.online_paths()
        assert wait_for(lambda: engine.recordings("pages"))[0] > status.online_since - timedelta(
            seconds=5
        )
        assert engine.kick("pages") == 1
        assert "pages" not in engine.online_paths()


def test_mediamtx_is_asked_in_its_own_words(mediamtx):
    engine = create_engine("mediamtx", mediamtx.base, recordings_url=mediamtx.base)

    status = engine.status("room")
    assert (status.is_online, status.viewers, status.tracks) == (True, 2, ("H264", "Opus"))
    assert abs(status.media_ms - 90_500) < 2000  # an earlier stretch of 60.5 s, and 30 s now
    assert engine.online_paths() == {"room"}
    assert engine.status("unknown") is None
    assert len(engine.recordings("room")) == 1
    assert engine.kick("room") == 1
    assert mediamtx.kicked == ["/v3/webrtcsessions/kick/5c5b"]


def test_a_silent_engine_is_said_to_be_unavailable():
    engine = create_engine("embedded", f"http://127.0.0.1:{free_port()}")

    for ask in (engine.status, engine.kick, engine.recordings):
        with pytest.raises(EngineUnavailable):
            ask("room")


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="embedded or mediamtx"):
        create_engine("obs", "http://127.0.0.1")


@pytest.mark.parametrize(
    "text",
    ["2026-11-23T00:24:05Z", "2026-11-23T00:24:05.1Z", "2026-11-23T08:24:05.123456789+08:00"],
)
def test_times_are_read_as_go_writes_them(text):
    moment = read_time(text)

    assert moment.tzinfo is not None
    assert moment.astimezone(UTC).replace(microsecond=0) == datetime(
        2026, 11, 23, 0, 24, 5, tzinfo=UTC
    )
