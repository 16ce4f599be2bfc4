"""MediaMTX's recordings collected piece by piece, while the show is on air and after it.

real_mediamtx.py tries the same against MediaMTX itself.
"""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from streams.media import mediamtx_recordings, recordings
from streams.media.engines import create_engine
from tests.streams.media.coded import read_back
from tests.streams.media.harness import make_clip
from tests.streams.media.mediamtx import MediaMtx, mp4_of

BEGAN = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory):
    """Of 20 seconds, a key picture in each."""
    folder = tmp_path_factory.mktemp("long")
    clip = make_clip(folder / "clip.mp4", seconds=20, size="160x90", kilobits=100)
    return mp4_of(clip, folder / "stretch.mp4")


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch):
    monkeypatch.setattr(mediamtx_recordings, "_PIECE", 5.0)
    monkeypatch.setattr(mediamtx_recordings, "_LEAST", 2.0)


@pytest.fixture
def mediamtx():
    server = MediaMtx()
    server.lists.clear()
    yield server
    server.close()


class Show:
    """One path's recording, and what of it is collected."""

    def __init__(self, mediamtx, directory):
        self.mediamtx = mediamtx
        self.directory = directory
        self.engine = create_engine("mediamtx", mediamtx.base, recordings_url=mediamtx.base)

    def records(self, *stretches):
        """(begins, lasts) in seconds."""
        self.mediamtx.lists["room"] = [
            {"start": (BEGAN + timedelta(seconds=at)).isoformat(), "duration": lasts, "url": "x"}
            for at, lasts in stretches
        ]

    def collect(self, **options):
        return self.engine.collect_recording("room", self.directory, **options)

    def length(self):
        """Seconds, but for the hundredths: FFmpeg lets the clip's first picture last longer."""
        return round(sum(s.duration_ms for s in self.segments()) / 1000, 1)

    def segments(self):
        return recordings.read_segments(self.directory / "room")

    def read_back(self):
        return read_back(self.directory / "room")


@pytest.fixture
def show(mediamtx, long_clip, tmp_path):
    mediamtx.files = [long_clip, long_clip]
    return Show(mediamtx, tmp_path / "show")


@pytest.fixture
def whole(mediamtx, long_clip, tmp_path, monkeypatch):
    """The same 20 seconds collected in one go."""
    mediamtx.files = [long_clip, long_clip]
    one_go = Show(mediamtx, tmp_path / "whole")
    one_go.records((0, 20.0))
    with monkeypatch.context() as patch:
        patch.setattr(mediamtx_recordings, "_PIECE", 60.0)
        assert one_go.collect()
    mediamtx.fetched.clear()
    return one_go.read_back()


def assert_is_whole(show, whole):
    found = show.read_back()
    assert len(found.stretches) == 1
    assert found.stretches == whole.stretches
    assert found.pictures == whole.pictures
    assert {b - a for a, b in itertools.pairwise(found.sounds)} == {1024}, "no seam is heard"
    assert abs(len(found.sounds) - len(whole.sounds)) <= 1


def test_pieces_of_a_show_on_air_become_what_the_whole_becomes(show, whole):
    lengths = []
    for so_far in (1.0, 6.5, 7.0, 13.2, 20.0):
        show.records((0, so_far))
        assert show.collect(is_over=False)
        lengths.append(show.length())
    assert lengths == [0, 4, 4, 10, 16], "whole segments of what is safely written"
    assert show.collect()
    assert_is_whole(show, whole)


def test_after_the_end_pieces_come_one_after_the_other_within_the_time(show, whole):
    show.records((0, 20.0))
    rounds = 0
    while not show.collect(seconds=-1):
        rounds += 1
    assert rounds > 3
    assert_is_whole(show, whole)


@pytest.mark.parametrize("segments", [1, 2, 4, 6])
def test_a_worker_that_was_killed_in_a_piece_leaves_nothing_twice(show, whole, segments):
    show.records((0, 20.0))
    written = itertools.count(1)

    def die():
        if next(written) > segments + len(show.mediamtx.fetched):  # one is of each fetch
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        show.collect(alive=die)
    assert show.collect()
    assert_is_whole(show, whole)


def test_a_note_of_how_far_it_is_that_cannot_be_read_costs_the_work_and_nothing_else(show, whole):
    show.records((0, 12.0))
    show.collect(is_over=False)
    (show.directory / "room" / "collected.json").write_text('{"of": "another version"}')
    show.records((0, 20.0))
    show.collect()
    assert_is_whole(show, whole)


def test_what_is_collected_is_not_fetched_again(show):
    show.records((0, 20.0))
    show.collect()
    count = len(show.mediamtx.fetched)
    assert show.collect()
    assert show.collect(is_over=False)
    assert len(show.mediamtx.fetched) == count


def test_a_host_who_comes_back_begins_a_stretch_of_its_own(show):
    show.records((0, 9.0))
    show.collect(is_over=False)
    assert show.length() == 6
    show.records((0, 9.3), (60, 8.5))
    show.collect(is_over=False)
    first, second = recordings.stretches(show.segments())
    assert abs(first.duration_ms - 9300) < 70, "the end of the first, which nothing follows"
    assert abs(second.duration_ms - 6000) < 10
    assert second.wall_ms - first.wall_ms == 60_000
    show.collect()
    first, second = recordings.stretches(show.segments())
    assert abs(second.duration_ms - 8500) < 70


def test_a_list_that_is_cut_anew_by_a_damaged_file_brings_nothing_twice(show):
    """Files in one stretch are listed by themselves when one among them cannot be read."""
    show.records((0, 11.0))
    show.collect(is_over=False)
    assert show.length() == 8
    show.records((0, 5.0), (5, 9.0))
    show.mediamtx.files = [show.mediamtx.files[0], cut_from(show, 5.0)]
    show.collect()
    assert show.length() == pytest.approx(14.0, abs=0.07)
    walls = [segment.wall_ms for segment in show.segments()]
    assert walls == sorted(walls)


def cut_from(show, seconds):
    begin = (BEGAN + timedelta(seconds=seconds)).isoformat()
    return show.mediamtx.cut({"path": "room", "start": begin, "duration": "60"})


def test_a_host_who_sends_no_key_picture_is_collected_all_the_same(show, long_clip, monkeypatch):
    monkeypatch.setattr(mediamtx_recordings, "_PIECE", 1.5)  # there is no whole segment in it
    show.records((0, 8.0))
    assert show.collect()
    assert show.length() == pytest.approx(8.0, abs=1.6)
