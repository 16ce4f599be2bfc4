import asyncio
import json
import subprocess
import sys

import pytest

from streams.media.embedded.recorder import INDEX, Earlier, Recorder, read_index
from streams.media.embedded.window import InitMap, Part, Segment
from tests.streams.media.harness import ROOT

pytestmark = pytest.mark.asyncio

INIT = InitMap(100, b"init", "avc1.42E01F", 1280, 720)


def segment(number, *, init=INIT, broken=False):
    made = Segment(
        number=number,
        init=init,
        media_ms=(number - 100) * 2000,
        wall_ms=1_700_000_000_000 + number * 2000,
        is_discontinuity=broken,
        parts=[Part(1.5, True, b"one"), Part(0.5, False, b"two")],
    )
    made.complete()
    return made


async def record(directory, *segments, path="room", **options):
    recorder = Recorder(directory, **options)
    recorder.resume(path)
    for each in segments:
        recorder.write(path, each)
    await recorder.close()
    return recorder


async def test_segments_and_their_index_are_kept(tmp_path):
    await record(tmp_path, segment(100), segment(101))

    entries = list(read_index(tmp_path / "room"))
    assert entries[0] == {
        "type": "init",
        "n": 100,
        "file": "init-100.mp4",
        "codecs": "avc1.42E01F,mp4a.40.2",
        "width": 1280,
        "height": 720,
    }
    assert entries[2] == {
        "type": "segment",
        "n": 101,
        "file": "101.m4s",
        "init": 100,
        "media_ms": 2000,
        "duration_ms": 2000,
        "wall_ms": 1_700_000_202_000,
        "discontinuity": False,
        "bytes": 6,
        "sha256": "25b6746d5172ed6352966a013d93ac846e1110d5a25e8f183b5931f4688842a1",
    }
    assert (tmp_path / "room" / "init-100.mp4").read_bytes() == b"init"
    assert (tmp_path / "room" / "101.m4s").read_bytes() == b"onetwo"
    assert not list((tmp_path / "room").glob("*.part"))


async def test_an_init_is_written_once_and_again_when_it_changes(tmp_path):
    other = InitMap(102, b"other", "avc1.42E01F", 720, 1280)
    await record(tmp_path, segment(100), segment(101), segment(102, init=other, broken=True))

    kinds = [(entry["type"], entry["n"]) for entry in read_index(tmp_path / "room")]
    assert kinds == [
        ("init", 100),
        ("segment", 100),
        ("segment", 101),
        ("init", 102),
        ("segment", 102),
    ]


async def test_a_later_process_goes_on_where_the_recording_ends(tmp_path):
    assert Recorder(tmp_path).resume("room") == Earlier(0, 0)
    await record(tmp_path, segment(100), segment(101))

    assert Recorder(tmp_path).resume("room") == Earlier(next_number=102, media_ms=4000)


async def test_an_index_cut_off_in_a_line_is_mended(tmp_path):
    await record(tmp_path, segment(100))
    index = tmp_path / "room" / INDEX
    with index.open("ab") as file:
        file.write(b'{"type":"segment","n":1')

    assert Recorder(tmp_path).resume("room") == Earlier(101, 2000)
    await record(tmp_path, segment(101))
    assert [json.loads(line)["n"] for line in index.read_bytes().splitlines()][-1] == 101


async def test_a_full_disk_stops_the_recording_and_says_so(tmp_path, caplog):
    recorder = await record(tmp_path, segment(100), min_free=10**18)

    assert recorder.tracks["room"].error == "the disk is almost full"
    assert "the show goes on" in caplog.text
    assert not list(read_index(tmp_path / "room"))


async def test_a_directory_that_cannot_be_written_stops_the_recording(tmp_path):
    (tmp_path / "room").write_text("in the way")
    recorder = await record(tmp_path, segment(100))

    assert recorder.tracks["room"].error


async def test_after_an_error_the_disk_is_left_alone_for_a_while(tmp_path):
    recorder = Recorder(tmp_path, min_free=10**18)
    recorder.write("room", segment(100))
    recorder._thread.submit(lambda: None).result()
    recorder._min_free = 0
    recorder.write("room", segment(101))
    recorder.tracks["room"].retry_at = 0.0
    recorder.write("room", segment(102))
    await recorder.close()

    numbers = [entry["n"] for entry in read_index(tmp_path / "room")]
    assert numbers == [100, 102]  # the init of 100, then the segment after the pause
    assert recorder.tracks["room"].error == ""


async def test_without_a_directory_nothing_is_kept():
    recorder = Recorder(None)
    recorder.write("room", segment(100))
    assert recorder.resume("room") == Earlier()
    assert await recorder.starts("room") is None
    await recorder.close()


async def test_starts_are_where_the_picture_began_anew(tmp_path):
    recorder = Recorder(tmp_path)
    for number in (100, 101, 102):
        recorder.write("room", segment(number, broken=number == 102))
    recorder._thread.submit(lambda: None).result()

    assert await recorder.starts("room") == [1_700_000_200_000, 1_700_000_204_000]
    assert await recorder.starts("nobody") is None
    await recorder.close()


KILLED = """
import asyncio, os, signal, sys
from tests.streams.media.test_recorder import Recorder, segment
from pathlib import Path
recorder = Recorder(Path(sys.argv[1]))
for number in range(100, 120):
    recorder.write("room", segment(number))
    recorder._thread.submit(lambda: None).result()
    if number == 104:
        recorder.write("room", segment(105))
        os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_a_killed_process_loses_at_most_the_segment_being_written(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    process = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, timeout=60)
    assert process.returncode == -9

    end = Recorder(tmp_path).resume("room")
    assert end.next_number in (105, 106)
    kept = [e for e in read_index(tmp_path / "room") if e["type"] == "segment"]
    assert [entry["n"] for entry in kept] == list(range(100, end.next_number))
    assert all(
        (tmp_path / "room" / entry["file"]).stat().st_size == entry["bytes"] for entry in kept
    )
