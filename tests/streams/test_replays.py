"""From an ended show to a replay: what is made, when, and what of it is whose."""

import hashlib
import json
import shutil
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.utils import timezone

from streams.domain import replay_claims, replay_collecting, replay_queries, replays
from streams.domain.replay_timeline import Timeline
from streams.media import mediamtx_recordings, recordings
from streams.media.engines import create_engine
from streams.media.recordings import Stretch
from streams.models import Broadcast, Replay, ReplayChapter
from tests.factories import make_user
from tests.streams.media.harness import make_clip
from tests.streams.media.mediamtx import MediaMtx, mp4_of
from tests.streams.recorded import explain, make_recorded_show, make_replay, say
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mkv")


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.RECORDINGS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def silence(monkeypatch):
    """The engine has nobody on air."""
    monkeypatch.setattr("streams.domain.engine.online_paths", set)


def test_an_ended_show_becomes_a_replay(clip, silence, django_capture_on_commit_callbacks):
    show = make_recorded_show(clip, parts=2)
    first, second = show.shelf.all()
    explain(show, first, start_ms=1000, end_ms=4500)
    explain(show, second, start_ms=None, product_at=32)

    with django_capture_on_commit_callbacks(execute=True):
        assert replays.prepare_due() == 1
    show.refresh_from_db()
    replay = show.replay
    assert (show.state, show.state_version) == ("ready", 1)
    assert (replay.state, replay.duration_ms, replay.segments) == ("ready", 12_000, 6)
    assert replay.stretches[1][:2] == [6000, 6000]
    chapters = [(c.kind, c.item_id, c.start_ms, c.end_ms) for c in replay.chapters.all()]
    assert chapters == [
        ("product", first.pk, 1000, 4500),
        ("product", second.pk, 8000, 12_000),
    ]
    assert [event["show"]["state"] for event in told(show) if event["t"] == "show"] == ["ready"]
    assert replays.prepare_due() == 0


