"""Whether the host's picture arrives: told by the engine's hook, checked by a sweep."""

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from livecommerce.realtime.publish import publish
from streams.domain import engine, snapshot
from streams.events import HostPresence
from streams.models import Broadcast

OVER = (Broadcast.State.ENDED, Broadcast.State.READY, Broadcast.State.CANCELLED)


def record_presence(*, public_id: str, is_online: bool, at: datetime) -> bool:
    """Note that the picture came or went at `at`, and tell the room; False if it is old news.

    Hooks may be repeated or overtake each other: only one later than all before counts.
    """
    field = "host_online_at" if is_online else "host_offline_at"
    later = (Q(host_online_at=None) | Q(host_online_at__lt=at)) & (
        Q(host_offline_at=None) | Q(host_offline_at__lt=at)
    )
    with transaction.atomic():
        rows = Broadcast.objects.filter(later, public_id=public_id).exclude(state__in=OVER)
        if not rows.update(**{field: at, "state_version": F("state_version") + 1}):
            return False
        broadcast = Broadcast.objects.get(public_id=public_id)
        publish(broadcast.room, HostPresence(show=snapshot.show_facts(broadcast)))
    return True


def from_epoch_ms(at: int) -> datetime:
    """The hook's time. A clock that runs ahead is held at ours, or it would mute later news."""
    return min(datetime.fromtimestamp(at / 1000, tz=UTC), timezone.now())


def reconcile() -> int:
    """Ask the engine who is on air and mend what a lost hook left wrong; returns how many."""
    asked_at = timezone.now()
    online = engine.online_paths()
    if online is None:
        return 0
    mended = 0
    for show in Broadcast.objects.exclude(state__in=OVER).filter(
        Q(state=Broadcast.State.LIVE) | Q(public_id__in=online) | Q(host_online_at__isnull=False)
    ):
        is_online = show.public_id in online
        if is_online != show.is_host_online:
            mended += record_presence(public_id=show.public_id, is_online=is_online, at=asked_at)
    for show in Broadcast.objects.filter(public_id__in=online, state__in=OVER):
        engine.disconnect(show)
    return mended
