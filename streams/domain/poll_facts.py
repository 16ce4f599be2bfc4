"""What a room knows of its poll: the one that was opened last."""

from dataclasses import dataclass
from typing import Any

from streams.domain.offers import epoch_ms
from streams.models import Broadcast, Poll


def newest(broadcast: Broadcast) -> dict[str, Any] | None:
    """For the snapshot. One query."""
    poll = Poll.objects.filter(broadcast=broadcast).order_by("-opened_at").first()
    return facts(poll) if poll else None


def facts(poll: Poll) -> dict[str, Any]:
    """Times in epoch milliseconds, `media_ms` in media time."""
    return {
        "id": poll.public_id,
        "run": epoch_ms(poll.opened_at),
        "version": poll.version,
        "state": poll.state,
        "question": poll.question,
        "choices": poll.choices,
        "votes": poll.tally,
        "closes_at": epoch_ms(poll.closes_at),
        "is_pinned": poll.is_pinned,
        "media_ms": poll.media_start_ms,
    }


@dataclass(frozen=True)
class Share:
    words: str
    votes: int
    percent: int


def shares_of(poll: Poll) -> list[Share]:
    """Whole percents, rounded half up; 0 while nobody has voted."""
    total = poll.total
    return [
        Share(words, votes, (votes * 200 + total) // (2 * total) if total else 0)
        for words, votes in zip(poll.choices, poll.tally, strict=True)
    ]
