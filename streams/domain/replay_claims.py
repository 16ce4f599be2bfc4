"""Who works on a show's recording: the replay's row is the lock, taken over from one that died."""

import time
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from streams.models import Broadcast, Replay

CLAIMED_FOR = timedelta(minutes=5)
State = Replay.State


class ClaimLost(OSError):
    """Another worker took over, because nothing was heard for CLAIMED_FOR."""


class Claim:
    """Called now and then it keeps the row; once a quarter of the time is enough."""

    def __init__(self, replay: Replay, *, counted: int) -> None:
        self.replay = replay
        self._counted = counted
        self._told_at = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._told_at <= CLAIMED_FOR.total_seconds() / 4:
            return
        self._told_at = time.monotonic()
        now = timezone.now()
        if not self._mine().update(claimed_at=now):
            raise ClaimLost("another worker has taken this recording over")
        self.replay.claimed_at = now

    def give_back(self) -> None:
        """Whoever comes next may go on at once; what was not finished was no attempt."""
        self._mine().update(claimed_at=None, attempts=F("attempts") - self._counted)

    def _mine(self) -> QuerySet[Replay]:
        return Replay.objects.filter(pk=self.replay.pk, claimed_at=self.replay.claimed_at)


def claim(show: Broadcast, *, is_try: bool = True) -> Claim | None:
    """None while somebody else has it, and once it is made. Each try to make it is counted."""
    now, counted = timezone.now(), int(is_try)
    replay, is_new = Replay.objects.get_or_create(
        broadcast=show, defaults={"claimed_at": now, "attempts": counted}
    )
    if is_new:
        return Claim(replay, counted=counted)
    claimed = (
        free()
        .filter(pk=replay.pk)
        .update(state=State.MAKING, claimed_at=now, attempts=F("attempts") + counted, note="")
    )
    if not claimed:
        return None
    replay.refresh_from_db()
    return Claim(replay, counted=counted)


def free() -> QuerySet[Replay]:
    """Replays that are not made yet and nobody works on."""
    unclaimed = Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - CLAIMED_FOR)
    return Replay.objects.filter(unclaimed, state__in=[State.MAKING, State.FAILED])
