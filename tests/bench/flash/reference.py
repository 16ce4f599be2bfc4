"""The reference: the checkout that tutorials teach, in the same pages role, over the same tables.

The same sign-in, CSRF, rate limit and form; then a transaction that locks the stock row first
and does everything else inside the lock. `application` serves it at the product's own address.
"""

import json
import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
application = get_wsgi_application()

from datetime import timedelta  # noqa: E402

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from livecommerce.accounts.models import User  # noqa: E402
from livecommerce.errors import DomainError  # noqa: E402
from orders.domain import checkout  # noqa: E402
from orders.domain.checkout import Placed  # noqa: E402
from orders.models import Hold, LimitCounter, Order, OrderEvent, OrderLine  # noqa: E402
from orders.views import buying  # noqa: E402
from products.domain.offers import Offer  # noqa: E402
from products.models import StockPool  # noqa: E402


def place_order(
    *, buyer: User, offer: Offer, quantity: int, address: dict[str, Any], key: Any, **_: Any
) -> Placed:
    with transaction.atomic():
        assert offer.pool is not None
        pool = StockPool.objects.select_for_update(of=("self",)).select_related("product", "deal")
        stock = pool.get(pk=offer.pool.pk)
        if stock.available < quantity:
            raise DomainError("sold_out", "", status=409)
        counter, _made = LimitCounter.objects.get_or_create(deal=stock.deal, buyer=buyer)
        if counter.quantity + quantity > stock.deal.per_person_limit:
            raise DomainError("limit_reached", "", status=409)
        counter.quantity += quantity
        counter.save()
        stock.available -= quantity
        stock.held += quantity
        stock.version += 1
        stock.save()
        order = _write(buyer, stock, quantity, address, key)
    return Placed(order.pk, order.number, order.total_fen, order.expires_at, True)


def _write(buyer: User, stock: StockPool, quantity: int, address: Any, key: Any) -> Order:
    now = timezone.now()
    due = now + timedelta(seconds=settings.FLASH_HOLD_SECONDS)
    total = stock.deal.price_fen * quantity
    order = Order.objects.create(
        number=checkout.new_number(),
        buyer=buyer,
        key=key,
        request_hash=json.dumps(address)[:64],
        items_fen=total,
        total_fen=total,
        address=address,
        placed_at=now,
        expires_at=due,
    )
    OrderLine.objects.create(
        order=order,
        product=stock.product,
        deal=stock.deal,
        name_zh=stock.product.name_zh,
        quantity=quantity,
        unit_price_fen=stock.deal.price_fen,
        base_price_fen=stock.deal.base_price_fen,
        amount_fen=total,
    )
    Hold.objects.create(order=order, pool=stock, quantity=quantity, expires_at=due)
    OrderEvent.objects.create(order=order, to_state="placed", actor=buyer)
    return order


class _Tutorial:
    """Stands where the view looks for checkout; only this process is affected."""

    place_order = staticmethod(place_order)
    MAX_QUANTITY = checkout.MAX_QUANTITY


buying.checkout = _Tutorial  # type: ignore[assignment]
