"""What MediaMTX leaves to the shop: whether it records, a disk that fills, files nobody can read.

real_mediamtx.py tries the same against MediaMTX itself.
"""

import os
from datetime import UTC, datetime, timedelta

import pytest

from streams.media import recordings
from streams.media.engines import create_engine
from tests.streams.media.harness import SECRET
from tests.streams.media.mediamtx import MediaMtx, mp4_of


@pytest.fixture
def mediamtx():
    server = MediaMtx()
    yield server
    server.close()


def engine_of(mediamtx, **given):
    return create_engine(
        "mediamtx", mediamtx.base, recordings_url=mediamtx.base, secret=SECRET, **given
    )


def write_until(mediamtx, seconds_ago):
    began = datetime.now(UTC) - timedelta(minutes=3)
    lasts = 180.0 - seconds_ago
    mediamtx.lists["room"] = [{"start": began.isoformat(), "duration": lasts, "url": "x"}]


def record_nothing(mediamtx):
    mediamtx.lists.clear()
    mediamtx.answers["/v3/recordings/get/room"] = {"name": "room", "segments": []}


def test_a_recording_that_runs_is_no_error(mediamtx):
    write_until(mediamtx, seconds_ago=1)
    assert engine_of(mediamtx).recording_errors() == {}


@pytest.mark.parametrize("seconds_ago", [25, 100])
def test_a_recording_that_stands_still_is_one(mediamtx, seconds_ago):
    write_until(mediamtx, seconds_ago)
    assert engine_of(mediamtx).recording_errors() == {"room": "nothing is being written"}


def test_whoever_came_just_now_is_given_a_moment(mediamtx):
    record_nothing(mediamtx)
    mediamtx.path["onlineTime"] = (datetime.now(UTC) - timedelta(seconds=5)).isoformat()
    assert engine_of(mediamtx).recording_errors() == {}
    mediamtx.path["onlineTime"] = (datetime.now(UTC) - timedelta(seconds=40)).isoformat()
    assert engine_of(mediamtx).recording_errors() == {"room": "nothing is being written"}


def test_what_cannot_be_read_is_one(mediamtx):
    write_until(mediamtx, seconds_ago=1)
    mediamtx.unreadable = {mediamtx.lists["room"][0]["start"]}
    assert engine_of(mediamtx).recording_errors() == {"room": "what is written cannot be read"}


def test_recording_stops_before_the_disk_is_full_and_begins_with_room_to_spare(mediamtx, tmp_path):
    write_until(mediamtx, seconds_ago=1)
    usage = os.statvfs(tmp_path)
    free = usage.f_bavail * usage.f_frsize

    def errors(least):
        return engine_of(mediamtx, spool=tmp_path, min_free=int(least)).recording_errors()

    assert (errors(free / 2), mediamtx.patched) == ({}, [])
    for _again in range(2):
        assert errors(free * 2) == {"room": "the disk is almost full"}
    assert mediamtx.patched == [{"record": False}], "once"
    assert errors(free / 1.1) == {"room": "the disk is almost full"}, "not back and forth"
    assert errors(free / 2) == {}
    assert mediamtx.patched == [{"record": False}, {"record": True}]


def test_a_disk_that_cannot_be_looked_at_stops_nothing(mediamtx, tmp_path):
    write_until(mediamtx, seconds_ago=1)
    gone = tmp_path / "unmounted"
    assert engine_of(mediamtx, spool=gone, min_free=1).recording_errors() == {}
    assert mediamtx.patched == []


def test_a_file_that_a_full_disk_left_costs_no_other(mediamtx, tmp_path, clip):
    good, bad = mediamtx.lists["room"]
    mediamtx.unreadable = {bad["start"]}
    segments = [{"start": good["start"]}, {"start": bad["start"]}]
    mediamtx.answers["/v3/recordings/get/room"] = {"name": "room", "segments": segments}
    mediamtx.files = [mp4_of(clip, tmp_path / "stretch.mp4")] * 2
    engine = engine_of(mediamtx)
    engine.collect_recording("room", tmp_path / "r")
    assert len(recordings.stretches(recordings.read_segments(tmp_path / "r" / "room"))) == 1
    engine.release_recording("room")
    assert len(mediamtx.deleted) == 2, "the damaged one goes, too"


def test_of_what_was_never_recorded_nothing_comes_and_nothing_fails(mediamtx, tmp_path):
    engine = engine_of(mediamtx)
    assert engine.recordings("unknown") == []
    engine.collect_recording("unknown", tmp_path)
    record_nothing(mediamtx)
    assert abs(engine.status("room").media_ms - 30_000) < 2000
