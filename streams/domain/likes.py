"""Likes: a friendly number, not a currency. Counted in Redis, kept in the row by a sweep."""

from livecommerce import ratelimit
from livecommerce.realtime import presence
from livecommerce.realtime.publish import bump
from streams.models import Broadcast

MOST_AT_ONCE = 20
A_SECOND, BURST = 5, 40
"""Counted from one person in one room; above it hearts fly on their own screen only."""
ADDRESS_TIMES = 20
"""So many people's likes count from one address: a school, but nobody with a thousand cookies."""


async def count_likes(*, room: str, person: str, address: str, amount: int) -> int:
    """How many of `amount` likes (1–20) of this person count: all of them or none."""
    amount = max(1, min(amount, MOST_AT_ONCE))
    for who, times in ((person, 1), (address, ADDRESS_TIMES)):
        key, rate, burst = f"like:{room}:{who}", A_SECOND * times, BURST * times
        if not await ratelimit.aallow(key, rate=rate, per=1, burst=burst, cost=amount):
            return 0
    return amount


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
