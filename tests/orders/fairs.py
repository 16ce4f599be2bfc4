"""Orders of a festival as plain rows: paid, in the books, settled or not, and reviewed."""

from datetime import timedelta

from django.utils import timezone

from orders.domain import ledger
from orders.domain.money_shares import receipt_entries
from orders.models import OrderLine, Review, Settlement
from tests.orders.farms import make_paid_order


def sell(show, product, *, quantity=1, buyer=None, ago=timedelta(days=1), stars=None, settled=True):
    """One order of one product in a show of the festival, its money in the books."""
    order = make_paid_order((product, quantity), buyer=buyer, ago=ago, state="completed")
    OrderLine.objects.filter(order=order).update(broadcast=show)
    Settlement.objects.create(
        order=order,
        state="posted",
        posted_at=timezone.now(),
        lines_at=timezone.now() if settled else None,
    )
    entries = receipt_entries(ledger.shares_of(order), fee_fen=0)
    ledger.post(key=f"order:{order.number}:paid", kind="paid", order=order, entries=entries)
    if stars:
        line = order.lines.get()
        Review.objects.create(line=line, product=product, author=order.buyer, stars=stars)
    return order
