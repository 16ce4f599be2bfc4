"""Polls and lucky draws where they lie in a replay."""

from dataclasses import dataclass

from streams.domain.poll_facts import Share, shares_of
from streams.domain.replay_timeline import Timeline
from streams.models import Draw, Poll, Replay


@dataclass(frozen=True)
class PollAt:
    """A poll in a replay; `ms` from the replay's beginning."""

    poll: Poll
    ms: int
    shares: list[Share]

    @property
    def seconds(self) -> int:
        return self.ms // 1000


@dataclass(frozen=True)
class DrawAt:
    draw: Draw
    ms: int

    @property
    def seconds(self) -> int:
        return self.ms // 1000


def polls_in(replay: Replay) -> list[PollAt]:
    """One query."""
    timeline = Timeline.of(replay)
    rows = Poll.objects.filter(broadcast=replay.broadcast_id, state=Poll.State.CLOSED)
    return [
        PollAt(poll, timeline.of_stamp(poll.media_start_ms, poll.opened_at), shares_of(poll))
        for poll in rows.order_by("opened_at")
    ]


def draws_in(replay: Replay) -> list[DrawAt]:
    """One query."""
    timeline = Timeline.of(replay)
    rows = Draw.objects.filter(broadcast=replay.broadcast_id, state__in=Draw.STARTED)
    return [
        DrawAt(draw, timeline.of_stamp(draw.media_start_ms, draw.announced_at))
        for draw in rows.order_by("announced_at")
        if draw.announced_at is not None
    ]
