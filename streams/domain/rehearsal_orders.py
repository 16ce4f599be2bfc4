"""What looks like buying in a rehearsal. Rows of their own: no stock moves, nothing can be paid.

The price is the one that the room's card shows; it is written down so that the practice figures
add up, and for nothing else.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from streams.domain import offers, rehearsal_flash
from streams.domain.cockpit_figures import Sales, ShowSales
from streams.domain.offers import epoch_ms
from streams.models import Broadcast, RehearsalOrder, ShelfItem

MOST_UNITS = 99
LAPSES_AFTER = timedelta(minutes=2)
"""Long enough to be seen waiting in the cockpit."""
State = RehearsalOrder.State


def buy(
    *, broadcast: Broadcast, item: ShelfItem, quantity: int, key: str, buyer: User | None
) -> RehearsalOrder:
    """Put down a practice order; the same `key` is the same order. `buyer` is None for the played
    crowd.

    Raises DomainError: not_on, sold_out, flash_limit (409), not_on_shelf (404), quantity, bad_key
    (422).
    """
    if broadcast.state != Broadcast.State.REHEARSING:
        raise DomainError("not_on", _("This rehearsal is over."), status=409)
    if item.broadcast_id != broadcast.pk:
        raise DomainError("not_on_shelf", _("This product is not on the shelf."), status=404)
    if not 1 <= quantity <= MOST_UNITS:
        raise DomainError(
            "quantity",
            _("Choose a whole number between 1 and %(most)d.") % {"most": MOST_UNITS},
        )
    if not 0 < len(key) <= 36:
        raise DomainError("bad_key", _("This form is not complete. Open it anew."))
    known = RehearsalOrder.objects.filter(broadcast=broadcast, key=key).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return RehearsalOrder.objects.create(
                broadcast=broadcast,
                product_id=item.product_id,
                buyer=buyer,
                key=key,
                flash=rehearsal_flash.take(
                    broadcast=broadcast,
                    product_id=item.product_id,
                    quantity=quantity,
                    buyer=buyer,
                ),
                quantity=quantity,
                unit_price_fen=price_of(item),
            )
    except IntegrityError:
        return RehearsalOrder.objects.get(broadcast=broadcast, key=key)


def price_of(item: ShelfItem) -> int:
    """What its card shows now, in fen; `item` as `offers.shelf_items` gives it."""
    now_ms = epoch_ms(timezone.now()) or 0
    return offers.price_at(offers.card(item), now_ms)["price"]


def lapse_due(broadcast: Broadcast) -> int:
    """Practice orders that nobody "paid" run out."""
    waiting = RehearsalOrder.objects.filter(
        broadcast=broadcast, state=State.WAITING, at__lt=timezone.now() - LAPSES_AFTER
    )
    with transaction.atomic():
        lapsing = list(waiting.select_for_update())
        rehearsal_flash.give_back(order for order in lapsing if order.flash_id)
        return waiting.filter(pk__in=[order.pk for order in lapsing]).update(state=State.LAPSED)


def sales_of(rehearsals: Sequence[Broadcast]) -> dict[int, ShowSales]:
    """By rehearsal, as `orders.domain.show_sales` counts a show."""
    rows = RehearsalOrder.objects.filter(broadcast__in=[one.pk for one in rehearsals])
    by_show: dict[int, list[RehearsalOrder]] = {}
    for row in rows:
        by_show.setdefault(row.broadcast_id, []).append(row)
    return {show: _sum(found) for show, found in by_show.items()}


def _sum(rows: Sequence[RehearsalOrder]) -> ShowSales:
    products = {row.product_id for row in rows}
    return ShowSales(
        _count(rows),
        {one: _count([row for row in rows if row.product_id == one]) for one in products},
    )


def _count(rows: Sequence[RehearsalOrder]) -> Sales:
    paid = [row for row in rows if row.state == State.PAID]
    waiting = [row for row in rows if row.state == State.WAITING]
    return Sales(
        orders=len(rows),
        paid_orders=len(paid),
        waiting_orders=len(waiting),
        buyers=len({row.buyer_id or row.key.partition(":")[0] for row in paid}),
        units=sum(row.quantity for row in paid),
        created_fen=_fen(rows),
        paid_fen=_fen(paid),
        waiting_fen=_fen(waiting),
    )


def _fen(rows: Iterable[RehearsalOrder]) -> int:
    return sum(row.quantity * row.unit_price_fen for row in rows)
