"""What a festival has come to, counted from the rows: for its wall.

Orders light up the map when they are paid, and are called so. Farmers' income is what the books
say: settled where the time to return the goods is over, on the way before that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from orders.domain.queries import MONEY_IS_IN
from products.models import Festival

GOODS = 6
LATELY = timedelta(hours=24)
"""What is in demand is asked of so long; of the whole festival where that says nothing."""


@dataclass(frozen=True)
class Demand:
    """A product by how many different people paid for it: one who buys a hundred is one."""

    product_id: int
    buyers: int


@dataclass(frozen=True)
class Figures:
    """`places` is paid orders by prefecture code, of the whole festival; fen are the farms'. The
    goods are those of the last day and night, or else of the whole festival."""

    orders: int
    orders_today: int
    places: dict[str, int]
    goods: list[Demand]
    are_goods_of_today: bool
    settled_orders: int
    settled_fen: int
    coming_fen: int


def count_figures(festival: Festival, at: datetime | None = None) -> Figures:
    """Three queries whose cost grows with the festival's orders: ask them seldom."""
    at = at or timezone.now()
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {
        "festival": festival.pk,
        "paid": [state.value for state in MONEY_IS_IN],
        "midnight": midnight,
        "goods": GOODS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, values)
        counted = cursor.fetchall()
        cursor.execute(_GOODS, values | {"since": at - LATELY})
        lately = [Demand(*row) for row in cursor.fetchall()]
        if not lately:
            cursor.execute(_GOODS, values | {"since": None})
        goods = lately or [Demand(*row) for row in cursor.fetchall()]
        cursor.execute(_FARMS, values)
        settled_orders, settled_fen, coming_fen = cursor.fetchone()
    all_of_it = {code: (orders, today) for code, orders, today in counted}
    orders, today = all_of_it.pop(None, (0, 0))
    return Figures(
        orders=orders,
        orders_today=today,
        places={code: number for code, (number, _today) in sorted(all_of_it.items())},
        goods=goods,
        are_goods_of_today=bool(lately),
        settled_orders=settled_orders,
        settled_fen=int(settled_fen),
        coming_fen=int(coming_fen),
    )


# A line is the festival's if one of its deals or one of its shows sold it.
_ORDERS = """
    SELECT product.prefecture_id, count(DISTINCT bought.id),
           count(DISTINCT bought.id) FILTER (WHERE bought.paid_at >= %(midnight)s)
    FROM orders_orderline line
    JOIN orders_order bought ON bought.id = line.order_id AND bought.state = ANY(%(paid)s)
    JOIN products_product product ON product.id = line.product_id
    WHERE line.deal_id IN (SELECT id FROM products_deal WHERE festival_id = %(festival)s)
       OR line.broadcast_id IN (SELECT id FROM streams_broadcast WHERE festival_id = %(festival)s)
    GROUP BY GROUPING SETS ((), (product.prefecture_id))
"""
_GOODS = """
    SELECT line.product_id, count(DISTINCT bought.buyer_id) AS buyers
    FROM orders_orderline line
    JOIN orders_order bought ON bought.id = line.order_id AND bought.state = ANY(%(paid)s)
                            AND (%(since)s IS NULL OR bought.paid_at >= %(since)s)
    WHERE line.deal_id IN (SELECT id FROM products_deal WHERE festival_id = %(festival)s)
       OR line.broadcast_id IN (SELECT id FROM streams_broadcast WHERE festival_id = %(festival)s)
    GROUP BY line.product_id
    ORDER BY buyers DESC, line.product_id
    LIMIT %(goods)s
"""
_FARMS = """
    WITH weighed AS (
        SELECT line.order_id, line.producer_id,
               sum(line.amount_fen)::numeric AS whole,
               sum(line.amount_fen) FILTER (
                   WHERE line.deal_id IN
                         (SELECT id FROM products_deal WHERE festival_id = %(festival)s)
                      OR line.broadcast_id IN
                         (SELECT id FROM streams_broadcast WHERE festival_id = %(festival)s)
               ) AS fair
        FROM orders_orderline line
        WHERE line.order_id IN (
            SELECT theirs.order_id FROM orders_orderline theirs
            WHERE theirs.deal_id IN (SELECT id FROM products_deal WHERE festival_id = %(festival)s)
               OR theirs.broadcast_id IN
                  (SELECT id FROM streams_broadcast WHERE festival_id = %(festival)s)
        )
        GROUP BY line.order_id, line.producer_id
    ),
    books AS (
        SELECT posted.order_id, account.producer_id, -sum(entry.amount_fen) AS fen
        FROM orders_entry entry
        JOIN orders_transaction posted
          ON posted.id = entry.transaction_id AND posted.kind <> 'payout'
        JOIN orders_account account
          ON account.id = entry.account_id AND account.kind = 'producer'
        WHERE posted.order_id IN (SELECT order_id FROM weighed)
        GROUP BY posted.order_id, account.producer_id
    )
    SELECT count(DISTINCT settled.order_id) FILTER (
               WHERE settled.lines_at IS NOT NULL AND books.fen > 0),
           round(coalesce(sum(books.fen * weighed.fair / weighed.whole)
                          FILTER (WHERE settled.lines_at IS NOT NULL), 0)),
           round(coalesce(sum(books.fen * weighed.fair / weighed.whole)
                          FILTER (WHERE settled.lines_at IS NULL), 0))
    FROM weighed
    JOIN books USING (order_id, producer_id)
    JOIN orders_settlement settled ON settled.order_id = weighed.order_id
    WHERE weighed.fair > 0
"""
