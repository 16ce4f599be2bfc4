"""A show minute by minute, and each segment of its run: who was there and what was sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from orders.domain.reports.figures import Audience, Figures, Sales
from streams.models import Broadcast, Segment

STEPS = (1, 2, 5, 10, 15, 30, 60)
"""Minutes of one bin."""
MOST_BINS = 120


@dataclass(frozen=True)
class Bin:
    """`viewers` is the most that were seen at once in these minutes; None where nobody looked."""

    at: datetime
    viewers: int | None
    comments: int
    orders: int
    paid_fen: int


@dataclass(frozen=True)
class Timeline:
    since: datetime
    until: datetime
    minutes: int
    """Of one bin."""
    bins: tuple[Bin, ...]

    @property
    def has_something(self) -> bool:
        return any(one.viewers or one.comments or one.orders for one in self.bins)


@dataclass(frozen=True)
class SegmentRow:
    """`figures` are those of its minutes; its sales are orders placed in them, whatever for."""

    segment: Segment
    since: datetime
    until: datetime
    average_viewers: int | None
    figures: Figures

    @property
    def minutes(self) -> int:
        return round((self.until - self.since).total_seconds() / 60)


_BINS = """
    WITH bin AS (
        SELECT at, at + %(step)s AS until
        FROM generate_series(%(since)s, %(last)s, %(step)s) AS at
    ), seen AS (
        SELECT date_bin(%(step)s, at, %(since)s) AS at, max(viewers) AS viewers
        FROM streams_showmoment WHERE broadcast_id = %(show)s GROUP BY 1
    ), said AS (
        SELECT date_bin(%(step)s, created_at, %(since)s) AS at, count(*) AS comments
        FROM streams_chatmessage
        WHERE broadcast_id = %(show)s AND visibility = 'shown' AND hidden_at IS NULL
          AND NOT is_demo AND badge <> 'system'
        GROUP BY 1
    ), sold AS (
        SELECT date_bin(%(step)s, bought.placed_at, %(since)s) AS at,
               count(DISTINCT bought.id) AS orders,
               sum(line.amount_fen - line.discount_fen) AS fen
        FROM orders_orderline line JOIN orders_order bought ON bought.id = line.order_id
        WHERE line.broadcast_id = %(show)s AND bought.paid_at IS NOT NULL
        GROUP BY 1
    )
    SELECT bin.at, seen.viewers, coalesce(said.comments, 0), coalesce(sold.orders, 0),
           coalesce(sold.fen, 0)
    FROM bin LEFT JOIN seen USING (at) LEFT JOIN said USING (at) LEFT JOIN sold USING (at)
    ORDER BY bin.at
