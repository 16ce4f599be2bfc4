"""What a buyer at the counter asks for: the offer of a product, and the room they stand in.

In a flash sale thousands ask for the same two things within a second, so they are remembered
for one, two at most. That is safe: checkout's own call judges every fact again, under the pool's
lock.
"""

import re
import threading
import time
from typing import Generic, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from products.domain.offers import Offer, current_offer
from products.models import Product
from streams.models import Broadcast
from streams.models.broadcasts import is_rehearsal_id

REMEMBER_SECONDS = 1.0
MOST_REMEMBERED = 2000
_ROOM = re.compile(r"[-a-zA-Z0-9_]{1,12}")
Value = TypeVar("Value")


class _Memory(Generic[Value]):
    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Value | None:
        """None when it is time to look anew. One of a crowd is told so, the others go on with
        what is known: thirty threads that all look at once would stop the shop for a moment."""
        at, value = self._kept.get(key, (0.0, None))
        now = time.monotonic()
        if value is None or now - at < REMEMBER_SECONDS:
            return value
        with self._lock:
            is_first = self._kept.get(key, (0.0, None))[0] == at
            if is_first:
                self._kept[key] = (now - REMEMBER_SECONDS / 2, value)
        return None if is_first or now - at > 2 * REMEMBER_SECONDS else value

    def put(self, key: str, value: Value) -> None:
        with self._lock:
            if len(self._kept) >= MOST_REMEMBERED:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), value)


_offers: _Memory[Offer] = _Memory()
_rooms: _Memory[Broadcast] = _Memory()


def offer_of(sku: str, *, fresh: bool = False) -> Offer | None:
    """The offer of a product that may be shown; None if there is no such product.

    `fresh` looks anew; otherwise its stock and price may be two seconds old;
    a sale that begins or ends by the clock does so at once.
    """
    offer = None if fresh else _offers.get(sku)
    if offer is None or (offer.changes_at and offer.changes_at <= timezone.now()):
        product = Product.objects.filter(sku=sku).exclude(state="draft").first()
        if product is None:
            return None
        offer = current_offer(product)
        _offers.put(sku, offer)
    return offer


def room_of(public_id: str) -> Broadcast | None:
    """The show somebody buys in, if it is one that is not over.

    Raises DomainError `rehearsal` (409): who stands in one must not buy outside of it, either,
    by an answer of None.
    """
    if not _ROOM.fullmatch(public_id):
        return None
    if is_rehearsal_id(public_id):
        raise DomainError(
            "rehearsal",
            _("This is a rehearsal: nothing can be bought here, and nothing is charged."),
            status=409,
        )
    show = _rooms.get(public_id)
    if show is None:
        show = Broadcast.objects.filter(public_id=public_id).first()
        if show is None:
            return None
        _rooms.put(public_id, show)
    return None if show.is_over else show
