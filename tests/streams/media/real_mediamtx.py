"""The contract of both engines, kept by MediaMTX itself: not part of `make test`.

    MEDIAMTX=/path/to/mediamtx .venv/bin/pytest tests/streams/media/real_mediamtx.py

The binary is the release of docker-compose.yml's version; it listens on this machine only, with
deploy/mediamtx.yml as it is deployed but for addresses and folders. Tests of the stand-in
(mediamtx.py) use what this one answered: see payloads.json.
"""

import itertools
import json
import os
import re
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from streams.media import mediamtx_recordings, recordings
from streams.media.engines import create_engine
from tests.streams.media.coded import read_back
from tests.streams.media.contract import EngineContract
from tests.streams.media.harness import (
    ROOT,
    SECRET,
    Hooks,
    free_port,
    mint,
    publishing,
    wait_for,
)

BINARY = os.environ["MEDIAMTX"]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
VERSION = re.search(r"bluenviron/mediamtx:([\d.]+)", COMPOSE)[1]
STATE = "/hooks/media/state/"


class RealMediaMtx:
    """MediaMTX in a process of its own; `base` is where hosts send to, as of the other engine."""

    def __init__(self, hooks, recordings_dir: Path) -> None:
        self.hooks = hooks
        self.recordings = recordings_dir
        names = ("webrtc", "hls", "api", "playback", "rtmp")
        self.ports = {name: free_port() for name in names}
        for name in names:
            setattr(self, name, f"http://127.0.0.1:{self.ports[name]}")
        self.base = self.webrtc
        self.process = None
        self.start()

    def start(self) -> None:
        told = {
            "MTX_AUTHHTTPADDRESS": self.hooks.url,
            "STATE_URL": self.hooks.url.replace("/auth/", "/state/"),
            "MTX_WEBRTCADDITIONALHOSTS": "127.0.0.1",
            "MTX_WEBRTCLOCALUDPADDRESS": f"127.0.0.1:{free_port()}",
            "MTX_PATHDEFAULTS_RECORDPATH": f"{self.recordings}/%path/%Y-%m-%d_%H-%M-%S-%f",
            **{
                f"MTX_{name.upper()}ADDRESS": f"127.0.0.1:{port}"
                for name, port in self.ports.items()
            },
        }
        config = ROOT / "deploy" / "mediamtx.yml"
        log = (self.recordings.parent / "mediamtx.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [BINARY, str(config)], env=os.environ | told, stdout=log, stderr=log
            )
        wait_for(self._is_up, 20)

    def _is_up(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError((self.recordings.parent / "mediamtx.log").read_text())
        try:
            return self.get("/v3/paths/list").status_code == 200
        except httpx.HTTPError:
            return False

    def get(self, path: str, **options) -> httpx.Response:
        return httpx.get(self.api + path, timeout=30, **options)

    def path_info(self, path: str) -> dict | None:
        answer = self.get(f"/v3/paths/get/{path}")
        return answer.json() if answer.status_code == 200 else None

    def is_online(self, path: str) -> bool:
        info = self.path_info(path)
        return bool(info and info["online"])

    def engine(self, **given):
        return create_engine(
            "mediamtx", self.api, recordings_url=self.playback, secret=SECRET, **given
        )

    def stop(self, *, kill: bool = False) -> None:
        (self.process.kill if kill else self.process.terminate)()
        self.process.wait(30)


class ShopHooks(Hooks):
    """Django also answers the shop's own question for a recording (streams/views/hooks.py)."""

    def answer(self, path, body):
        if body.get("action") == "playback" and body["token"] == SECRET:
            self.questions.append(body)
            return 204
        return super().answer(path, body)


@pytest.fixture(scope="module")
def hooks():
    server = ShopHooks()
    yield server
    server.close()


@pytest.fixture(scope="module")
def door(hooks, tmp_path_factory):
    server = RealMediaMtx(hooks, tmp_path_factory.mktemp("mediamtx") / "recordings")
    yield server
    server.stop()


def test_it_is_the_version_that_is_deployed(door):
    assert door.get("/v3/info").json()["version"] == f"v{VERSION}"


def test_it_listens_where_it_was_told_to_and_nowhere_else(door):
    """A new version may bring a server that is open unless told otherwise."""
    listening = {
        int(fields[1].rpartition(":")[2], 16)
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{door.process.pid}/net/{table}").read_text().splitlines()[1:]
        if (fields := line.split())[3] == "0A" and fields[9] in _sockets_of(door.process.pid)
    }
    assert listening == set(door.ports.values())


def _sockets_of(pid: int) -> set[str]:
    links = (os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir())
    return {link[8:-1] for link in links if link.startswith("socket:[")}


class TestMediaMtx(EngineContract):
    pass


def test_what_it_answers_is_what_the_stand_in_says(door, clip):
    """Every field that payloads.json has is there, of the same type."""
    known = json.loads((ROOT / "tests/streams/media/payloads.json").read_text("utf-8"))
    assert known["version"] == VERSION
    with publishing(door, "fields", clip):
        wait_for(lambda: door.is_online("fields"))
        wait_for(lambda: door.get("/v3/recordings/get/fields").json()["segments"])
        (session,) = [
            one
            for one in door.get("/v3/webrtcsessions/list").json()["items"]
            if one["path"] == "fields"
        ]
        answers = {
            "path": door.path_info("fields"),
            "webrtcsession": session,
            "recording": door.get("/v3/recordings/get/fields").json(),
            "pathdefaults": door.get("/v3/config/pathdefaults/get").json(),
            "auth": next(q for q in door.hooks.questions if q["path"] == "fields"),
        }
    for name, answer in answers.items():
        assert shape_of(known[name]).items() <= shape_of(answer).items(), name


def shape_of(value: dict) -> dict:
    return {key: type(one).__name__ for key, one in value.items() if one is not None}


def test_a_recording_of_two_stretches_is_collected_and_released(door, clip, tmp_path):
    engine = door.engine()
    for seconds in (4, 4):
        with publishing(door, "twice", clip):
            wait_for(lambda: door.is_online("twice"))
            time.sleep(seconds)
        wait_for(lambda: not door.is_online("twice"))
    assert len(engine.recordings("twice")) == 2
    engine.collect_recording("twice", tmp_path)
    segments = recordings.read_segments(tmp_path / "twice")
    first, second = recordings.stretches(segments)
    assert all(one.duration_ms > 2500 for one in (first, second))
    assert abs(engine.recordings("twice")[0].timestamp() * 1000 - first.wall_ms) < 1500
    assert second.wall_ms > first.wall_ms + first.duration_ms - 500
    engine.release_recording("twice")
    assert engine.recordings("twice") == []
    assert not list((door.recordings / "twice").glob("*.mp4"))


def test_a_show_is_collected_while_it_is_on_air(door, clip, tmp_path, monkeypatch):
    """Piece by piece it becomes what it is when it is collected as a whole: one stretch, every
    picture once, sound without a seam."""
    monkeypatch.setattr(mediamtx_recordings, "_PIECE", 7.0)
    monkeypatch.setattr(mediamtx_recordings, "_LEAST", 4.0)
    engine = door.engine()
    lengths = []
    with publishing(door, "growing", clip):
        wait_for(lambda: door.is_online("growing"))
        for _again in range(5):
            time.sleep(5)
            assert engine.collect_recording("growing", tmp_path / "pieces", is_over=False)
            found = recordings.read_segments(tmp_path / "pieces" / "growing")
            lengths.append(sum(segment.duration_ms for segment in found))
    wait_for(lambda: not door.is_online("growing"))
    assert lengths[-1] > 16_000
    assert lengths == sorted(lengths)
    assert len(set(lengths)) > 3
    engine.collect_recording("growing", tmp_path / "pieces")
    monkeypatch.setattr(mediamtx_recordings, "_PIECE", 60.0)
    engine.collect_recording("growing", tmp_path / "whole")
    pieces, whole = (read_back(tmp_path / name / "growing") for name in ("pieces", "whole"))
    assert len(pieces.stretches) == len(whole.stretches) == 1
    assert abs(pieces.stretches[0].duration_ms - whole.stretches[0].duration_ms) < 50
    assert len(pieces.pictures) == len(whole.pictures)
    assert max(abs(a - b) for a, b in zip(pieces.pictures, whole.pictures, strict=True)) <= 90
    assert {b - a for a, b in itertools.pairwise(pieces.sounds)} == {1024}
    assert abs(len(pieces.sounds) - len(whole.sounds)) <= 1


def test_a_file_that_a_full_disk_left_costs_no_other(door, clip, tmp_path):
    engine = door.engine()
    with publishing(door, "damaged", clip):
        wait_for(lambda: door.is_online("damaged"))
        time.sleep(4)
    wait_for(lambda: not door.is_online("damaged"))
    good = next((door.recordings / "damaged").iterdir())
    (good.parent / datetime.now(UTC).strftime("%Y-%m-%d_%H-%M-%S-%f.mp4")).touch()
    assert httpx.get(f"{door.playback}/list?path=damaged", headers=bearer()).status_code == 500
    engine.collect_recording("damaged", tmp_path)
    assert len(recordings.stretches(recordings.read_segments(tmp_path / "damaged"))) == 1
    engine.release_recording("damaged")
    assert engine.recordings("damaged") == []


def bearer():
    return {"Authorization": f"Bearer {SECRET}"}


def test_a_killed_server_loses_little_of_a_recording(door, clip, tmp_path):
    engine = door.engine()
    with publishing(door, "killed", clip):
        wait_for(lambda: door.is_online("killed"))
        time.sleep(6)
        door.stop(kill=True)
    door.start()
    engine.collect_recording("killed", tmp_path)
    (stretch,) = recordings.stretches(recordings.read_segments(tmp_path / "killed"))
    assert stretch.duration_ms > 3000


def test_a_disk_that_fills_stops_the_recording_and_not_the_picture(door, clip, tmp_path):
    """With room again it goes on; whoever is on air notices nothing."""
    spool = door.recordings
    free = os.statvfs(spool).f_bavail * os.statvfs(spool).f_frsize
    with publishing(door, "full", clip):
        wait_for(lambda: door.is_online("full"))
        since = door.path_info("full")["onlineTime"]
        assert door.engine(spool=spool, min_free=1).recording_errors() == {}
        full = door.engine(spool=spool, min_free=free * 2)
        assert full.recording_errors()["full"] == "the disk is almost full"
        time.sleep(2)  # what was being written is finished
        written = sizes(door, "full")
        time.sleep(3)
        assert sizes(door, "full") == written
        assert door.path_info("full")["onlineTime"] == since, "the picture went on"
        assert door.engine(spool=spool, min_free=1).recording_errors() == {}
        wait_for(lambda: len(door.engine().recordings("full")) == 2)
        assert door.path_info("full")["onlineTime"] == since


def sizes(door, path):
    return {one.name: one.stat().st_size for one in (door.recordings / path).iterdir()}


def test_a_recording_that_stands_still_is_noticed(door, clip):
    with publishing(door, "still", clip):
        wait_for(lambda: door.is_online("still"))
        patch = {"record": False}
        httpx.patch(f"{door.api}/v3/config/pathdefaults/patch", json=patch).raise_for_status()
        engine = door.engine()
        try:
            assert "still" not in engine.recording_errors(), "it may take a moment"
            words = wait_for(lambda: engine.recording_errors().get("still"), 60, every=1)
            assert words == "nothing is being written"
        finally:
            patch = {"record": True}
            httpx.patch(f"{door.api}/v3/config/pathdefaults/patch", json=patch)


def test_its_hls_is_played_with_the_token_in_the_address_alone(door, clip):
    """As hls.js asks: redirects are followed, nothing but the address is known."""
    token = mint("watched")
    with publishing(door, "watched", clip), httpx.Client(follow_redirects=True) as client:
        wait_for(lambda: door.is_online("watched"))
        urls = door.engine().playback_urls("watched", base=door.hls, token=token)
        first = wait_for(lambda: (a := client.get(urls.hls)).status_code == 200 and a, 20)
        media = re.search(r"(?m)^(\S*video\d+_stream\.m3u8\S*)$", first.text)[1]
        second = client.get(str(first.url.join(media)))
        assert second.status_code == 200
        part = re.search(r'URI="([^"]+\.mp4[^"]*)"', second.text)[1]
        assert client.get(str(second.url.join(part))).status_code == 200
        named = re.search(r'TYPE=AUDIO.*?URI="([^"]+)"', first.text)[1]  # as sources.js finds it
        assert client.get(str(first.url.join(named))).status_code == 200
        # Nobody gets at a list or a segment with the token alone.
        bare = str(first.url.join(named)).replace("session=", "other=")
        assert httpx.get(bare).status_code == 401