"""
_SEGMENTS = """
    WITH part AS (
        SELECT * FROM unnest(%(segments)s::bigint[], %(since)s::timestamptz[],
                             %(until)s::timestamptz[]) AS part (id, since, until)
    ), seen AS (
        SELECT part.id, round(avg(moment.viewers)) AS average, max(moment.viewers) AS most
        FROM part JOIN streams_showmoment moment
          ON moment.broadcast_id = %(show)s AND moment.at >= part.since AND moment.at < part.until
        GROUP BY part.id
    ), said AS (
        SELECT part.id, count(*) AS comments
        FROM part JOIN streams_chatmessage message
          ON message.broadcast_id = %(show)s AND message.created_at >= part.since
         AND message.created_at < part.until AND message.visibility = 'shown'
         AND message.hidden_at IS NULL AND NOT message.is_demo AND message.badge <> 'system'
        GROUP BY part.id
    ), gained AS (
        SELECT part.id, count(*) AS followers
        FROM part JOIN streams_follow follow
          ON follow.official_id = %(host)s AND follow.created_at >= part.since
         AND follow.created_at < part.until
        GROUP BY part.id
    ), looked AS (
        SELECT part.id, count(DISTINCT look.person) AS people
        FROM part JOIN streams_showlook look
          ON look.broadcast_id = %(show)s AND look.at >= part.since AND look.at < part.until
        GROUP BY part.id
    ), sold AS (
        SELECT part.id, count(DISTINCT bought.id) AS orders,
               count(DISTINCT bought.id) FILTER (WHERE bought.paid_at IS NOT NULL) AS paid_orders,
               count(DISTINCT bought.buyer_id) FILTER (WHERE bought.paid_at IS NOT NULL) AS buyers,
               sum(line.quantity) FILTER (WHERE bought.paid_at IS NOT NULL) AS units,
               sum(line.amount_fen - line.discount_fen) AS created_fen,
               sum(line.amount_fen - line.discount_fen)
                   FILTER (WHERE bought.paid_at IS NOT NULL) AS paid_fen
        FROM part JOIN orders_order bought
          ON bought.placed_at >= part.since AND bought.placed_at < part.until
        JOIN orders_orderline line ON line.order_id = bought.id AND line.broadcast_id = %(show)s
        GROUP BY part.id
    )
    SELECT part.id, seen.average, coalesce(seen.most, 0), coalesce(said.comments, 0),
           coalesce(gained.followers, 0), coalesce(looked.people, 0), coalesce(sold.orders, 0),
           coalesce(sold.paid_orders, 0), coalesce(sold.buyers, 0), coalesce(sold.units, 0),
           coalesce(sold.created_fen, 0), coalesce(sold.paid_fen, 0)
    FROM part LEFT JOIN seen USING (id) LEFT JOIN said USING (id) LEFT JOIN gained USING (id)
    LEFT JOIN looked USING (id) LEFT JOIN sold USING (id)
"""


def timeline_of(show: Broadcast) -> Timeline:
    """From the show's beginning to its end (or now); one query."""
    since, until = window_of(show)
    length = max((until - since).total_seconds() / 60, 1)
    minutes = next((one for one in STEPS if length / one <= MOST_BINS), STEPS[-1])
    values: dict[str, Any] = {
        "show": show.pk,
        "since": since,
        "last": max(until - timedelta(seconds=1), since),
        "step": timedelta(minutes=minutes),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BINS, values)
        bins = tuple(
            Bin(at, viewers, said, orders, int(fen))
            for at, viewers, said, orders, fen in cursor.fetchall()
        )
    return Timeline(since, until, minutes, bins)


def segments_of(show: Broadcast) -> list[SegmentRow]:
    """The segments that were begun, in the order of the run; two queries."""
    begun = list(
        Segment.objects.filter(broadcast=show, started_at__isnull=False).select_related("product")
    )
    if not begun:
        return []
    ends = {one.pk: one.ended_at or window_of(show)[1] for one in begun}
    counted = _count(show, begun, [ends[one.pk] for one in begun])
    return [
        SegmentRow(one, one.started_at, ends[one.pk], *counted[one.pk])
        for one in begun
        if one.started_at is not None
    ]


def window_of(show: Broadcast) -> tuple[datetime, datetime]:
    since = show.started_at or show.scheduled_at
    return since, max(show.ended_at or timezone.now(), since)


def _count(
    show: Broadcast, begun: Sequence[Segment], ends: Sequence[datetime]
) -> dict[int, tuple[int | None, Figures]]:
    values: dict[str, Any] = {
        "show": show.pk,
        "host": show.host_id,
        "segments": [one.pk for one in begun],
        "since": [one.started_at for one in begun],
        "until": list(ends),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEGMENTS, values)
        rows = cursor.fetchall()
    found = {}
    for pk, average, most, said, gained, looked, *sold in rows:
        orders, paid_orders, buyers, units, created, paid = (int(one) for one in sold)
        figures = Figures(
            Audience(peak=most, comments=said, followers=gained, opened=looked),
            Sales(
                orders=orders,
                paid_orders=paid_orders,
                buyers=buyers,
                units=units,
                created_fen=created,
                paid_fen=paid,
            ),
        )
        found[pk] = (None if average is None else int(average), figures)
    return found
