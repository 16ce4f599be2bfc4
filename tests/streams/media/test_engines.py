"""What the pages see: one protocol, the embedded engine for real, MediaMTX by its documents."""

import io
from array import array
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import av
import pytest

from streams.media import recordings
from streams.media.engines import create_engine
from streams.media.http_engine import read_time
from streams.media.protocol import EngineUnavailable, Playback
from streams.media.recordings import render_playlist
from tests.streams.media.harness import SECRET, free_port, publishing, wait_for
from tests.streams.media.mediamtx import MediaMtx, mp4_of


@pytest.fixture
def mediamtx():
    server = MediaMtx()
    yield server
    server.close()


@pytest.mark.parametrize(
    ("name", "sound", "is_split"),
    [("embedded", "sound.m3u8", False), ("mediamtx", "index.m3u8", True)],
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
    assert (status.is_online, status.viewers, status.tracks) == (True, 2, ("Opus", "H264"))
    assert (status.width, status.height) == (640, 360)
    assert abs(status.media_ms - 42_000) < 2000  # earlier stretches of 6 s each, and 30 s now
    assert engine.online_paths() == {"room"}
    assert engine.status("unknown") is None
    assert len(engine.recordings("room")) == 1
    assert engine.kick("room") == 1
    assert mediamtx.kicked == ["/v3/webrtcsessions/kick/5c5b"]


@pytest.fixture
def recorded(request, tmp_path, clip, role, mediamtx):
    """(engine, directory, path): one path with a recording of two stretches, of either engine."""
    if request.param == "embedded":
        for until in (3000, 6500):
            with publishing(role, "twice", clip):
                wait_for(lambda: role.is_online("twice"))
                wait_for(lambda until=until: role.path_info("twice")["mediaTimeMs"] > until)
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
    assert engine.collect_recording(path, directory)
    assert engine.collect_recording(path, directory), "nothing more comes of it"

    segments = recordings.read_segments(directory / path)
    stretches = recordings.stretches(segments)
    assert len(stretches) == 2
    assert all(stretch.duration_ms > 1500 for stretch in stretches)
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
    assert [float(question["duration"]) for question in asked] == [6.0, 6.0]
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
        sound = b"".join(bytes(frame.planes[0]) for frame in media.decode(audio=0))
    samples = array("f", sound)
    assert max(map(abs, samples)) > 0.05, "it is not the silence that fills gaps"


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
