"""What shows sold: in all, by show and by product, from the lines of their orders. One query.

`created` is all that was ordered, `paid` what money came in for (given back later or not), and
`settled` what is final: arrived, the time to claim or return over, less what was given back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from orders.domain.reports.figures import Sales
from orders.models import Refund

GIVEN = (Refund.State.APPROVED, Refund.State.IN_TRANSIT, Refund.State.DONE)
"""Refunds that were granted: paid out by now, or about to be."""


@dataclass(frozen=True)
class SalesOf:
    """By ids of shows and products; who sold nothing is left out."""

    total: Sales = field(default_factory=Sales)
    shows: dict[int, Sales] = field(default_factory=dict)
    products: dict[int, Sales] = field(default_factory=dict)


# Orders and people are each made one row first: counting them by count(DISTINCT …) would sort all
# lines once for each figure.
_SOLD = """
    WITH back AS (
        SELECT line.id AS line,
               sum(part.amount_fen) FILTER (WHERE refund.state = 'done') AS fen,
               bool_or(refund.requested_at <= bought.paid_at + interval '7 days') AS in_7,
               bool_or(refund.requested_at <= bought.paid_at + interval '15 days') AS in_15
        FROM orders_orderline line
        JOIN orders_order bought ON bought.id = line.order_id
        JOIN orders_refundline part ON part.line_id = line.id
        JOIN orders_refund refund ON refund.id = part.refund_id
        WHERE line.broadcast_id = ANY(%(shows)s) AND refund.state = ANY(%(given)s)
        GROUP BY line.id
    ), sold AS MATERIALIZED (
        SELECT line.broadcast_id AS show, line.product_id AS product, line.order_id,
               bought.buyer_id, line.quantity, line.amount_fen - line.discount_fen AS fen,
               bought.paid_at IS NOT NULL AS is_paid,
               coalesce(bought.paid_at <= %(now)s - interval '7 days', false) AS is_due_7,
               coalesce(bought.paid_at <= %(now)s - interval '15 days', false) AS is_due_15,
               bought.paid_at IS NOT NULL AND coalesce(settlement.payable_at <= %(now)s, false)
                   AND line.amount_fen - line.discount_fen > coalesce(back.fen, 0) AS is_settled,
               coalesce(back.fen, 0) AS back_fen,
               coalesce(back.in_7, false) AS in_7, coalesce(back.in_15, false) AS in_15
        FROM orders_orderline line
        JOIN orders_order bought ON bought.id = line.order_id
        LEFT JOIN orders_settlement settlement
               ON settlement.order_id = bought.id AND settlement.state <> 'due'
        LEFT JOIN back ON back.line = line.id
        WHERE line.broadcast_id = ANY(%(shows)s)
    ), bought AS (
        SELECT grouping(show) AS no_show, grouping(product) AS no_product, show, product, order_id,
               bool_or(is_paid) AS is_paid, bool_or(is_settled) AS is_settled,
               sum(quantity) FILTER (WHERE is_paid) AS units,
               sum(fen) AS fen, sum(fen) FILTER (WHERE is_paid) AS paid_fen,
               sum(fen - back_fen) FILTER (WHERE is_settled) AS settled_fen,
               sum(back_fen) AS back_fen,
               bool_or(is_due_7) AS due_7, bool_or(is_due_7 AND in_7) AS back_7,
               bool_or(is_due_15) AS due_15, bool_or(is_due_15 AND in_15) AS back_15
        FROM sold GROUP BY GROUPING SETS ((order_id), (show, order_id), (product, order_id))
    ), people AS (
        SELECT grouping(show) AS no_show, grouping(product) AS no_product, show, product, buyer_id,
               bool_or(is_paid) AS is_paid, bool_or(is_settled) AS is_settled
        FROM sold GROUP BY GROUPING SETS ((buyer_id), (show, buyer_id), (product, buyer_id))
    ), counted AS (
        SELECT no_show, no_product, show, product, count(*) AS people,
               count(*) FILTER (WHERE is_paid) AS paid,
               count(*) FILTER (WHERE is_settled) AS settled
        FROM people GROUP BY no_show, no_product, show, product
    )
    SELECT bought.no_show, bought.no_product, bought.show, bought.product,
           count(*), count(*) FILTER (WHERE is_paid), count(*) FILTER (WHERE is_settled),
           counted.people, counted.paid, counted.settled,
           coalesce(sum(units), 0), sum(fen), coalesce(sum(paid_fen), 0),
           coalesce(sum(settled_fen), 0), sum(back_fen),
           count(*) FILTER (WHERE due_7), count(*) FILTER (WHERE back_7),
           count(*) FILTER (WHERE due_15), count(*) FILTER (WHERE back_15)
    FROM bought JOIN counted
      ON counted.no_show = bought.no_show AND counted.no_product = bought.no_product
     AND coalesce(counted.show, 0) = coalesce(bought.show, 0)
     AND coalesce(counted.product, 0) = coalesce(bought.product, 0)
    GROUP BY bought.no_show, bought.no_product, bought.show, bought.product,
             counted.people, counted.paid, counted.settled
"""
_NAMES = tuple(one.name for one in fields(Sales))


def count_sales(shows: Sequence[int], *, at: datetime | None = None) -> SalesOf:
    """Of the shows with these ids. `at` is when days are counted from, by default now."""
    found = SalesOf()
    total = found.total
    values: dict[str, Any] = {
        "shows": list(shows),
        "given": list(GIVEN),
        "now": at or timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, values)
        for no_show, no_product, show, product, *numbers in cursor.fetchall():
            row = _sales(numbers)
            if not no_show:
                found.shows[show] = row
            elif not no_product:
                found.products[product] = row
            else:
                total = row
    return SalesOf(total, found.shows, found.products)


def _sales(numbers: Sequence[Any]) -> Sales:
    return Sales(**dict(zip(_NAMES, (int(one or 0) for one in numbers), strict=True)))


_BY_DAY = """
    SELECT (bought.paid_at AT TIME ZONE 'Asia/Shanghai')::date,
           count(DISTINCT bought.id), sum(line.amount_fen - line.discount_fen)
    FROM orders_orderline line JOIN orders_order bought ON bought.id = line.order_id
    WHERE line.broadcast_id = ANY(%s) AND bought.paid_at IS NOT NULL
    GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Day:
    day: date
    orders: int
    paid_fen: int


def count_days(shows: Sequence[int]) -> list[Day]:
    """What came in on which day (Asia/Shanghai); days without are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [list(shows)])
        return [Day(day, orders, int(fen)) for day, orders, fen in cursor.fetchall()]
