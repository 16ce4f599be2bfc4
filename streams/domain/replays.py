"""From a show that has ended to a replay that can be watched, within two minutes.

A sweep finds the shows whose replay is not made yet, waits until the recorder has written its
last segment, and makes it. Killed half-way it is made again: every file is written anew, and the
show becomes ready in one transaction at the end.
"""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from livecommerce.realtime.publish import publish
from livecommerce.transitions import move
from streams.domain import engine, replay_claims, snapshot
from streams.domain.replay_chapters import make_chapters
from streams.domain.replay_timeline import Timeline
from streams.events import ShowStateChanged
from streams.media import frames, recordings
from streams.media.recordings import SegmentFile
from streams.models import Broadcast, Replay, ReplayChapter

log = logging.getLogger(__name__)

SWEEP_SECONDS = 10.0
QUIET_SECONDS = 3.0
"""The recorder has to have been silent for so long, and the host to be gone."""
WAIT_AT_MOST = timedelta(seconds=60)
"""After so long a host who still sends, or an engine that does not answer, is not waited for."""
COLLECT_SECONDS = 45.0
"""Half of what a task may take: the rest is left for a piece that was begun, and for the stills."""
MOST_ATTEMPTS = 5
THUMB_WIDTH, POSTER_WIDTH = 320, 1280
MOST_THUMBS = 60
State = Replay.State


def folder_of(broadcast: Broadcast) -> Path:
    return Path(settings.RECORDINGS_DIR) / broadcast.public_id


def prepare_due() -> int:
    """Make the replays of shows that have ended; returns how many became ready."""
    ended = Broadcast.objects.filter(
        rehearsal_of=None, state=Broadcast.State.ENDED, ended_at__isnull=False
    )
    again = Q(replay__in=replay_claims.free(), replay__attempts__lt=MOST_ATTEMPTS)
    due = list(ended.filter(Q(replay=None) | again).order_by("ended_at")[:20])
    if not due:
        return 0
    online = engine.online_paths()
    give_up = time.monotonic() + COLLECT_SECONDS
    made = 0
    for show in due:
        left = give_up - time.monotonic()
        if left > 0 and _has_settled(show, online):
            made += prepare(show, seconds=left)
    return made


def _has_settled(show: Broadcast, online: set[str] | None) -> bool:
    ended_at = show.ended_at or timezone.now()
    waited = timezone.now() - ended_at
    if waited > WAIT_AT_MOST:
        return True
    if online is None or show.public_id in online or waited < timedelta(seconds=QUIET_SECONDS):
        return False
    return recordings.is_settled(folder_of(show), now=time.time(), quiet_seconds=QUIET_SECONDS)


def prepare(show: Broadcast, *, seconds: float = COLLECT_SECONDS) -> bool:
    """Make one show's replay; False if there is nothing to play, if somebody else makes it, or if
    bringing its recording here takes longer than `seconds` (the next sweep goes on)."""
    claim = replay_claims.claim(show)
    if claim is None:
        return False
    try:
        if not engine.collect_recording(show, seconds=seconds, alive=claim):
            claim.give_back()
            return False
        is_ready = _make(show, claim.replay)
        if is_ready:
            engine.release_recording(show)
        return is_ready
    except OSError as error:
        log.error("the replay of %s could not be made: %s", show.public_id, error)
        move(claim.replay, "state", State.MAKING, State.FAILED, note=str(error)[:300])
        return False


def segments_of(show: Broadcast) -> list[SegmentFile]:
    """What was recorded while the show was live: not the host's rehearsing before it."""
    if show.started_at is None or show.ended_at is None:
        return []
    return recordings.cut(
        recordings.read_segments(folder_of(show)),
        from_ms=int(show.started_at.timestamp() * 1000),
        until_ms=int(show.ended_at.timestamp() * 1000),
    )


def _make(show: Broadcast, replay: Replay) -> bool:
    folder, segments = folder_of(show), segments_of(show)
    if not segments:
        move(replay, "state", State.MAKING, State.MISSING)
        return False
    timeline = Timeline(recordings.stretches(segments))
    chapters = make_chapters(show, timeline)
    poster_ms = _poster_position(chapters, timeline)
    _draw(folder, segments, chapters, poster_ms)
    manifest, digest = recordings.make_manifest(
        folder,
        segments,
        show=show.public_id,
        title=show.title_zh,
        started_at=show.started_at.isoformat() if show.started_at else None,
        ended_at=show.ended_at.isoformat() if show.ended_at else None,
    )
    _write(folder / recordings.MANIFEST, manifest)
    _write(folder / recordings.PLAYLIST, recordings.render_playlist(segments).encode())
    with transaction.atomic():
        replay.chapters.all().delete()
        for chapter in chapters:
            chapter.replay = replay
        ReplayChapter.objects.bulk_create(chapters)
        is_ready = move(
            replay,
            "state",
            State.MAKING,
            State.READY,
            duration_ms=timeline.duration_ms,
            octets=sum(segment.octets for segment in segments),
            segments=len(segments),
            stretches=timeline.as_json(),
            manifest_sha256=digest,
            poster_ms=poster_ms,
            ready_at=timezone.now(),
        )
        if is_ready:
            _tell_ready(show)
    return is_ready


def _tell_ready(show: Broadcast) -> None:
    State_ = Broadcast.State
    if move(show, "state", State_.ENDED, State_.READY, state_version=F("state_version") + 1):
        show.refresh_from_db()
        publish(show.room, ShowStateChanged(show=snapshot.show_facts(show)))


def _poster_position(chapters: Sequence[ReplayChapter], timeline: Timeline) -> int:
    """A little into the first explanation; the very first picture is often black."""
    first = next((one for one in chapters if one.kind == ReplayChapter.Kind.PRODUCT), None)
    start = first.start_ms if first else 0
    return min(start + 4000, max(0, timeline.duration_ms - 1))


def _draw(
    folder: Path, segments: Sequence[SegmentFile], chapters: Sequence[ReplayChapter], poster: int
) -> None:
    """Stills beside the segments; a picture that cannot be decoded is done without."""
    (folder / recordings.THUMBS).mkdir(exist_ok=True)
    _draw_one(folder, segments, poster, POSTER_WIDTH, "poster.jpg")
    for chapter in chapters[:MOST_THUMBS]:
        name = f"{chapter.start_ms}.jpg"
        at = _well_into(chapter, segments)
        chapter.has_thumb = _draw_one(folder, segments, at, THUMB_WIDTH, name)


def _well_into(chapter: ReplayChapter, segments: Sequence[SegmentFile]) -> int:
    """Where a segment begins a second after the chapter did: a still is a segment's first picture,
    and that of the segment before shows what was explained before."""
    begin = 0
    for segment in segments:
        if chapter.start_ms + 1000 <= begin < chapter.end_ms:
            return begin
        begin += segment.duration_ms
    return chapter.start_ms


def _draw_one(
    folder: Path, segments: Sequence[SegmentFile], at_ms: int, width: int, name: str
) -> bool:
    position = 0
    for segment in segments:
        position += segment.duration_ms
        if at_ms < position:
            break
    try:
        data = frames.grab_frame(folder, segment, width=width)
    except frames.NoPicture as error:
        log.warning("no still at %s ms of %s: %s", at_ms, folder.name, error)
        return False
    _write(folder / recordings.THUMBS / name, data)
    return True


def _write(target: Path, data: bytes) -> None:
    partial = target.with_name(target.name + ".part")
    partial.write_bytes(data)
    partial.replace(target)
