"""Farms with accounts, and paid orders that wait for them; plain rows, no payment provider."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.utils import timezone

from orders.domain import parcels
from orders.models import Order, OrderLine, Payment
from tests.factories import make_address, make_producer, make_product, make_user

_numbers = count(1)


def make_farm(**fields):
    """A producer with an account of its own."""
    return make_producer(user=fields.pop("user", None) or make_user(), **fields)


def make_goods(farm, **fields):
    return make_product(producer=farm, history_days=0, **fields)


def make_paid_order(*wanted, buyer=None, ago=timedelta(hours=1), state="paid", address=None):
    """`wanted` are (product, quantity); paid `ago`."""
    buyer = buyer or make_user()
    placed_at = timezone.now() - ago
    total = sum(product.list_price_fen * quantity for product, quantity in wanted)
    order = Order.objects.create(
        number=f"261123-T{next(_numbers):07}",
        buyer=buyer,
        key=uuid4(),
        request_hash="x",
        state=state,
        items_fen=total,
        total_fen=total,
        address=address or make_address(buyer).snapshot(),
        placed_at=placed_at,
        expires_at=placed_at + timedelta(minutes=15),
        paid_at=placed_at,
    )
    for product, quantity in wanted:
        OrderLine.objects.create(
            order=order,
            product=product,
            name_zh=product.name_zh,
            name_en=product.name_en,
            unit_zh=product.unit_zh,
            unit_en=product.unit_en,
            quantity=quantity,
            unit_price_fen=product.list_price_fen,
            amount_fen=product.list_price_fen * quantity,
            producer=product.producer,
            producer_fen=product.producer_cost_fen,
            packing_fen=product.packing_fen,
            freight_fen=product.freight_fen,
        )
    Payment.objects.create(
        order=order,
        method="alipay",
        state="succeeded",
        intent_id=f"test_{order.number}",
        idempotency_key=f"test:{order.number}",
        amount_fen=total,
        fee_fen=0,
    )
    order.events.create(from_state="", to_state="placed")
    order.events.create(from_state="placed", to_state="paid")
    return order


def units_of(order, *quantities):
    """Quantity by line id, for the order's lines in the order they were bought."""
    lines = order.lines.order_by("pk").values_list("pk", flat=True)
    return dict(zip(lines, quantities, strict=False))


def sf(number=1):
    return f"SF{1_000_000_000_000 + number}"


def ship(order, farm, *quantities, number=1):
    """One parcel by SF, with so many units of each of the order's lines."""
    return parcels.ship(
        order=order,
        producer=farm,
        actor=farm.user,
        carrier="sf",
        tracking_number=sf(number),
        units=units_of(order, *quantities),
    )
