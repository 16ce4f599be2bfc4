"""Three hundred orders settled and paid out while workers die by kill -9 all the time.

Real Celery workers with their beat, the real double over HTTP, real kills. The twins show what the
row, the key and the sweep are for.
"""

import contextlib
import threading
import time
from datetime import timedelta
from uuid import uuid4

import psycopg2
import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from livecommerce.celery import app
from orders.domain import payables, payout_accounts, payouts, settlement
from orders.models import (
    Entry,
    Order,
    OrderLine,
    Payment,
    PayoutAccount,
    PayoutLine,
    Settlement,
    Transaction,
)
from orders.payouts import forget_provider
from tests.factories import make_deal, make_user
from tests.faults.workers import environment, forking, wait_until
from tests.orders.conftest import _one_stripe_double, shop, stripe_double
from tests.stripe_server import StripeServer

__all__ = ["_one_stripe_double", "shop"]
pytestmark = pytest.mark.django_db(transaction=True)

MANY = 300
KILLS_A_HALF = 8
SHARE = 3516


@pytest.fixture
def stripe_double(tmp_path):  # noqa: F811 -- one of its own: its transfers are counted
    server = StripeServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _provider(shop):
    forget_provider()
    yield
    forget_provider()


def staff():
    user = make_user(is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def make_paid_orders(number):
    """Paid and arrived ten days ago, with nothing posted yet; all of one producer."""
    deal, now, buyer = make_deal(), timezone.now(), make_user()
    run = uuid4().hex[:6]
    product, long_ago = deal.product, now - timedelta(days=10)
    orders = Order.objects.bulk_create(
        Order(
            number=f"K{run}{position:04}",
            buyer=buyer,
            key=uuid4(),
            state="delivered",
            items_fen=4800,
            total_fen=4800,
            placed_at=long_ago,
            expires_at=long_ago,
            paid_at=long_ago,
            delivered_at=long_ago,
        )
        for position in range(number)
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=product,
            deal=deal,
            name_zh="核桃",
            quantity=1,
            unit_price_fen=4800,
            amount_fen=4800,
            producer=product.producer,
            producer_fen=3200,
            packing_fen=300,
            freight_fen=600,
        )
        for order in orders
    )
    Payment.objects.bulk_create(
        Payment(
            order=order,
            method="card",
            idempotency_key=f"k:{order.number}",
            state="succeeded",
            amount_fen=4800,
            fee_fen=163,
        )
        for order in orders
    )
    Settlement.objects.bulk_create(Settlement(order=order) for order in orders)
    return product.producer


def pay_for_it(shop, producer, people):
    """Money in our balance, and an account of the producer that can be paid."""
    client = shop.double.client()
    client.v1.payment_intents.create(
        {
            "amount": 90_000_000,
            "currency": "cny",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "return_url": "http://shop.example:8000/",
        }
    )
    link = payout_accounts.open_connect_account(
        producer=producer,
        actor=people[0],
        return_url="http://shop.example:8000/",
        refresh_url="http://shop.example:8000/",
    )
    shop.post(link)
    row = PayoutAccount.objects.get()
    payout_accounts.confirm(account=row, actor=people[1])
    return row.connect_id


def approve_all(people):
    batch = payouts.make_batch(actor=people[0], method="connect")
    payouts.approve(batch=batch, actor=people[1])
    return batch


