"""Three years of recordings, their checksums, and a disk that is full while a show is on."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from livecommerce.notifications.models import Notification
from streams.domain import replay_exports, replay_keeping, replays
from streams.media import recordings
from streams.models import Broadcast, RecordingAlert, Replay
from tests.factories import make_curator, make_user
from tests.streams.media.harness import make_clip
from tests.streams.recorded import make_replay
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mkv")


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.RECORDINGS_DIR = tmp_path / "recordings"
    return settings.RECORDINGS_DIR


def run(*words):
    out = StringIO()
    call_command("recordings", *words, stdout=out)
    return out.getvalue()


def grow_old(show, days):
    ended = timezone.now() - timedelta(days=days)
    Broadcast.objects.filter(pk=show.pk).update(ended_at=ended)


def test_recordings_are_kept_three_years_and_then_deleted(clip, settings):
    young, old = make_replay(clip), make_replay(clip)
    settings.RECORDINGS_KEEP_DAYS = 3 * 365 + 1
    grow_old(young, 1095)
    grow_old(old, 1097)

    assert f"would delete {old.public_id}" in run("sweep", "--dry-run")
    assert replays.folder_of(old).exists()
    said = run("sweep")
    assert f"deleted {old.public_id}" in said
    assert "deleted 1 recordings older than 1096 days" in said
    assert not replays.folder_of(old).exists()
    assert replays.folder_of(young).exists()
    row = Replay.objects.get(broadcast=old)
    assert (row.state, row.note) == ("removed", "kept for 1096 days, then removed")
    assert row.manifest_sha256
    assert "deleted 0 recordings" in run("sweep")


def test_a_folder_without_a_show_goes_when_it_is_old(clip, kept, settings):
    make_replay(clip)
    stray = kept / "nobodys"
    stray.mkdir()
    (stray / "1.m4s").write_bytes(b"x" * 10)
    assert "deleted 0" in run("sweep")
    settings.RECORDINGS_KEEP_DAYS = -1
    assert "deleted nobodys  10 bytes" in run("sweep")


def test_verify_names_what_was_changed(clip):
    show = make_replay(clip)
    assert "1 recordings are as they were written" in run("verify")
    folder = replays.folder_of(show)
    name = recordings.read_segments(folder)[0].file
    (folder / name).write_bytes(b"forged")
    with pytest.raises(CommandError, match="1 of 1"):
        run("verify")
    assert replay_keeping.verify_all() == {show.public_id: [f"{name} was changed"]}
    assert show.public_id in run("list")


def test_a_full_disk_alerts_the_office_and_the_show_goes_on(monkeypatch):
    show = make_show(state="live")
    boss = make_user(is_staff=True, is_superuser=True)
    curator = make_curator(show.region.prefecture)
    make_user()
    errors = {show.public_id: "the disk is almost full"}
    monkeypatch.setattr("streams.domain.engine.recording_errors", lambda: errors)

    assert [replay_keeping.watch_recordings() for _again in range(2)] == [1, 0]
    alert = RecordingAlert.objects.get()
    assert (alert.broadcast, alert.reason, alert.ended_at) == (
        show,
        "the disk is almost full",
        None,
    )
    assert {one.user for one in Notification.objects.all()} == {boss, curator}
    show.refresh_from_db()
    assert show.is_live

    errors.clear()
    assert replay_keeping.watch_recordings() == 1
    alert.refresh_from_db()
    assert alert.ended_at
    errors[show.public_id] = "the disk is almost full"
    assert replay_keeping.watch_recordings() == 1
    assert RecordingAlert.objects.count() == 2


def test_an_engine_that_is_away_changes_no_alert(monkeypatch):
    RecordingAlert.objects.create(broadcast=make_show(state="live"), reason="full")
    monkeypatch.setattr("streams.domain.engine.recording_errors", lambda: None)
    assert replay_keeping.watch_recordings() == 0
    assert RecordingAlert.objects.get().ended_at is None


def test_an_alert_ends_with_its_show(monkeypatch):
    RecordingAlert.objects.create(broadcast=make_show(state="ended"), reason="full")
    monkeypatch.setattr("streams.domain.engine.recording_errors", dict)
    assert replay_keeping.watch_recordings() == 1
    assert RecordingAlert.objects.get().ended_at


def test_mp4_files_go_after_a_week_and_the_recording_stays(clip, settings):
    show = make_replay(clip)
    row = replay_exports.ask_export(broadcast=show, by=show.host.user)
    assert replay_exports.write_due() == 1
    assert replay_exports.remove_old() == 0
    settings.REPLAY_EXPORT_DAYS = -1
    assert replay_exports.remove_old() == 1
    row.refresh_from_db()
    assert row.state == "removed"
    assert not replay_exports.path_of(row).exists()
    assert recordings.verify(replays.folder_of(show), show.replay.manifest_sha256) == []
