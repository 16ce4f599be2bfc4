"""Likes: a friendly number, not a currency. Counted in Redis, kept in the row by a sweep."""

from livecommerce import ratelimit
from livecommerce.realtime import presence
from livecommerce.realtime.publish import bump
from streams.models import Broadcast

MOST_AT_ONCE = 20
A_SECOND, BURST = 5, 40
"""Counted from one person in one room; above it hearts fly on their own screen only."""


async def count_likes(*, room: str, person: str, amount: int) -> int:
    """How many of `amount` likes (1–20) of this person count: all of them or none."""
    amount = max(1, min(amount, MOST_AT_ONCE))
    counts = await ratelimit.aallow(
        f"like:{room}:{person}", rate=A_SECOND, per=1, burst=BURST, cost=amount
    )
    return amount if counts else 0


def keep_figures(broadcast: Broadcast) -> None:
    """Store the room's likes and peak, and give Redis back what it lost."""
    here = presence.figures(broadcast.room)
    if not here:
        return
    likes = here.get("likes", 0)
    if likes < broadcast.likes:
        bump(broadcast.room, likes=broadcast.likes - likes)
        likes = broadcast.likes
    peak = max(here.get("peak", 0), here.get("viewers", 0), broadcast.peak_viewers)
    if (likes, peak) != (broadcast.likes, broadcast.peak_viewers):
        Broadcast.objects.filter(pk=broadcast.pk, likes__lte=likes).update(
            likes=likes, peak_viewers=peak
        )


def keep_all_figures() -> int:
    """`keep_figures` for every live show; returns how many."""
    shows = list(Broadcast.objects.live())
    for show in shows:
        keep_figures(show)
    return len(shows)