def test_what_lies_on_the_disk_is_what_was_promised(clip):
    show = make_replay(clip)
    folder = replays.folder_of(show)
    data = (folder / "manifest.json").read_bytes()

    assert hashlib.sha256(data).hexdigest() == show.replay.manifest_sha256
    assert recordings.verify(folder, show.replay.manifest_sha256) == []
    assert json.loads(data)["show"] == show.public_id
    assert (folder / "replay.m3u8").read_text().endswith("#EXT-X-ENDLIST\n")
    assert (folder / "thumbs" / "poster.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert (folder / "thumbs" / "2000.jpg").is_file()


def test_what_the_host_tried_before_going_live_is_not_in_it(clip):
    show = make_recorded_show(clip)
    late = show.started_at + timedelta(seconds=3)
    Broadcast.objects.filter(pk=show.pk).update(started_at=late)
    show.refresh_from_db()

    assert replays.prepare(show)
    assert (show.replay.duration_ms, show.replay.stretches[0][:2]) == (2000, [0, 4000])


def test_a_show_that_was_not_recorded_is_looked_at_once(silence):
    show = make_show(state="ended", ended_at=timezone.now() - timedelta(minutes=3))
    assert replays.prepare_due() == 0
    assert show.replay.state == "missing"
    show.refresh_from_db()
    assert show.state == "ended"
    assert not replays.prepare(show)


def test_the_recorder_is_waited_for_but_not_for_ever(clip, monkeypatch):
    show = make_recorded_show(clip)
    monkeypatch.setattr("streams.domain.engine.online_paths", lambda: {show.public_id})
    Broadcast.objects.filter(pk=show.pk).update(ended_at=timezone.now() - timedelta(seconds=20))
    assert replays.prepare_due() == 0
    Broadcast.objects.filter(pk=show.pk).update(ended_at=timezone.now() - timedelta(seconds=61))
    assert replays.prepare_due() == 1


def test_an_engine_that_does_not_answer_delays_a_minute(clip, monkeypatch):
    show = make_recorded_show(clip)
    monkeypatch.setattr("streams.domain.engine.online_paths", lambda: None)
    Broadcast.objects.filter(pk=show.pk).update(ended_at=timezone.now() - timedelta(seconds=20))
    assert replays.prepare_due() == 0
    Broadcast.objects.filter(pk=show.pk).update(ended_at=timezone.now() - timedelta(seconds=61))
    assert replays.prepare_due() == 1


def test_a_worker_that_died_is_taken_over_from(clip):
    show = make_recorded_show(clip)
    recently = timezone.now() - timedelta(seconds=30)
    row = Replay.objects.create(broadcast=show, claimed_at=recently, attempts=1)
    assert not replays.prepare(show)
    Replay.objects.filter(pk=row.pk).update(claimed_at=recently - replay_claims.CLAIMED_FOR)
    assert replays.prepare(show)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("ready", 2)


def test_a_disk_that_refuses_is_noted_and_tried_again(clip, kept):
    show = make_recorded_show(clip)
    blocked = replays.folder_of(show) / "thumbs"
    blocked.write_text("in the way")
    assert not replays.prepare(show)
    row = Replay.objects.get(broadcast=show)
    assert (row.state, bool(row.note)) == ("failed", True)
    blocked.unlink()
    Replay.objects.filter(pk=row.pk).update(claimed_at=None)
    assert replays.prepare(show)


def test_a_timeline_knows_gaps():
    line = Timeline([Stretch(0, 4000, 1_000_000, 6000), Stretch(6000, 12_000, 1_050_000, 5000)])

    assert [line.of_media(ms) for ms in (0, 4000, 9999, 10_500, 12_000, 16_999, 17_000)] == [
        *(0, 0, 5999, 6000, 6000, 10_999),
        11_000,
    ]
    moment = timezone.datetime.fromtimestamp(1051, tz=timezone.get_current_timezone())
    assert line.of_wall(moment) == 7000
    assert [(w.media_ms, w.duration_ms) for w in line.windows(5000, 8000)] == [
        (9000, 1000),
        (12_000, 2000),
    ]


def test_a_minute_has_the_lines_and_pins_of_that_minute(clip):
    show = make_recorded_show(clip, parts=2)
    item = show.shelf.first()
    explain(show, item, start_ms=2000, end_ms=5000)
    by_media = say(show, "stamped", media_ms=7000)
    by_clock = say(show, "by the clock", at=2)
    say(show, "before it was live", media_ms=None, at=-10)
    say(show, "hidden", media_ms=1000, hidden_at=timezone.now())
    say(show, "held", media_ms=1000, visibility="held")
    say(show, "private", media_ms=1000, visibility="private")
    assert replays.prepare(show)

    told_minute = replay_queries.window(show.replay, 0)
    assert [(line["id"], line["pos"]) for line in told_minute["lines"]] == [
        (by_clock.pk, 2000),
        (by_media.pk, 7000),
    ]
    assert told_minute["pins"] == [{"item": item.pk, "from": 2000, "to": 5000}]
    assert replay_queries.has_window(show.replay, 0)
    assert not replay_queries.has_window(show.replay, 1)


def test_explanations_are_found_by_product_and_by_purchase(clip):
    show = make_replay(clip, items=2)
    item, other = show.shelf.all()
    explain_again = ReplayChapter.objects.create(
        replay=show.replay,
        kind="product",
        product=item.product,
        item_id=item.pk,
        title_zh="again",
        start_ms=5000,
        end_ms=6000,
    )
    (spot,) = replay_queries.explanations_of(item.product)
    assert (spot.public_id, spot.seconds) == (show.public_id, 2)  # the longer of the two
    assert replay_queries.explanations_of(other.product) == []

    place = (show.pk, item.product_id)
    early = show.started_at + timedelta(seconds=3)
    late = show.started_at + timedelta(seconds=50)
    assert replay_queries.explanations_for([place], at=early)[place].seconds == 2
    assert replay_queries.explanations_for([place], at=late)[place].chapter == explain_again
    assert replay_queries.explanations_for([(show.pk, other.product_id)]) == {}
    assert replay_queries.explanations_for([]) == {}

    Replay.objects.update(is_public=False)
    assert replay_queries.explanations_of(item.product) == []
    assert replay_queries.explanations_for([place]) == {}


def test_a_hidden_replay_is_for_those_who_look_after_the_show(clip):
    show = make_replay(clip)
    Replay.objects.update(is_public=False)

    assert replay_queries.replay_for(show, make_user()) is None
    assert replay_queries.replay_for(show, None) is None
    assert replay_queries.replay_for(show, show.host.user) == show.replay


def test_a_spoilt_segment_costs_itself_only(clip):
    show = make_recorded_show(clip, parts=2)
    folder = replays.folder_of(show)
    shutil.copy(folder / "index.jsonl", folder / "index.bak")
    names = [one.file for one in recordings.read_segments(folder)]
    (folder / names[2]).write_bytes(b"torn")
    assert replays.prepare(show)
    assert show.replay.duration_ms == 10_000


@pytest.fixture
def mediamtx(monkeypatch):
    server = MediaMtx()
    engine = create_engine("mediamtx", server.base, recordings_url=server.base)
    monkeypatch.setattr("streams.domain.engine.engine", lambda: engine)
    yield server
    server.close()


def test_a_show_that_mediamtx_recorded_becomes_a_replay_like_any_other(clip, tmp_path, mediamtx):
    began = timezone.now() - timedelta(hours=1)
    show = make_show(
        state="ended", items=1, started_at=began, ended_at=began + timedelta(minutes=10)
    )
    explain(show, show.shelf.first(), start_ms=7000, end_ms=10_000)
    starts = [began + timedelta(seconds=5), began + timedelta(minutes=5)]
    mediamtx.lists[show.public_id] = [
        {"start": start.isoformat(), "duration": 6.0, "url": "x"} for start in starts
    ]
    mediamtx.files = [mp4_of(clip, tmp_path / "stretch.mp4")] * 2
    recording = {"name": show.public_id, "segments": [{"start": starts[0].isoformat()}]}
    mediamtx.answers[f"/v3/recordings/get/{show.public_id}"] = recording

    assert replays.prepare(show)
    replay = Replay.objects.get(broadcast=show)
    assert (replay.state, len(replay.stretches)) == ("ready", 2)
    assert abs(replay.duration_ms - 12_000) < 300
    assert replay.chapters.get(kind="product").has_thumb
    assert recordings.verify(replays.folder_of(show), replay.manifest_sha256) == []
    assert len(mediamtx.deleted) == 1, "the copy there is not kept for ever"


def test_a_recording_that_cannot_be_fetched_is_tried_again(mediamtx, clip, tmp_path):
    began = timezone.now() - timedelta(hours=1)
    show = make_show(state="ended", started_at=began, ended_at=began + timedelta(minutes=1))
    mediamtx.lists[show.public_id] = [{"start": began.isoformat(), "duration": 6.0, "url": "x"}]

    assert not replays.prepare(show)
    assert "404" in Replay.objects.get(broadcast=show).note
    Replay.objects.update(claimed_at=None)
    mediamtx.files = [mp4_of(clip, tmp_path / "stretch.mp4")]
    assert replays.prepare(show)


@pytest.fixture
def on_air(mediamtx, clip, tmp_path, monkeypatch):
    """A show that MediaMTX has recorded the first six seconds of."""
    monkeypatch.setattr(mediamtx_recordings, "_LEAST", 2.0)
    monkeypatch.setattr(mediamtx_recordings, "_ON_DISK", 1.0)
    began = timezone.now() - timedelta(hours=1)
    show = make_show(state="live", items=1, started_at=began)
    record(mediamtx, show, began, 6.0)
    mediamtx.files = [mp4_of(clip, tmp_path / "stretch.mp4")]
    return show


def record(mediamtx, show, began, seconds):
    stretch = {"start": began.isoformat(), "duration": seconds, "url": "x"}
    mediamtx.lists[show.public_id] = [stretch]
    recording = {"name": show.public_id, "segments": [{"start": stretch["start"]}]}
    mediamtx.answers[f"/v3/recordings/get/{show.public_id}"] = recording


def test_what_is_on_air_is_collected_so_that_little_is_left_to_do(on_air, mediamtx):
    assert replay_collecting.collect_running() == 1
    segments = recordings.read_segments(replays.folder_of(on_air))
    assert 3900 < sum(segment.duration_ms for segment in segments) < 4100
    assert replays.prepare_due() == 0, "it is not over"
    row = on_air.replay
    assert (row.state, row.attempts, row.claimed_at) == ("making", 0, None)

    Broadcast.objects.filter(pk=on_air.pk).update(state="ended", ended_at=timezone.now())
    assert replay_collecting.collect_running() == 0
    mediamtx.fetched.clear()
    on_air.refresh_from_db()
    assert replays.prepare(on_air)
    row.refresh_from_db()
    assert (row.state, row.attempts, len(row.stretches)) == ("ready", 1, 1)
    (fetched,) = mediamtx.fetched
    assert float(dict(parse_qsl(fetched))["duration"]) < 3.1, "what was missing, and its lead-in"


def test_one_worker_at_a_time_collects(on_air):
    row = Replay.objects.create(broadcast=on_air, claimed_at=timezone.now())
    assert replay_collecting.collect_running() == 0
    assert not replays.folder_of(on_air).exists()
    Replay.objects.filter(pk=row.pk).update(
        claimed_at=timezone.now() - replay_claims.CLAIMED_FOR - timedelta(seconds=1)
    )
    assert replay_collecting.collect_running() == 1


def test_a_worker_that_was_taken_over_from_stops(on_air, monkeypatch):
    claim = replay_claims.claim(on_air)
    monkeypatch.setattr(claim, "_told_at", -1e9)
    claim()
    Replay.objects.update(claimed_at=timezone.now())
    monkeypatch.setattr(claim, "_told_at", -1e9)
    with pytest.raises(replay_claims.ClaimLost):
        claim()
    claim.give_back()
    assert Replay.objects.get().claimed_at is not None, "it is not its own any more"


def test_a_recording_that_cannot_be_collected_yet_stops_no_other(on_air, mediamtx, clip, caplog):
    other = make_show(state="live", started_at=on_air.started_at)
    mediamtx.lists[other.public_id] = mediamtx.lists[on_air.public_id]
    files, mediamtx.files = mediamtx.files, []
    assert replay_collecting.collect_running() == 2
    assert len([one for one in caplog.records if "cannot be collected" in one.message]) == 2
    mediamtx.files = files
    assert replay_collecting.collect_running() == 2
    assert recordings.read_segments(replays.folder_of(other))


def test_a_long_recording_is_brought_here_in_several_sweeps(on_air, mediamtx, monkeypatch):
    """As when no worker ran while the show was on air."""
    monkeypatch.setattr(mediamtx_recordings, "_PIECE", 3.0)
    Broadcast.objects.filter(pk=on_air.pk).update(state="ended", ended_at=timezone.now())
    on_air.refresh_from_db()
    assert not replays.prepare(on_air, seconds=-1)
    row = Replay.objects.get()
    assert (row.state, row.attempts, row.claimed_at) == ("making", 0, None)
    assert not replays.prepare(on_air, seconds=-1)
    assert replays.prepare(on_air)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("ready", 1)
    assert abs(row.duration_ms - 6000) < 70


def test_the_embedded_engine_has_nothing_to_collect():
    make_show(state="live", started_at=timezone.now())
    assert replay_collecting.collect_running() == 0
    assert not Replay.objects.exists()