@contextlib.contextmanager
def waking(task):
    """What payments do in real life: ask again and again for a worker to look."""
    over = threading.Event()

    def ask():
        while not over.wait(0.3):
            app.send_task(task, retry=False, expires=5)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def transactions_open():
    """Sessions of others that hold an unfinished transaction at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        return cursor.fetchone()[0]


def transfers_in_hand():
    """Lines that some worker took and has not recorded."""
    taken = PayoutLine.objects.filter(state="batched", attempts__gt=0, due_at__gt=timezone.now())
    return set(taken.values_list("pk", flat=True))


def kill_while(workers, how_many_done, *, kills):
    """Kill each worker at another point of the work. Says when each died with which transfers in
    hand, and how many died with a transaction open."""
    died, caught = [], 0
    for number in range(kills):
        worker = workers.start()
        step = MANY * (number + 1) // (kills + 1)
        wait_until(lambda step=step: how_many_done() >= step)
        caught += transactions_open() > 0
        assert workers.kill(worker)
        died.append((timezone.now(), transfers_in_hand()))
    return died, caught


def test_three_hundred_settlements_under_kills_are_posted_and_paid_once(
    shop,
    tmp_path,
    record_property,
):
    people = staff(), staff()
    producer = make_paid_orders(MANY)
    account = pay_for_it(shop, producer, people)

    def posted():
        return Transaction.objects.filter(kind="paid").count()

    def sent():
        return PayoutLine.objects.filter(state="sent").count()

    with forking(environment(BEAT_FILE=str(tmp_path / "beat"))) as workers:
        with waking("orders.settle_due"):
            died, caught = kill_while(workers, posted, kills=KILLS_A_HALF)
            workers.start()
            wait_until(lambda: posted() == MANY)
            assert workers.kill(workers.alive[0])
        while payables.open_due():
            pass
        batch = approve_all(people)
        with waking("orders.send_payouts"):
            later, again = kill_while(workers, sent, kills=KILLS_A_HALF)
        # Nobody asks any more: the last ones are found by the sweep alone.
        workers.start()
        wait_until(lambda: sent() == MANY)

    assert len(died + later) >= 15
    assert caught + again > 0  # they really died in the middle of something
    assert Transaction.objects.filter(kind="paid").count() == MANY
    assert Transaction.objects.filter(kind="payout").count() == MANY
    assert Entry.objects.aggregate(fen=Sum("amount_fen"))["fen"] == 0
    listed = shop.double.client().v1.transfers.list({"destination": account, "limit": 100})
    transfers = list(listed.auto_paging_iter())
    assert len(transfers) == len({one.transfer_group for one in transfers}) == MANY
    assert {one.amount for one in transfers} == {SHARE}
    assert set(Settlement.objects.values_list("state", flat=True)) == {"paid_out"}
    batch.refresh_from_db()
    assert batch.state == "done"
    _report_recovery(later, record_property)


def _report_recovery(died, record_property):
    """How long what a dead worker had in hand took to be sent by another. Fifteen seconds are
    wanted: the lease (5 s), the sweep's period (5 s) and a worker's start; see docs/money.md."""
    sent_at = dict(PayoutLine.objects.values_list("pk", "sent_at"))
    last_death = {pk: at for at, in_hand in died for pk in in_hand}
    seconds = [(sent_at[pk] - at).total_seconds() for pk, at in last_death.items()]
    record_property("taken_over", len(seconds))
    record_property("slowest_recovery_seconds", round(max(seconds, default=0.0), 1))


@pytest.fixture
def one_line(shop):
    """One payout line in an approved batch, and the account it goes to."""
    people = staff(), staff()
    producer = make_paid_orders(1)
    settlement.settle_due()
    payables.open_due()
    account = pay_for_it(shop, producer, people)
    approve_all(people)
    return account


def transfers_to(shop, account):
    return shop.double.client().v1.transfers.list({"destination": account}).data


@contextlib.contextmanager
def books_locked():
    """Nobody can post: a worker stands still after its transfer and before its entry."""
    params = connection.get_connection_params()
    gate = psycopg2.connect(**{k: v for k, v in params.items() if k != "cursor_factory"})
    try:
        with gate.cursor() as cursor:
            cursor.execute("LOCK TABLE orders_entry IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        gate.close()


def waits_for_the_books():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
            " AND relation = 'orders_entry'::regclass"
        )
        return cursor.fetchone()[0]


SEND = "from orders.domain.payouts import send_due; send_due()"
WITHOUT_A_KEY = """
from orders.domain import payouts
from orders.models import PayoutLine
from orders.payments import provider
for line in PayoutLine.objects.filter(state="batched").select_related("payout", "order"):
    made = provider().transfer(
        destination=line.payout.payee["connect_id"], amount_fen=line.send_fen, currency="cny",
        reference="x", idempotency_key=str(__import__("uuid").uuid4()),
    )
    payouts._record(line, made.transfer_id)
"""


def die_before_recording(code, tmp_path):
    with forking(environment(BEAT_FILE=str(tmp_path / "beat"))) as workers, books_locked():
        worker = workers.start(code)
        wait_until(waits_for_the_books)
        assert workers.kill(worker)


def test_a_worker_killed_between_transfer_and_books_pays_once(shop, one_line, tmp_path):
    die_before_recording(SEND, tmp_path)
    assert len(transfers_to(shop, one_line)) == 1
    assert PayoutLine.objects.get().state == "batched"

    PayoutLine.objects.update(due_at=timezone.now())
    assert payouts.send_due() == 1

    assert len(transfers_to(shop, one_line)) == 1
    assert Transaction.objects.filter(kind="payout").count() == 1


def test_twin_without_the_lines_key_a_killed_worker_pays_twice(shop, one_line, tmp_path):
    die_before_recording(WITHOUT_A_KEY, tmp_path)
    assert len(transfers_to(shop, one_line)) == 1

    exec(WITHOUT_A_KEY, {})

    assert len(transfers_to(shop, one_line)) == 2


def test_twin_without_the_sweep_what_a_dead_worker_had_in_hand_is_not_found(
    shop,
    tmp_path,
):
    """The queue alone: the message died with the worker (Redis gives it back after minutes)."""
    make_paid_orders(1)
    with forking(environment(BEAT_FILE=str(tmp_path / "beat"))) as workers:
        with books_locked():
            worker = workers.start("celery(beat=False)")
            app.send_task("orders.settle_due", retry=False)
            wait_until(waits_for_the_books)
            assert workers.kill(worker)
        workers.start("celery(beat=False)")
        began = time.time()
        app.send_task("livecommerce.tasks.show_life", retry=False)
        wait_until(lambda: _last_sign_of_life() > began)

        assert Settlement.objects.get().state == "due"

        app.send_task("orders.settle_due", retry=False)  # what beat does
        wait_until(lambda: Settlement.objects.get().state == "posted")


def _last_sign_of_life():
    from livecommerce import redis_client
    from livecommerce.tasks import heartbeat_key

    return float(redis_client.sync().get(heartbeat_key()) or 0)
