"""Replays as the media role serves them, and a recorder that is killed while it writes."""

import httpx
import pytest

from streams.media import recordings
from streams.media.clip_recording import record_clip
from tests.streams.media.harness import Role, mint, publishing, wait_for


@pytest.fixture
def replay(role, clip):
    """A replay kept by the role, as the worker leaves it."""
    record_clip(clip, role.recordings, "kept", wall_ms=1_700_000_000_000)
    folder = role.recordings / "kept"
    shown = recordings.read_segments(folder)[:2]
    (folder / recordings.PLAYLIST).write_text(recordings.render_playlist(shown))
    (folder / recordings.EXPORTS).mkdir(exist_ok=True)
    (folder / recordings.EXPORTS / f"export-{'a' * 32}.mp4").write_bytes(b"0123456789")
    return folder


def get(role, name, *, token=None, **headers):
    token = token or mint("kept")
    return role.get(f"/kept/replay/{name}", params={"token": token}, headers=headers)


def test_playlist_and_segments_are_served_to_who_may(role, replay):
    listed = get(role, "index.m3u8")
    assert listed.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert listed.headers["cache-control"] == "no-cache"
    uris = [line for line in listed.text.splitlines() if line and line[0] != "#"]
    assert len(uris) == 2
    first = httpx.get(f"{role.base}/kept/replay/{uris[0]}")
    assert first.content == (replay / uris[0].partition("?")[0]).read_bytes()
    assert first.headers["cache-control"] == "private, max-age=3600, immutable"
    assert first.headers["content-type"] == "video/mp4"


def test_parts_of_a_file_and_ranges_that_are_none(role, replay):
    name = recordings.read_segments(replay)[0].file
    whole = (replay / name).read_bytes()

    part = get(role, name, Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert get(role, name, Range="bytes=-5").content == whole[-5:]
    beyond = get(role, name, Range=f"bytes={len(whole)}-")
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"


def test_what_the_replay_does_not_name_is_not_there(role, replay):
    before_the_show = recordings.read_segments(replay)[2].file
    for name in (
        before_the_show,
        "manifest.json",
        "index.jsonl",
        "replay.m3u8",
        "..%2Findex.jsonl",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..",
        "1700000000.m4s%00",
        "init-.mp4",
        "export-a.mp4",
        f"export-{'b' * 32}.mp4",
        "",
    ):
        assert get(role, name).status_code == 404, name


def test_who_may_not_watch_is_told_that_there_is_nothing(role, replay):
    name = recordings.read_segments(replay)[0].file
    for token in (mint("kept", seconds=-60), mint("other"), "rubbish"):
        for wanted in ("index.m3u8", name, f"export-{'a' * 32}.mp4"):
            assert get(role, wanted, token=token).status_code == 404
    assert role.get("/kept/replay/index.m3u8").status_code == 404
    assert role.get("/other/replay/index.m3u8").status_code == 404


def test_an_export_is_a_download(role, replay):
    file = get(role, f"export-{'a' * 32}.mp4", Range="bytes=2-3")
    assert (file.status_code, file.content) == (206, b"23")
    assert file.headers["content-disposition"] == 'attachment; filename="replay-kept.mp4"'


def test_a_killed_role_loses_at_most_one_segment_and_goes_on(hooks, clip, tmp_path):
    role = Role(hooks, RECORDINGS_DIR=str(tmp_path))
    folder = tmp_path / "room"

    def kept():
        return len(recordings.read_segments(folder)) if folder.exists() else 0

    try:
        with publishing(role, "room", clip):
            wait_for(lambda: kept() >= 3)
            sent = role.path_info("room")["mediaTimeMs"]
            role.stop(kill=True)
        before = recordings.read_segments(folder)
        end = before[-1].media_ms + before[-1].duration_ms
        assert sent - end < 2 * max(one.duration_ms for one in before)
        role.start()
        with publishing(role, "room", clip):
            wait_for(lambda: kept() >= len(before) + 2)
    finally:
        role.stop()
    after = recordings.read_segments(folder)
    joined = after[len(before)]
    assert (joined.is_break, joined.media_ms) == (True, end)
    assert "#EXT-X-DISCONTINUITY\n" in recordings.render_playlist(after)
    data, digest = recordings.make_manifest(folder, after)
    (folder / recordings.MANIFEST).write_bytes(data)
    assert recordings.verify(folder, digest) == []
