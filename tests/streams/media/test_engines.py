"""What the pages see: one protocol, the embedded engine for real, MediaMTX by its documents."""

import io
import json
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import av
import imageio_ffmpeg
import pytest

from streams.media import recordings
from streams.media.engines import create_engine
from streams.media.http_engine import read_time
from streams.media.protocol import EngineUnavailable, Playback
from streams.media.recordings import render_playlist
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
        }
        later = (now - timedelta(minutes=5)).isoformat()
        self.lists = {
            "room": [
                {"start": old, "duration": 6.0, "url": "x"},
                {"start": later, "duration": 6.0, "url": "x"},
            ]
        }
        self.files = []
        self.fetched, self.deleted, self.bearers = [], [], set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                place = self.path.split("?")[0]
                query = dict(parse_qsl(urlsplit(self.path).query))
                if place == "/get":
                    return self.hand_out(query)
                answer = server.answers.get(place)
                if place == "/list":
                    answer = server.lists.get(query["path"])
                missing = {"status": "error", "error": "path not found"}
                return self.reply(200 if answer else 404, answer or missing)

            def hand_out(self, query):
                server.fetched.append(self.path)
                server.bearers.add(self.headers.get("authorization"))
                starts = [stretch["start"] for stretch in server.lists[query["path"]]]
                if not server.files:
                    return self.reply(404, {"status": "error", "error": "no recordings found"})
                body = server.files[starts.index(query["start"])]
                self.send_response(200)
                self.send_header("content-type", "video/mp4")
                self.send_header("accept-ranges", "none")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                return self.wfile.write(body)

            def do_DELETE(self):
                server.deleted.append(self.path)
                self.reply(200, {"status": "ok"})

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
    assert abs(status.media_ms - 42_000) < 2000  # earlier stretches of 6 s each, and 30 s now
    assert engine.online_paths() == {"room"}
    assert engine.status("unknown") is None
    assert len(engine.recordings("room")) == 1
    assert engine.kick("room") == 1
    assert mediamtx.kicked == ["/v3/webrtcsessions/kick/5c5b"]


def mp4_of(clip, target, *, sound="copy", b_frames=0):
    """A stretch as MediaMTX's playback server hands it out: fragmented MP4."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-i", str(clip), "-c:v", "copy", "-c:a", sound]
    if b_frames:
        command += ["-c:v", "libx264", "-preset", "ultrafast", "-bf", str(b_frames)]
    command += ["-movflags", "frag_keyframe+empty_moov+default_base_moof", str(target)]
    subprocess.run(command, check=True, timeout=60)
    return target.read_bytes()


@pytest.fixture
def recorded(request, tmp_path, clip, role, mediamtx):
    """(engine, directory, path): one path with a recording of two stretches, of either engine."""
    if request.param == "embedded":
        for _ in range(2):
            with publishing(role, "twice", clip):
                wait_for(lambda: role.is_online("twice"))
                wait_for(lambda: role.path_info("twice")["mediaTimeMs"] > 3000)
            wait_for(lambda: not role.is_online("twice"))
        engine = create_engine("embedded", role.base, secret=SECRET)
        wait_for(lambda: len(engine.recordings("twice")) >= 2)
        return engine, role.recordings, "twice"
    mediamtx.files = [mp4_of(clip, tmp_path / "stretch.mp4")] * 2
    engine = create_engine("mediamtx", mediamtx.base, secret=SECRET, recordings_url=mediamtx.base)
    return engine, tmp_path / "recordings", "room"


@pytest.mark.parametrize("recorded", ["embedded", "mediamtx"], indirect=True)
def test_a_recording_is_collected_for_the_replay(recorded):
    """The contract of both engines: afterwards it lies there as our recorder writes it."""
    engine, directory, path = recorded
    engine.collect_recording(path, directory)
    engine.collect_recording(path, directory)  # an attempt that died is made again

    segments = recordings.read_segments(directory / path)
    stretches = recordings.stretches(segments)
    assert len(stretches) == 2
    assert all(stretch.duration_ms > 2500 for stretch in stretches)
    assert stretches[1].media_ms >= stretches[0].duration_ms
    assert stretches[1].wall_ms > stretches[0].wall_ms
    starts = engine.recordings(path)
    assert abs(starts[0].timestamp() * 1000 - stretches[0].wall_ms) < 2500
    data = (directory / path / segments[0].init.file).read_bytes()
    data += b"".join((directory / path / segment.file).read_bytes() for segment in segments[:2])
    with av.open(io.BytesIO(data), format="mp4") as media:
        assert {stream.type for stream in media.streams} == {"video", "audio"}
        assert len([1 for _ in media.decode(video=0)]) > 50
    assert render_playlist(segments).count("#EXT-X-DISCONTINUITY") == 1


def test_mediamtx_is_asked_for_a_stretch_in_its_documented_words(mediamtx, tmp_path, clip):
    mediamtx.files = [mp4_of(clip, tmp_path / "stretch.mp4")] * 2
    engine = create_engine("mediamtx", mediamtx.base, secret=SECRET, recordings_url=mediamtx.base)
    alive = []
    engine.collect_recording("room", tmp_path / "r", alive=lambda: alive.append(1))

    asked = [dict(parse_qsl(urlsplit(url).query)) for url in mediamtx.fetched]
    assert [question["path"] for question in asked] == ["room", "room"]
    assert {question["format"] for question in asked} == {"fmp4"}
    assert [question["duration"] for question in asked] == ["6.0", "6.0"]
    assert mediamtx.bearers == {f"Bearer {SECRET}"}
    assert len(alive) > 4
    assert [p.name for p in (tmp_path / "r").iterdir()] == ["room"], "nothing is left lying about"

    engine.release_recording("room")
    assert [url.split("?")[0] for url in mediamtx.deleted] == ["/v3/recordings/deletesegment"]
    assert dict(parse_qsl(urlsplit(mediamtx.deleted[0]).query))["path"] == "room"


def test_sound_of_an_rtmp_encoder_is_turned_into_what_the_recorder_takes(mediamtx, tmp_path, clip):
    mediamtx.files = [mp4_of(clip, tmp_path / "stretch.mp4", sound="aac")] * 2
    engine = create_engine("mediamtx", mediamtx.base, recordings_url=mediamtx.base)
    engine.collect_recording("room", tmp_path / "r")

    folder = tmp_path / "r" / "room"
    segments = recordings.read_segments(folder)
    data = (folder / segments[0].init.file).read_bytes() + (folder / segments[1].file).read_bytes()
    with av.open(io.BytesIO(data), format="mp4") as media:
        loudest = max(abs(frame.to_ndarray()).max() for frame in media.decode(audio=0))
    assert loudest > 0.05, "it is not the silence that fills gaps"


def test_what_cannot_be_kept_is_said_and_not_half_kept(mediamtx, tmp_path, clip):
    mediamtx.files = [mp4_of(clip, tmp_path / "stretch.mp4", b_frames=2)] * 2
    engine = create_engine("mediamtx", mediamtx.base, recordings_url=mediamtx.base)

    with pytest.raises(OSError, match="B-frames"):
        engine.collect_recording("room", tmp_path / "r")
    mediamtx.files = []
    with pytest.raises(OSError, match="404"):
        engine.collect_recording("room", tmp_path / "r")
    engine.collect_recording("unknown", tmp_path / "r")  # nothing was recorded: nothing comes


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
