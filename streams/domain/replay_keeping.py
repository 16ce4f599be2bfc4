"""How long recordings are kept, whether they are still what was written, and who hears of gaps.

Recordings and their index are kept for RECORDINGS_KEEP_DAYS (three years) from the show's end.
"""

import logging
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from livecommerce.accounts.models import User
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.transitions import move
from streams.domain import engine
from streams.domain.replays import folder_of
from streams.media import recordings
from streams.media.embedded.recorder import INDEX
from streams.models import Broadcast, RecordingAlert, Replay, ReplayExport

log = logging.getLogger(__name__)

State = Replay.State


@dataclass(frozen=True)
class Removal:
    """One recording that was (or would be) taken away; bytes of all its files."""

    name: str
    title: str
    octets: int


def remove_expired(*, dry_run: bool = False) -> list[Removal]:
    """Delete recordings older than the policy, of shows and of paths no show knows any more."""
    limit = timezone.now() - timedelta(days=settings.RECORDINGS_KEEP_DAYS)
    gone = [_remove(replay, dry_run) for replay in _expired(limit)]
    gone += _remove_orphans(limit.timestamp(), dry_run)
    for one in gone:
        log.warning(
            "recording %s (%s, %d bytes): kept long enough", one.name, one.title, one.octets
        )
    return gone


def _expired(limit: object) -> list[Replay]:
    rows = Replay.objects.filter(
        state__in=[State.READY, State.FAILED], broadcast__ended_at__lt=limit
    )
    return list(rows.select_related("broadcast").order_by("pk"))


def _remove(replay: Replay, dry_run: bool) -> Removal:
    """The row first: nobody is sent to files that are being deleted. A sweep that dies between
    leaves an orphan, which the next one finds by its age."""
    folder = folder_of(replay.broadcast)
    told = Removal(folder.name, replay.broadcast.title_zh, size_of(folder))
    if not dry_run:
        days = settings.RECORDINGS_KEEP_DAYS
        with transaction.atomic():
            move(
                replay,
                "state",
                (State.READY, State.FAILED),
                State.REMOVED,
                removed_at=timezone.now(),
                note=f"kept for {days} days, then removed",
            )
            exports = ReplayExport.objects.filter(replay=replay, state=ReplayExport.State.DONE)
            exports.update(state=ReplayExport.State.REMOVED)
        shutil.rmtree(folder, ignore_errors=True)
    return told


def _remove_orphans(limit: float, dry_run: bool) -> list[Removal]:
    root = Path(settings.RECORDINGS_DIR)
    folders = [each for each in root.iterdir() if each.is_dir()] if root.is_dir() else []
    old = {each.name: each for each in folders if _last_written(each) < limit}
    kept = Broadcast.objects.filter(public_id__in=old).exclude(
        Q(replay__state__in=[State.REMOVED, State.MISSING]) | Q(state=Broadcast.State.CANCELLED)
    )
    wanted = set(kept.values_list("public_id", flat=True))
    gone = []
    for name, folder in sorted(old.items()):
        if name not in wanted:
            gone.append(Removal(name, "-", size_of(folder)))
            if not dry_run:
                shutil.rmtree(folder, ignore_errors=True)
    return gone


def _last_written(folder: Path) -> float:
    """The index is appended to with each segment; without one, the folder's own time."""
    index = folder / INDEX
    try:
        return (index if index.exists() else folder).stat().st_mtime
    except OSError:
        return float("inf")


def size_of(folder: Path) -> int:
    if not folder.is_dir():
        return 0
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def verify_all() -> dict[str, list[str]]:
    """public_id → what is wrong, of every replay that is kept. Reads every byte."""
    kept = Replay.objects.filter(state=State.READY).select_related("broadcast")
    return {
        replay.broadcast.public_id: recordings.verify(
            folder_of(replay.broadcast), replay.manifest_sha256
        )
        for replay in kept
    }


def watch_recordings() -> int:
    """Ask the engine which live shows are not recorded; open, close and tell of alerts."""
    errors = engine.recording_errors()
    if errors is None:
        return 0
    live = Broadcast.objects.live().select_related("host__user", "region__parent")
    changed = 0
    for show in live:
        reason = errors.get(show.public_id, "")
        if reason:
            changed += _open_alert(show, reason)
        else:
            changed += _close_alerts(show)
    stale = RecordingAlert.objects.filter(ended_at=None).exclude(
        broadcast__state=Broadcast.State.LIVE
    )
    return changed + stale.update(ended_at=timezone.now())


def _open_alert(show: Broadcast, reason: str) -> bool:
    with transaction.atomic():
        alert, is_new = RecordingAlert.objects.get_or_create(
            broadcast=show, ended_at=None, defaults={"reason": reason[:300]}
        )
        if is_new:
            log.error("%s is live and not recorded: %s", show.public_id, reason)
            for person in _who_hears(show):
                _tell(person, show, alert)
    return is_new


def _tell(person: User, show: Broadcast, alert: RecordingAlert) -> None:
    with override(person.language):
        words = _(
            "“%(title)s” goes on and sells, but its recording has stopped: %(reason)s. "
            "Make room on the disk; recording is tried again every minute."
        )
        notify(
            user=person,
            kind=Kind.SYSTEM,
            key=f"recording-stopped:{alert.pk}:{person.pk}",
            title=_("A live show is not being recorded"),
            body=words % {"title": show.title, "reason": alert.reason},
            url=reverse("admin:streams_recordingalert_changelist"),
        )


def _close_alerts(show: Broadcast) -> int:
    return RecordingAlert.objects.filter(broadcast=show, ended_at=None).update(
        ended_at=timezone.now()
    )


def _who_hears(show: Broadcast) -> list[User]:
    """Superusers and the curators of the show's prefecture."""
    staff = User.objects.filter(is_active=True, is_staff=True)
    in_charge = Q(is_superuser=True) | Q(curates__prefecture=show.region.prefecture)
    return list(staff.filter(in_charge).distinct())
