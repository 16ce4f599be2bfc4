"""Who watched: in all, by show, and who opened which product. From the rows that
`streams.domain.watching` keeps. A person counts once, however many shows they watched."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from orders.domain.reports.figures import Audience
from streams.models import Broadcast


@dataclass(frozen=True)
class AudienceOf:
    """`opened` is how many people opened each product, by its id."""

    total: Audience = field(default_factory=Audience)
    shows: dict[int, Audience] = field(default_factory=dict)
    opened: dict[int, int] = field(default_factory=dict)


_VISITORS = """
    SELECT broadcast_id, sum(visits), count(DISTINCT person), sum(seconds)
    FROM streams_showvisitor WHERE broadcast_id = ANY(%s)
    GROUP BY GROUPING SETS ((), (broadcast_id))
"""
_LOOKS = """
    SELECT grouping(broadcast_id), grouping(product_id), broadcast_id, product_id,
           count(DISTINCT person)
    FROM streams_showlook WHERE broadcast_id = ANY(%s)
    GROUP BY GROUPING SETS ((), (broadcast_id), (product_id))
"""
_PEAKS = """
    SELECT show.id, greatest(show.peak_viewers, coalesce(told.peak, 0), coalesce(moment.most, 0))
    FROM streams_broadcast show
    LEFT JOIN streams_showfigures told ON told.broadcast_id = show.id
    LEFT JOIN (
        SELECT broadcast_id, max(viewers) AS most FROM streams_showmoment
        WHERE broadcast_id = ANY(%(shows)s) GROUP BY broadcast_id
    ) moment ON moment.broadcast_id = show.id
    WHERE show.id = ANY(%(shows)s)
"""
_SAID = """
    SELECT message.broadcast_id, count(*)
    FROM streams_chatmessage message JOIN streams_broadcast show ON show.id = message.broadcast_id
    WHERE message.broadcast_id = ANY(%s) AND message.visibility = 'shown'
      AND message.hidden_at IS NULL AND NOT message.is_demo AND message.badge <> 'system'
      AND message.created_at >= show.started_at
      AND (show.ended_at IS NULL OR message.created_at <= show.ended_at)
    GROUP BY message.broadcast_id
"""
_FOLLOWED = """
    SELECT show.id, count(*)
    FROM streams_broadcast show JOIN streams_follow follow ON follow.official_id = show.host_id
    WHERE show.id = ANY(%s) AND follow.created_at >= show.started_at
      AND (show.ended_at IS NULL OR follow.created_at <= show.ended_at)
    GROUP BY show.id
"""


def count_audience(shows: Sequence[Broadcast]) -> AudienceOf:
    """Of these shows, in five queries for any number of them. Comments and follows count from the
    show's beginning to its end."""
    ids = [show.pk for show in shows]
    with connection.cursor() as cursor:
        cursor.execute(_VISITORS, [ids])
        came = {show: (int(v or 0), n, int(s or 0)) for show, v, n, s in cursor.fetchall()}
        cursor.execute(_LOOKS, [ids])
        looks = cursor.fetchall()
        cursor.execute(_PEAKS, {"shows": ids})
        peaks = dict(cursor.fetchall())
        cursor.execute(_SAID, [ids])
        said = dict(cursor.fetchall())
        cursor.execute(_FOLLOWED, [ids])
        followed = dict(cursor.fetchall())
    opened: dict[int | None, int] = defaultdict(int)
    by_product: dict[int, int] = {}
    for no_show, no_product, show, product, people in looks:
        if no_product:
            opened[None if no_show else show] = people
        else:
            by_product[product] = people
    by_show = {
        show.pk: _audience(
            came.get(show.pk, (0, 0, 0)),
            opened[show.pk],
            peak=peaks.get(show.pk, 0),
            comments=said.get(show.pk, 0),
            likes=show.likes,
            followers=followed.get(show.pk, 0),
        )
        for show in shows
    }
    total = _audience(
        came.get(None, (0, 0, 0)),
        opened[None],
        peak=max((one.peak for one in by_show.values()), default=0),
        comments=sum(one.comments for one in by_show.values()),
        likes=sum(one.likes for one in by_show.values()),
        followers=sum(one.followers for one in by_show.values()),
    )
    return AudienceOf(total, by_show, by_product)


def _audience(came: tuple[int, int, int], opened: int, **others: int) -> Audience:
    views, viewers, seconds = came
    return Audience(views=views, viewers=viewers, watch_seconds=seconds, opened=opened, **others)
