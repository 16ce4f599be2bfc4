"""A shop whose payments go to the running double; nothing of it outlives its test."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from orders.domain import announcements, checkout, payments
from orders.models import Order
from orders.payments import provider
from orders.payments.protocol import Method
from products.domain.offers import current_offer
from tests.factories import make_address, make_deal, make_user
from tests.stripe_server import SECRET_KEY, WEBHOOK_SECRET, _one_stripe_double, stripe_double

__all__ = ["_one_stripe_double", "stripe_double"]

RETURN_URL = "http://shop.example:8000/orders/x/return/"


@pytest.fixture(autouse=True)
def _threads_end():
    yield
    checkout.combiner.stop()
    announcements.settle_down()


@pytest.fixture
def shop(stripe_double, settings):
    """The double as the buyer's bank: `shop.pay(order)` does what a buyer does there."""
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
    settings.STRIPE_API_BASE = stripe_double.url
    provider.cache_clear()
    yield Shop(stripe_double)
    provider.cache_clear()


class Shop:
    def __init__(self, double):
        self.double = double

    def place(self, *, deal=None, quantity=1, buyer=None, **fields):
        deal = deal or make_deal()
        buyer = buyer or make_user()
        offer = current_offer(deal.product)
        placed = checkout.place_order(
            buyer=buyer,
            offer=offer,
            quantity=quantity,
            expected_price_fen=offer.price_fen,
            address=make_address(buyer).snapshot(),
            key=uuid4(),
            **fields,
        )
        return Order.objects.get(number=placed.number)

    def start(self, order, method=Method.CARD):
        return payments.start(order=order, method=method, return_url=RETURN_URL)

    def post(self, url, **form):
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        with self.double.browser() as browser:
            return browser.post(path, data=form)

    def pay(self, order, number="4242424242424242"):
        """By card on the double's page; the shop does not know yet."""
        self.post(self.start(order).next.url, number=number, expiry="12/34", cvc="123")
        return order.payments.get(state__in=["pending", "failed"])

    def paid(self, **fields):
        """An order whose payment the shop has learned of."""
        order = self.place(**fields)
        payments.check(self.pay(order))
        order.refresh_from_db()
        return order
