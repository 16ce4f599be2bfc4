"""The provider's books against ours: what differs is a row, told to people, closed by one."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.domain import (
    differences,
    ledger,
    payments,
    payouts,
    reconcile,
    refunds,
    settlement,
    webhooks,
)
from orders.models import Difference, Entry, Movement, Payment, Transaction, WebhookEvent
from orders.payments import provider
from orders.payments.protocol import Method, OrderFacts, WebhookFacts, WebhookKind
from orders.payouts import forget_provider
from tests.factories import make_user
from tests.orders.test_payouts import arrived, connect_account, make_staff
from tests.stripe_server import StripeServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _provider():
    forget_provider()
    yield
    forget_provider()


@pytest.fixture
def boss():
    return make_staff()


@pytest.fixture
def stripe_double(tmp_path):
    """One of its own: its books hold what this test did and nothing else."""
    server = StripeServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def compare(shop):
    """An hour later."""
    return lambda: reconcile.compare_books(now=timezone.now() + timedelta(hours=1))


def entries(kind):
    return sum(Entry.objects.filter(account__kind=kind).values_list("amount_fen", flat=True))


def pay_behind_our_back(shop, facts):
    started = provider().start(
        facts.intent_id, method=Method.CARD, return_url="http://shop.example:8000/"
    )
    shop.post(started.next.url, number="4242424242424242", expiry="12/34", cvc="123")


def test_books_that_agree_leave_nothing(shop, compare, boss):
    order = arrived(shop)
    refunds.refund(payment=order.payments.get(), amount_fen=500, reason="x", actor=boss, key="a1")
    refunds.send_due()

    run = compare()

    assert (run.looked_at, run.differences) == (2, 0)
    assert not Movement.objects.filter(transaction=None).exists()
    assert compare().differences == 0


def test_transfers_and_payouts_to_our_own_bank_are_answered(shop, compare, boss):
    order = arrived(shop)
    connect_account(shop, order.lines.get().producer, boss, make_staff())
    batch = payouts.make_batch(actor=boss, method="connect")
    payouts.approve(batch=batch, actor=make_staff())
    payouts.send_due()
    shop.double.client().v1.payouts.create({"amount": 1000, "currency": "cny"})

    run = compare()

    assert (run.looked_at, run.differences) == (3, 0)
    assert entries("bank") == 1000


def test_money_without_an_order_is_a_difference_and_told(shop, compare, boss):
    facts = provider().open(OrderFacts(reference="nobodys", amount_fen=700), idempotency_key="n1")
    pay_behind_our_back(shop, facts)

    assert compare().differences == 1
    found = reconcile.look_at_intents(now=timezone.now() + timedelta(hours=1))

    row = Difference.objects.get()
    assert (row.kind, row.key, found) == ("unknown_intent", f"intent:{facts.intent_id}", 0)
    told = boss.notifications.get()
    assert told.url == reverse("orders:money")
    assert told.deliveries.filter(channel="email", state="due").exists()


def test_a_fee_that_is_booked_late_is_posted_then(shop, compare):
    order = shop.paid()
    fee = order.payments.get().fee_fen
    order.payments.update(fee_fen=None, quarantined_reason="so that nobody asks the provider")
    for _attempt in range(settlement.WAIT_FOR_FEE_ATTEMPTS + 1):
        order.settlement.__class__.objects.update(due_at=order.placed_at)
        settlement.settle_due()
    assert entries("payment_fee") == 0

    compare()
    compare()

    assert entries("payment_fee") == -fee
    assert order.payments.get().fee_fen == fee
    assert Transaction.objects.filter(kind="fee").count() == 1


def test_a_ledger_entry_without_a_booking_is_a_difference(shop, compare):
    shop.paid()
    settlement.settle_due()
    ledger.post(
        key="order:made-up:paid",
        kind="paid",
        entries={("clearing", None): 900, ("platform", None): -900},
    )

    compare()

    row = Difference.objects.get()
    assert (row.kind, row.subject, row.wanted) == ("missing", "order:made-up:paid", "900")


def test_a_booking_of_another_amount_is_a_difference(shop, compare):
    shop.paid()
    settlement.settle_due()
    compare()
    Movement.objects.update(transaction=None, amount_fen=1)

    reconcile.compare_books(now=timezone.now() + timedelta(hours=2), since=timezone.now())

    assert set(Difference.objects.values_list("kind", flat=True)) == {"amount", "balance"}


def test_a_refund_in_the_providers_dashboard_is_a_difference(shop):
    order = shop.paid()
    intent = order.payments.get().intent_id
    shop.double.client().v1.refunds.create({"payment_intent": intent, "amount": 300})
    fetched = provider().fetch(intent)

    assert reconcile._compare_refunds(fetched, order.payments.get(), timezone.now()) == 1
    assert Difference.objects.get().found == "300"


def test_a_payment_we_never_heard_of_being_paid_is_learned(shop):
    order = shop.place()
    payment = shop.pay(order)

    reconcile.look_at_intents()

    payment.refresh_from_db()
    order.refresh_from_db()
    assert (payment.state, order.state) == ("succeeded", "paid")


def test_a_payment_of_another_amount_is_set_aside_and_told(shop, boss):
    order = shop.place()
    payment = shop.pay(order)
    Payment.objects.filter(pk=payment.pk).update(amount_fen=1)
    payment.refresh_from_db()

    payments.check(payment)
    payments.check(payment)

    row = Difference.objects.get()
    assert (row.kind, row.order) == ("payment", order)
    assert "amount_fen 1" in row.wanted
    order.refresh_from_db()
    assert order.state == "placed"
    assert boss.notifications.count() == 1


def test_a_webhook_nobody_can_explain_is_one_difference(boss):
    for number in range(2):
        webhooks.store(
            WebhookFacts(f"evt_{number}", "x.y", WebhookKind.PAYMENT, timezone.now(), "pi_nobody")
        )
    WebhookEvent.objects.update(attempts=webhooks.MOST_ATTEMPTS - 1)

    webhooks.handle_due()

    assert WebhookEvent.objects.exclude(quarantined_at=None).count() == 2
    assert Difference.objects.get().key == "webhook:pi_nobody"


def test_a_difference_is_closed_once_with_a_reason_by_somebody_with_the_right(boss):
    differences.report(kind="balance", key="k", subject="s")
    row = Difference.objects.get()

    with pytest.raises(DomainError) as refused:
        differences.close(difference=row, actor=make_user(is_staff=True), reason="x")
    assert refused.value.code == "money_right"
    with pytest.raises(DomainError) as refused:
        differences.close(difference=row, actor=boss, reason="  ")
    assert refused.value.code == "reason"
    differences.close(difference=row, actor=boss, reason="looked into")
    with pytest.raises(DomainError) as refused:
        differences.close(difference=row, actor=boss, reason="again")
    assert refused.value.code == "difference_closed"
    assert not differences.report(kind="balance", key="k", subject="s")
    assert differences.count_open() == 0


def test_the_database_wants_somebody_and_a_reason():
    differences.report(kind="balance", key="k", subject="s")

    with pytest.raises(IntegrityError, match="closed_by_someone"), transaction.atomic():
        Difference.objects.update(closed_at=timezone.now())


def test_the_command_says_what_is_open_and_fails_while_something_is(shop, compare, capsys):
    shop.paid()
    settlement.settle_due()

    call_command("reconcile", "--days", "0", "--intents")
    assert "No difference is open." in capsys.readouterr().out

    differences.report(kind="balance", key="k", subject="clearing", wanted="1", found="2")
    with pytest.raises(CommandError, match="1 differences"):
        call_command("reconcile", "--intents")
    assert "clearing: ours 1, theirs 2" in capsys.readouterr().out
    assert connection.in_atomic_block
