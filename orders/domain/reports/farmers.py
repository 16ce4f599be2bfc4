"""What reached the farms: read from the books, refunds taken off, whether paid out by now or not.

An order counts for a festival (or a show) by its lines; of it, the entries of those producers whose
goods were part of that. Fen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from products.models import Festival


@dataclass(frozen=True)
class Income:
    """`farmers_fen` of the `paid_fen` that buyers paid for these goods (refunds taken off both);
    `settled_…` are the same of settled orders alone: arrived, the time to return them over."""

    farmers_fen: int = 0
    paid_fen: int = 0
    producers: int = 0
    orders: int = 0
    settled_fen: int = 0
    settled_paid_fen: int = 0

    @property
    def coming_fen(self) -> int:
        """Of orders that may still be returned."""
        return self.farmers_fen - self.settled_fen

    @property
    def share(self) -> int | None:
        """Per mille of what buyers paid; above 1000 where subsidies add to it."""
        return _share(self.farmers_fen, self.paid_fen)

    @property
    def settled_share(self) -> int | None:
        return _share(self.settled_fen, self.settled_paid_fen)


def _share(part: int, whole: int) -> int | None:
    return (part * 2000 + whole) // (whole * 2) if whole > 0 else None


NO_INCOME = Income()

_GOODS = """
    SELECT line.id, line.order_id, line.producer_id, line.amount_fen - line.discount_fen AS fen
    FROM orders_orderline line
    JOIN orders_order bought ON bought.id = line.order_id AND bought.paid_at IS NOT NULL
"""
_OF_FESTIVAL = """
    LEFT JOIN products_deal deal ON deal.id = line.deal_id
    LEFT JOIN streams_broadcast show ON show.id = line.broadcast_id
    WHERE deal.festival_id = %(festival)s OR show.festival_id = %(festival)s
"""
_OF_SHOWS = " WHERE line.broadcast_id = ANY(%(shows)s)"
_SINCE = " WHERE bought.paid_at >= %(since)s"
_INCOME = """
    WITH goods AS MATERIALIZED ({goods}),
    back AS (
        SELECT goods.id, sum(part.amount_fen) AS fen
        FROM goods JOIN orders_refundline part ON part.line_id = goods.id
        JOIN orders_refund refund ON refund.id = part.refund_id AND refund.state = 'done'
        GROUP BY goods.id
    ), pair AS (
        SELECT goods.order_id, goods.producer_id, sum(goods.fen - coalesce(back.fen, 0)) AS fen
        FROM goods LEFT JOIN back USING (id)
        WHERE goods.producer_id IS NOT NULL GROUP BY 1, 2
    ), booked AS (
        SELECT pair.order_id, pair.producer_id, -sum(entry.amount_fen) AS fen
        FROM pair
        JOIN orders_transaction posted
          ON posted.order_id = pair.order_id AND posted.kind <> 'payout'
        JOIN orders_entry entry ON entry.transaction_id = posted.id
        JOIN orders_account account
          ON account.id = entry.account_id AND account.kind = 'producer'
         AND account.producer_id = pair.producer_id
        GROUP BY 1, 2
    )
    SELECT coalesce(place.parent_id, place.code), coalesce(sum(booked.fen), 0),
           coalesce(sum(pair.fen), 0),
           count(DISTINCT pair.producer_id), count(DISTINCT pair.order_id),
           coalesce(sum(booked.fen) FILTER (WHERE settled.payable_at <= %(now)s), 0),
           coalesce(sum(pair.fen) FILTER (WHERE settled.payable_at <= %(now)s), 0)
    FROM pair
    JOIN booked USING (order_id, producer_id)
    LEFT JOIN orders_settlement settled
           ON settled.order_id = pair.order_id AND settled.state <> 'due'
    JOIN products_producer producer ON producer.id = pair.producer_id
    JOIN officials_region place ON place.code = producer.region_id
    GROUP BY GROUPING SETS ((), (coalesce(place.parent_id, place.code)))
"""


def income_of_festival(festival: Festival) -> dict[str, Income]:
    """By the code of the producers' prefecture; the whole festival under the empty code. One
    query. Goods count that were bought at one of its deals or in one of its shows."""
    return _income(_GOODS + _OF_FESTIVAL, {"festival": festival.pk})


def income_of_shows(shows: Sequence[int], *, at: datetime | None = None) -> dict[str, Income]:
    """The same of the goods sold in the shows with these ids, as settled `at` (now)."""
    return _income(_GOODS + _OF_SHOWS, {"shows": list(shows), "now": at or timezone.now()})


def income_since(moment: datetime) -> dict[str, Income]:
    """The same of everything that was paid since then, in a show or not."""
    return _income(_GOODS + _SINCE, {"since": moment})


def _income(goods: str, values: dict[str, Any]) -> dict[str, Income]:
    with connection.cursor() as cursor:
        cursor.execute(_INCOME.format(goods=goods), {"now": timezone.now()} | values)
        rows = cursor.fetchall()
    return {code or "": Income(*map(int, numbers)) for code, *numbers in rows}
