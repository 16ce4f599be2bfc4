"""What the shows on air have sold, counted for their cockpits.

Nothing happens when somebody buys: a sweep counts all shows at once, every two seconds while that
is cheap. A count that took long is not made again before `REST` times as long has passed, so that
counting never takes more than a small share of one database core, however the sale goes.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.db import connection

from orders.domain.queries import MONEY_IS_IN
from orders.models import Order, Refund
from streams.domain import cockpit
from streams.domain.cockpit_figures import Sales, ShowSales
from streams.models import Broadcast

REST, LONGEST_REST = 20, 15.0
_RESTING = "show-sales-resting"

_COUNT = """
    SELECT line.broadcast_id, line.product_id, grouping(line.product_id) = 1,
           count(DISTINCT line.order_id),
           count(DISTINCT line.order_id) FILTER (WHERE bought.state = ANY(%(paid)s)),
           count(DISTINCT line.order_id) FILTER (WHERE bought.state = %(waiting)s),
           count(DISTINCT bought.buyer_id) FILTER (WHERE bought.state = ANY(%(paid)s)),
           coalesce(sum(line.quantity) FILTER (WHERE bought.state = ANY(%(paid)s)), 0),
           sum(line.amount_fen - line.discount_fen),
           coalesce(sum(line.amount_fen - line.discount_fen)
                    FILTER (WHERE bought.state = ANY(%(paid)s)), 0),
           coalesce(sum(line.amount_fen - line.discount_fen)
                    FILTER (WHERE bought.state = %(waiting)s), 0)
    FROM orders_orderline line JOIN orders_order bought ON bought.id = line.order_id
    WHERE line.broadcast_id = ANY(%(shows)s)
    GROUP BY GROUPING SETS ((line.broadcast_id), (line.broadcast_id, line.product_id))
"""
_BACK = """
    SELECT line.broadcast_id, line.product_id, sum(back.amount_fen)
    FROM orders_refundline back
    JOIN orders_refund refund ON refund.id = back.refund_id AND refund.state = %s
    JOIN orders_orderline line ON line.id = back.line_id
    WHERE line.broadcast_id = ANY(%s)
    GROUP BY line.broadcast_id, line.product_id
"""


def tell_cockpits() -> int:
    """Count what the shows on air (and those just over) sold and tell their hosts; returns how
    many were told. Does nothing while it rests."""
    if not cache.add(_RESTING, 1, cockpit.COUNT_SECONDS / 2):
        return 0
    shows = cockpit.shows_to_count()
    if not shows:
        return 0
    began = time.monotonic()
    sales = count_sales(shows)
    told = cockpit.tell(shows=shows, sales=sales)
    took = time.monotonic() - began
    rest = min(took * REST, LONGEST_REST)
    cache.set(_RESTING, 1, max(cockpit.COUNT_SECONDS / 2, rest))
    return told


def count_sales(shows: Sequence[Broadcast]) -> dict[int, ShowSales]:
    """By show id; shows that have sold nothing are left out. Two queries for any number."""
    ids = [show.pk for show in shows]
    values: dict[str, Any] = {
        "shows": ids,
        "paid": [state.value for state in MONEY_IS_IN],
        "waiting": Order.State.PLACED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        counted = cursor.fetchall()
        cursor.execute(_BACK, [Refund.State.DONE.value, ids])
        back = {(show, product): fen for show, product, fen in cursor.fetchall()}
    totals: dict[int, Sales] = {}
    products: dict[int, dict[int, Sales]] = {}
    for show, product, is_total, *numbers in counted:
        if is_total:
            given_back = sum(fen for (of, _product), fen in back.items() if of == show)
            totals[show] = _sales(numbers, given_back)
        else:
            products.setdefault(show, {})[product] = _sales(numbers, back.get((show, product), 0))
    return {show: ShowSales(total, products[show]) for show, total in totals.items()}


def _sales(numbers: Sequence[Any], refunded_fen: int) -> Sales:
    names = (
        "orders",
        "paid_orders",
        "waiting_orders",
        "buyers",
        "units",
        "created_fen",
        "paid_fen",
        "waiting_fen",
    )
    counted = dict(zip(names, map(int, numbers), strict=True))
    return Sales(refunded_fen=int(refunded_fen), **counted)
