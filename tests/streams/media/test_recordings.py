"""A recording read back: playlist, manifest, checksums, stills and the MP4 file."""

import hashlib
import json

import av
import pytest

from streams.media import frames, recordings, remux
from streams.media.clip_recording import record_clip
from tests.streams.media.harness import make_clip

FIRST, SECOND = 1_700_000_000_000, 1_700_000_020_000


@pytest.fixture(scope="module")
def kept(clip, tmp_path_factory):
    """Six seconds, a pause, then five of another size: what a reconnect leaves behind."""
    directory = tmp_path_factory.mktemp("kept")
    small = make_clip(directory / "small.mkv", seconds=5, size="320x180")
    record_clip(clip, directory, "room", wall_ms=FIRST)
    assert record_clip(small, directory, "room", wall_ms=SECOND) == 11_000
    return directory / "room"


def copy_of(kept, tmp_path):
    folder = tmp_path / "room"
    folder.mkdir()
    for file in kept.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_a_broken_off_broadcast_is_joined_by_a_discontinuity(kept):
    text = recordings.render_playlist(recordings.read_segments(kept))

    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert text.count("#EXT-X-MAP") == 2
    assert text.startswith("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n")
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert sum(float(line[8:-1]) for line in text.splitlines() if "EXTINF" in line) == 11.0


def test_stretches_tell_where_media_lies_in_the_replay(kept):
    segments = recordings.read_segments(kept)

    assert recordings.stretches(segments) == [
        recordings.Stretch(0, 0, FIRST, 6000),
        recordings.Stretch(6000, 6000, SECOND, 5000),
    ]
    later = recordings.cut(segments, from_ms=FIRST + 1, until_ms=SECOND + 4000)
    assert recordings.stretches(later) == [
        recordings.Stretch(0, 2000, FIRST + 2000, 4000),
        recordings.Stretch(4000, 6000, SECOND, 4000),
    ]


def test_a_lost_segment_leaves_a_break_and_not_a_hole(kept, tmp_path):
    folder = copy_of(kept, tmp_path)
    segments = recordings.read_segments(folder)
    (folder / segments[1].file).write_bytes(b"torn")

    found = recordings.read_segments(folder)
    assert [one.file for one in found] == [one.file for one in segments if one != segments[1]]
    assert [one.is_break for one in found] == [True, True, True, False, False]


def test_a_spoilt_line_of_the_index_costs_that_line_only(kept, tmp_path):
    folder = copy_of(kept, tmp_path)
    index = folder / "index.jsonl"
    lines = index.read_bytes().splitlines(keepends=True)
    spoilt = [lines[0], b"\x00\xff rubbish\n", b'{"type":"segment"}\n', b"[]\n", *lines[1:]]
    index.write_bytes(b"".join(spoilt))

    assert len(recordings.read_segments(folder)) == 6


def test_an_index_that_names_other_files_is_not_believed(kept, tmp_path):
    folder = copy_of(kept, tmp_path)
    (tmp_path / "secret.m4s").write_bytes(b"x")
    index = folder / "index.jsonl"
    first = json.loads(index.read_text().splitlines()[1])
    lie = first | {"file": "../secret.m4s", "bytes": 1}
    index.write_text(index.read_text() + json.dumps(lie) + "\n")

    assert len(recordings.read_segments(folder)) == 6


def test_the_manifest_finds_every_change(kept, tmp_path):
    folder = copy_of(kept, tmp_path)
    segments = recordings.read_segments(folder)
    data, digest = recordings.make_manifest(folder, segments, path="room")
    (folder / recordings.MANIFEST).write_bytes(data)

    assert digest == hashlib.sha256(data).hexdigest()
    assert recordings.verify(folder, digest) == []
    changed = folder / segments[2].file
    changed.write_bytes(changed.read_bytes()[:-1] + b"!")
    (folder / segments[3].file).unlink()
    assert recordings.verify(folder, digest) == [
        f"{segments[2].file} was changed",
        f"{segments[3].file} is missing",
    ]
    (folder / recordings.MANIFEST).write_bytes(data + b" ")
    assert recordings.verify(folder, digest) == ["manifest.json is not the one that was written"]


def test_a_still_is_made_from_a_segment(kept):
    data = frames.grab_frame(kept, recordings.read_segments(kept)[1], width=160)
    assert data[:3] == b"\xff\xd8\xff"


def test_a_segment_without_a_picture_says_so(kept, tmp_path):
    folder = copy_of(kept, tmp_path)
    segment = recordings.read_segments(folder)[0]
    (folder / segment.file).write_bytes(b"\0" * segment.octets)
    with pytest.raises(frames.NoPicture):
        frames.grab_frame(folder, segment, width=160)


def test_the_mp4_has_all_pictures_and_the_chapters(kept, tmp_path):
    heard = []
    marks = [remux.Mark(0, "开场"), remux.Mark(6500, "土蜂蜜 500g"), remux.Mark(99_000, "late")]
    target = tmp_path / "show.mp4"
    segments = recordings.read_segments(kept)
    remux.write_mp4(target, kept, segments, marks, title="三月三", on_progress=heard.append)

    with av.open(str(target)) as made:
        told = [(c["start"], c["end"], c["metadata"]["title"]) for c in made.chapters()]
        shown = [(frame.width, round(frame.time, 2)) for frame in made.decode(video=0)]
    assert told == [(0, 6500, "开场"), (6500, 11_000, "土蜂蜜 500g")]
    assert len(shown) == 330
    assert shown[0] == (640, 0.0)
    assert shown[180] == (320, 6.0)
    assert heard == sorted(heard)
    assert heard[-1] > 0.98
    assert list(tmp_path.iterdir()) == [target]


def test_a_size_that_comes_back_is_shown_again(tmp_path):
    """A browser that reconnects climbs through its sizes each time, from the same first one."""
    small = make_clip(tmp_path / "small.mkv", seconds=2, size="320x180")
    large = make_clip(tmp_path / "large.mkv", seconds=2, size="640x360")
    for number, each in enumerate((small, large, small)):
        record_clip(each, tmp_path, "room", wall_ms=FIRST + number * 10_000)
    target, folder = tmp_path / "show.mp4", tmp_path / "room"
    remux.write_mp4(target, folder, recordings.read_segments(folder), [])

    with av.open(str(target)) as made:
        shown = [frame.width for frame in made.decode(video=0)]
        assert shown == 60 * [320] + 60 * [640] + 60 * [320]
        made.seek(2_000_000)
        assert next(made.decode(video=0)).width == 640
        made.seek(0)
        assert next(made.decode(video=0)).width == 320, "one may go back, too"


def test_a_stopped_export_leaves_nothing_behind(kept, tmp_path):
    def stop(share):
        raise InterruptedError

    target = tmp_path / "show.mp4"
    with pytest.raises(InterruptedError):
        remux.write_mp4(target, kept, recordings.read_segments(kept), [], on_progress=stop)
    with pytest.raises(ValueError, match="nothing to export"):
        remux.write_mp4(target, kept, [], [])
    assert not list(tmp_path.iterdir())
