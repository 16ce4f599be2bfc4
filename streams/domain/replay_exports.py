"""Replays as MP4 files: asked for by the host or the office, written by a worker, kept for days.

The row is the job. A worker that dies leaves it running without a sign of life, and the next
sweep takes it over.
"""

import logging
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import av
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.transitions import move
from livecommerce.wake import wake
from streams.domain import replay_queries
from streams.domain.replays import folder_of, segments_of
from streams.media import recordings
from streams.media.remux import Mark, write_mp4
from streams.models import Broadcast, Replay, ReplayExport

log = logging.getLogger(__name__)

SWEEP_SECONDS = 15.0
SILENT_AFTER = timedelta(seconds=90)
MOST_ATTEMPTS = 3
TELL_EVERY = 1.0
State = ReplayExport.State


class _Stopped(Exception):
    """The row was taken away from under the job."""


def ask_export(*, broadcast: Broadcast, by: User) -> ReplayExport:
    """Queue an MP4 of the replay; asking again while one is open gives that one.

    Raises DomainError: no_replay (404).
    """
    if not replay_queries.may_manage(broadcast, by):
        raise DomainError("no_replay", _("There is no replay of this show."), status=404)
    replay = Replay.objects.filter(broadcast=broadcast, state=Replay.State.READY).first()
    if replay is None:
        raise DomainError("no_replay", _("There is no replay of this show."), status=404)
    try:
        with transaction.atomic():
            made = ReplayExport.objects.create(replay=replay, asked_by=by, key=uuid4())
            wake("streams.write_exports")
    except IntegrityError:
        return replay.exports.get(state__in=ReplayExport.OPEN)
    return made


def path_of(export: ReplayExport) -> Path:
    return folder_of(export.replay.broadcast) / recordings.EXPORTS / export.file_name


def write_due() -> int:
    """Write what is queued, one after the other; returns how many files were finished."""
    finished = 0
    while (export := _claim()) is not None:
        finished += _write(export)
    return finished


def _claim() -> ReplayExport | None:
    silent = Q(seen_at__lt=timezone.now() - SILENT_AFTER)
    due = Q(state=State.QUEUED) | (Q(state=State.RUNNING) & silent)
    rows = ReplayExport.objects.filter(due).select_related("replay__broadcast").order_by("pk")
    for row in rows[:5]:
        if row.attempts >= MOST_ATTEMPTS:
            _fail(row, "given up after several attempts")
            continue
        taken = ReplayExport.objects.filter(due, pk=row.pk, attempts=row.attempts)
        if taken.update(state=State.RUNNING, seen_at=timezone.now(), attempts=F("attempts") + 1):
            row.refresh_from_db()
            return row
    return None


def _write(export: ReplayExport) -> bool:
    show = export.replay.broadcast
    target = path_of(export)
    try:
        target.parent.mkdir(exist_ok=True)
        segments = segments_of(show)
        with override("zh-hans"):
            marks = [Mark(c.start_ms, c.title) for c in export.replay.chapters.all()]
            write_mp4(
                target,
                folder_of(show),
                segments,
                marks,
                title=show.title,
                on_progress=_teller(export),
            )
        digest = recordings.checksum(target)
    except _Stopped:
        return False
    except (OSError, ValueError, av.FFmpegError) as error:
        log.error("the MP4 of %s could not be written: %s", show.public_id, error)
        _fail(export, str(error))
        return False
    return move(
        export,
        "state",
        State.RUNNING,
        State.DONE,
        percent=100,
        octets=target.stat().st_size,
        sha256=digest,
        done_at=timezone.now(),
    )


def _teller(export: ReplayExport) -> "_Teller":
    return _Teller(export)


class _Teller:
    """Says how far the file is, once a second; that is the job's sign of life, too."""

    def __init__(self, export: ReplayExport) -> None:
        self._rows = ReplayExport.objects.filter(pk=export.pk, attempts=export.attempts)
        self._told_at = time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self._told_at < TELL_EVERY:
            return
        self._told_at = time.monotonic()
        percent = min(99, int(share * 100))
        rows = self._rows.filter(state=State.RUNNING)
        if not rows.update(percent=percent, seen_at=timezone.now()):
            raise _Stopped


def _fail(export: ReplayExport, words: str) -> None:
    move(export, "state", ReplayExport.OPEN, State.FAILED, note=words[:300])


def remove_old() -> int:
    """Take away MP4 files after REPLAY_EXPORT_DAYS; the recording stays. Returns how many."""
    limit = timezone.now() - timedelta(days=settings.REPLAY_EXPORT_DAYS)
    old = ReplayExport.objects.filter(state=State.DONE, done_at__lt=limit)
    removed = 0
    for export in old.select_related("replay__broadcast"):
        path_of(export).unlink(missing_ok=True)
        removed += move(export, "state", State.DONE, State.REMOVED)
    return removed
