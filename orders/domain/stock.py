"""Stock, limits and coupons of orders that end: given back, sold, or taken again.

All of these belong into a transaction that has moved the orders' state first. Pools are
touched in the order of their ids, limit counters only after their pool, coupons last: as
checkout does.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import F

from livecommerce.errors import DomainError
from orders.domain import announcements, coupons
from orders.models import Hold, LimitCounter, Order, OrderLine
from products.domain import stock as pools


def release_holds(orders: Sequence[Order]) -> None:
    """Held units become available again, and count no more against the buyers' limits."""
    holds = list(Hold.objects.filter(order__in=orders, state=Hold.State.HELD).order_by("pk"))
    released = _move_holds(holds, to=Hold.State.RELEASED)
    levels = [
        pools.release_units(pool_id=pool_id, quantity=quantity)
        for pool_id, quantity in sorted(released.items())
    ]
    _count(orders, holds, sign=-1)
    coupons.release_uses(orders)
    _announce(levels)


def sell_holds(order: Order) -> bool:
    """Held units are sold. False when the order holds nothing any more."""
    holds = list(Hold.objects.filter(order=order, state=Hold.State.HELD).order_by("pk"))
    sold = _move_holds(holds, to=Hold.State.SOLD)
    _announce(
        pools.sell_units(pool_id=pool_id, quantity=quantity)
        for pool_id, quantity in sorted(sold.items())
    )
    coupons.use_up(order)
    return bool(sold)


def take_again(order: Order) -> None:
    """Sell what the expired order had held, if it still is there.

    Raises DomainError (`stock_short`, `limit_reached`); the caller's savepoint undoes the rest.
    """
    holds = list(Hold.objects.filter(order=order, state=Hold.State.RELEASED).order_by("pool_id"))
    levels = [pools.take_units(pool_id=h.pool_id, quantity=h.quantity) for h in holds]
    for line in OrderLine.objects.filter(order=order, deal__isnull=False).select_related("deal"):
        assert line.deal is not None
        most = line.deal.per_person_limit - line.quantity
        counter = LimitCounter.objects.filter(deal=line.deal, buyer=order.buyer_id)
        if not counter.filter(quantity__lte=most).update(quantity=F("quantity") + line.quantity):
            raise DomainError("limit_reached", "", status=409)
    Hold.objects.filter(pk__in=[h.pk for h in holds]).update(state=Hold.State.SOLD)
    coupons.take_again(order)
    _announce(levels)


def restock(order: Order) -> None:
    """Sold units of an order that was never sent can be sold again."""
    holds = list(Hold.objects.filter(order=order, state=Hold.State.SOLD).order_by("pk"))
    returned = _move_holds(holds, to=Hold.State.RELEASED, from_=Hold.State.SOLD)
    levels = [
        pools.restock_units(pool_id=pool_id, quantity=quantity)
        for pool_id, quantity in sorted(returned.items())
    ]
    _count([order], holds, sign=-1)
    coupons.release_uses([order])
    _announce(levels)


def _move_holds(holds: Sequence[Hold], *, to: str, from_: str = Hold.State.HELD) -> Counter[int]:
    """Units moved by pool. The orders' own state has been moved by the caller, so nobody else
    moves these holds; the row count proves it."""
    rows = Hold.objects.filter(pk__in=[hold.pk for hold in holds], state=from_)
    if rows.update(state=to) != len(holds):
        raise DomainError("hold_moved", "", status=409)
    units: Counter[int] = Counter()
    for hold in holds:
        units[hold.pool_id] += hold.quantity
    return units


def _count(orders: Sequence[Order], holds: Sequence[Hold], *, sign: int) -> None:
    """Only lines whose order really held something count."""
    held = {hold.order_id for hold in holds}
    buyers = {order.pk: order.buyer_id for order in orders}
    change: Counter[tuple[int, int]] = Counter()
    for line in OrderLine.objects.filter(order__in=held, deal__isnull=False):
        assert line.deal_id is not None
        change[line.deal_id, buyers[line.order_id]] += sign * line.quantity
    for (deal_id, buyer_id), quantity in sorted(change.items()):
        LimitCounter.objects.filter(deal=deal_id, buyer=buyer_id).update(
            quantity=F("quantity") + quantity
        )


def _announce(levels: Iterable[pools.Level]) -> None:
    announcements.announce_stock(
        announcements.Level(level.pool_id, level.available, level.total, level.version)
        for level in levels
    )
