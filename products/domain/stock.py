"""Moves of stock: each is one conditional UPDATE of one pool row, usable in any transaction.

Every move answers with the pool's new level, whose `version` stamps the StockChanged event the
caller publishes. Checkout's batch takes its holds with SQL of its own; what comes after a hold
is here. The CHECKs on the table stand behind all of it.
"""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from products.models import Product, StockPool


@dataclass(frozen=True)
class Level:
    """A pool after a move, in units."""

    pool_id: int
    product_id: int
    deal_id: int | None
    total: int
    available: int
    held: int
    sold: int
    version: int


def _shift(
    pool_id: int, *, total: int = 0, available: int = 0, held: int = 0, sold: int = 0
) -> Level:
    """Add the given (signed) numbers if none of the columns would go below zero."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE products_stockpool
            SET total = total + %(total)s, available = available + %(available)s,
                held = held + %(held)s, sold = sold + %(sold)s, version = version + 1
            WHERE id = %(id)s AND available + %(available)s >= 0
              AND held + %(held)s >= 0 AND sold + %(sold)s >= 0
            RETURNING id, product_id, deal_id, total, available, held, sold, version
            """,
            {"id": pool_id, "total": total, "available": available, "held": held, "sold": sold},
        )
        row = cursor.fetchone()
    if row is None:
        raise DomainError("stock_short", _("There is not enough stock for that."), status=409)
    return Level(*row)


def release_units(*, pool_id: int, quantity: int) -> Level:
    """A hold ends unpaid: held → available."""
    return _shift(pool_id, held=-quantity, available=quantity)


def sell_units(*, pool_id: int, quantity: int) -> Level:
    """A hold is paid: held → sold."""
    return _shift(pool_id, held=-quantity, sold=quantity)


def take_units(*, pool_id: int, quantity: int) -> Level:
    """Payment came after the hold had expired: available → sold, if there still are any."""
    return _shift(pool_id, available=-quantity, sold=quantity)


def restock_units(*, pool_id: int, quantity: int) -> Level:
    """Sold units come back and may be sold again: sold → available."""
    return _shift(pool_id, sold=-quantity, available=quantity)


def receive_goods(*, product: Product, quantity: int) -> Level:
    """The producer delivers `quantity` more for everyday sale (or takes back, if negative)."""
    pool, _made = StockPool.objects.get_or_create(product=product, deal=None)
    return _shift(pool.pk, total=quantity, available=quantity)


def move_units(*, from_pool_id: int, to_pool_id: int, quantity: int) -> tuple[Level, Level]:
    """Unsold units change pools, as a deal begins or ends. The caller holds a transaction."""
    return (
        _shift(from_pool_id, total=-quantity, available=-quantity),
        _shift(to_pool_id, total=quantity, available=quantity),
    )
