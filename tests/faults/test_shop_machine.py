"""Whatever people, the provider and the clock do, in whatever order: stock, limits and books hold.

A Hypothesis state machine over the real domain, the real database and the real double. Every step
is followed by the invariants, the deferred constraints among them.
"""

from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from livecommerce.errors import DomainError
from orders.domain import holds, payables, payments, refunds, settlement
from orders.models import (
    Entry,
    Hold,
    LimitCounter,
    Order,
    Payment,
    PayoutLine,
    Refund,
    Settlement,
)
from products.models import StockPool
from tests.factories import make_deal, make_user
from tests.orders.conftest import Shop, _one_stripe_double, shop, stripe_double

__all__ = ["_one_stripe_double", "shop", "stripe_double"]
pytestmark = pytest.mark.django_db
STOCK, LIMIT = 6, 2


@contextmanager
def refused_as(*codes):
    """Either it goes well, or it is refused in these words."""
    try:
        yield
    except DomainError as error:
        if error.code not in codes:
            raise


class ShopMachine(RuleBasedStateMachine):
    shop: Shop
    placed = Bundle("placed")
    paid = Bundle("paid")

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.deal = make_deal(quantity=STOCK, per_person_limit=LIMIT)
        self.buyers = [make_user() for _ in range(4)]
        self.staff = make_user(is_staff=True, is_superuser=True)

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(target=placed)
    def open_the_shop(self):
        return multiple(
            *(self.shop.place(deal=self.deal, buyer=buyer) for buyer in self.buyers[:2])
        )

    @rule(target=placed, buyer=st.integers(0, 3), quantity=st.integers(1, 3))
    def place(self, buyer, quantity):
        with refused_as("sold_out", "limit_reached"):
            return self.shop.place(deal=self.deal, quantity=quantity, buyer=self.buyers[buyer])
        return multiple()

    @rule(target=paid, order=placed, card=st.sampled_from(["4242424242424242", "4000000000000002"]))
    def pay(self, order, card):
        """At the provider; the shop is not told."""
        with refused_as("order_closed"):
            step = self.shop.start(order).next
            if step is not None:
                self.shop.post(step.url, number=card, expiry="12/34", cvc="123")
        return order

    @rule(order=paid)
    def learn(self, order):
        """A webhook, early, late or twice."""
        for payment in order.payments.exclude(intent_id=None):
            payments.check(payment)

    @rule(order=placed)
    def run_out(self, order):
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        holds.release_expired()

    @rule()
    def close_payments(self):
        payments.cancel_of_closed_orders()

    @rule(order=placed)
    def cancel(self, order):
        with refused_as("cannot_cancel"):
            holds.cancel(order=order, actor=order.buyer)

    @rule(order=paid, fen=st.integers(-1, 20_000))
    def give_back(self, order, fen):
        payment = order.payments.filter(state="succeeded").first()
        if payment is None:
            return
        with refused_as("refund_amount", "refund_too_large"):
            refunds.refund(
                payment=payment, amount_fen=fen, reason="x", actor=self.staff, key=uuid4().hex
            )

    @rule()
    def send_refunds(self):
        Refund.objects.update(due_at=timezone.now())
        refunds.send_due()

    @rule()
    def settle(self):
        Settlement.objects.update(due_at=timezone.now())
        settlement.settle_due()

    @rule(order=consumes(paid))
    def arrive(self, order):
        long_ago = timezone.now() - timedelta(days=30)
        Order.objects.filter(pk=order.pk, state="paid").update(
            state="delivered", delivered_at=long_ago
        )
        payables.open_due()

    @invariant()
    def nothing_is_sold_twice(self):
        pool = StockPool.objects.get(deal=self.deal)
        assert min(pool.available, pool.held, pool.sold) >= 0
        assert pool.available + pool.held + pool.sold == pool.total == STOCK
        for state, units in (("held", pool.held), ("sold", pool.sold)):
            kept = Hold.objects.filter(pool=pool, state=state)
            assert kept.aggregate(n=Sum("quantity", default=0))["n"] == units

    @invariant()
    def nobody_has_more_than_the_limit(self):
        counters = LimitCounter.objects.filter(deal=self.deal)
        assert not counters.filter(quantity__gt=LIMIT).exists()
        kept = Hold.objects.filter(order__buyer__in=self.buyers, state__in=["held", "sold"])
        units = kept.aggregate(n=Sum("quantity", default=0))["n"]
        assert counters.aggregate(n=Sum("quantity", default=0))["n"] == units

    @invariant()
    def no_more_goes_back_than_came_in(self):
        assert not Payment.objects.filter(refunded_fen__gt=F("amount_fen")).exists()
        for order in Order.objects.filter(buyer__in=self.buyers):
            assert order.payments.filter(state="succeeded").count() <= 1

    @invariant()
    def the_books_balance_and_agree_with_the_payments(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert Entry.objects.aggregate(fen=Sum("amount_fen", default=0))["fen"] == 0
        for order in Order.objects.filter(settlement__state__in=["posted", "paid_out"]):
            payment = order.payments.get(state="succeeded")
            back = payment.refunds.filter(state="done").aggregate(n=Sum("amount_fen", default=0))
            assert _fen("clearing", order) == payment.amount_fen - back["n"]

    @invariant()
    def producers_are_owed_what_the_books_say(self):
        lines = PayoutLine.objects.filter(order__settlement__lines_at__isnull=False)
        for order in Order.objects.filter(pk__in=lines.values("order")):
            payables.work_out(order)
            owed = order.payout_lines.aggregate(n=Sum("amount_fen", default=0))["n"]
            assert owed == -_fen("producer", order)


def _fen(kind, order):
    rows = Entry.objects.filter(account__kind=kind, transaction__order=order)
    return rows.aggregate(fen=Sum("amount_fen", default=0))["fen"]


CALM = settings(
    max_examples=10,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


LONG = settings(CALM, max_examples=60, phases=[Phase.generate])


def test_nothing_people_do_breaks_stock_limits_or_books(shop):
    machine = type("Machine", (ShopMachine,), {"shop": shop})

    run_state_machine_as_test(machine, settings=CALM)


def test_twin_a_careless_release_is_found_by_the_machine(shop):
    """The machine really finds what is wrong: here, an expiry that gives stock back twice."""

    class Careless(ShopMachine):
        @rule(order=ShopMachine.placed)
        def give_back_twice(self, order):
            held = order.holds.filter(state="held").first()
            if held is not None:
                StockPool.objects.filter(pk=held.pool_id, held__gte=held.quantity).update(
                    available=F("available") + held.quantity, held=F("held") - held.quantity
                )

    machine = type("Machine", (Careless,), {"shop": shop})

    with pytest.raises(AssertionError):  # that it fails is enough; not how little it takes
        run_state_machine_as_test(
            machine, settings=settings(CALM, max_examples=60, phases=[Phase.generate])
        )
