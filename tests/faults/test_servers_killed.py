"""PostgreSQL, Valkey and the pages role die by kill -9 while people buy. No acknowledged order is
lost, nobody gets more than their limit, nothing is half done; each with a twin that shows why."""

import contextlib
import threading
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import redis
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore

from products.models import StockPool
from tests.factories import make_address, make_deal, make_user
from tests.faults.own_servers import own_servers
from tests.faults.workers import forking, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
CSRF = "b" * 32
BUYERS, LIMIT, UNITS = 12, 40, 5000
SEEN = b'action="/orders/'


class Buyer:
    """Somebody signed in, with an address, who presses the button again and again."""

    def __init__(self, deal):
        self.user = make_user()
        self.deal, self.address = deal, make_address(self.user)
        # Asked for here: a thread of the crowd that asks the database keeps a connection to it.
        self.path = f"/buy/{deal.product.sku}/place/"
        session = SessionStore()
        session[SESSION_KEY] = str(self.user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        session.save()
        self.session = session.session_key

    def press(self, port, *, seconds=15):
        """The number of the order that was confirmed, or "" for anything else."""
        form = {
            "price": self.deal.price_fen,
            "quantity": 1,
            "room": "",
            "address": self.address.pk,
            "key": uuid4().hex,
        }
        line = HTTPConnection("127.0.0.1", port, timeout=seconds)
        try:
            line.request(
                "POST",
                self.path,
                urlencode(form),
                {
                    "HX-Request": "true",
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
                    "X-CSRFToken": CSRF,
                },
            )
            body = line.getresponse().read()
        except (OSError, HTTPException):
            return ""
        finally:
            line.close()
        at = body.find(SEEN)
        return body[at + len(SEEN) :].split(b"/", 1)[0].decode() if at >= 0 else ""


class Crowd:
    """Buyers in threads of their own, from the first `start` until `stop`."""

    def __init__(self, buyers, port):
        self.acked, self._over = [], threading.Event()
        self._threads = [threading.Thread(target=self._buy, args=(one, port)) for one in buyers]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _buy(self, buyer, port):
        while not self._over.is_set():
            number = buyer.press(port)
            if number:
                self.acked.append((number, time.monotonic()))
            time.sleep(0.02)

    def since(self, moment):
        return [number for number, at in self.acked if at > moment]


@pytest.fixture
def limit():
    return LIMIT


@pytest.fixture
def stage(limit):
    """A flash sale on servers of its own, a dozen people signed in, and the pages open."""
    deal = make_deal(quantity=UNITS // 10, per_person_limit=limit, is_flash=True)
    buyers = [Buyer(deal) for _ in range(BUYERS)]
    with own_servers() as servers:
        servers.copy_test_database()
        servers.deal, servers.buyers = deal, buyers
        servers.pool = StockPool.objects.get(deal=deal).pk
        yield servers


def assert_nothing_is_half_done(servers):
    bare = servers.sql(
        "SELECT count(*) FROM orders_order o WHERE NOT EXISTS"
        " (SELECT 1 FROM orders_orderline WHERE order_id = o.id)"
        " OR NOT EXISTS (SELECT 1 FROM orders_hold WHERE order_id = o.id)"
        " OR NOT EXISTS (SELECT 1 FROM orders_orderevent WHERE order_id = o.id)"
    )
    assert bare == [(0,)]
    ((total, available, held, sold, kept),) = servers.sql(
        "SELECT total, available, held, sold, (SELECT coalesce(sum(quantity), 0) FROM orders_hold"
        " WHERE state = 'held' AND pool_id = pool.id) FROM products_stockpool pool WHERE id = %s",
        servers.pool,
    )
    assert available + held + sold == total
    assert held == kept
    most = servers.deal.per_person_limit
    assert servers.sql("SELECT 1 FROM orders_limitcounter WHERE quantity > %s", most) == []


def numbers_in(servers):
    return {number for (number,) in servers.sql("SELECT number FROM orders_order")}


def test_postgres_killed_under_load_loses_no_acknowledged_order(stage, record_property):
    stage.start_pages()
    with Crowd(stage.buyers, stage.port) as crowd:
        wait_until(lambda: len(crowd.acked) > 20)
        stage.kill_postgres()
        died = time.monotonic()
        stage.restart_postgres()
        wait_until(lambda: crowd.since(died + 0.5), seconds=30)
        recovered = time.monotonic() - died

    acked = [number for number, _at in crowd.acked]
    assert len(acked) == len(set(acked)) > 20
    assert set(acked) <= numbers_in(stage)
    assert_nothing_is_half_done(stage)
    record_property("recovered_seconds", round(recovered, 1))


def test_twin_without_waiting_for_the_disk_postgres_loses_what_it_acknowledged():
    """What `synchronous_commit = on` in the checkout's function is for."""
    lost = {}
    with own_servers() as servers:
        servers.sql("CREATE TABLE note (id serial PRIMARY KEY, setting text)")
        servers.sql("ALTER SYSTEM SET wal_writer_delay = '10s'")
        servers.sql("ALTER SYSTEM SET wal_writer_flush_after = '1GB'")
        for setting in ("on", "off"):
            servers.restart_postgres()
            with contextlib.closing(servers.connect()) as made, made.cursor() as cursor:
                cursor.execute(f"SET synchronous_commit = {setting}")
                for _ in range(50):
                    cursor.execute("INSERT INTO note (setting) VALUES (%s)", [setting])
                servers.kill_postgres()
            servers.restart_postgres()
            ((there,),) = servers.sql("SELECT count(*) FROM note WHERE setting = %s", setting)
            lost[setting] = 50 - there

    assert lost["on"] == 0
    assert lost["off"] > 0


@pytest.mark.parametrize("limit", [4])
def test_valkey_killed_buying_goes_on_and_limits_hold(stage, limit):
    stage.start_pages()
    first = stage.buyers[0]
    assert first.press(stage.port)

    stage.kill_valkey()
    assert all(buyer.press(stage.port) for buyer in stage.buyers)

    stage.restart_valkey()  # empty: whatever was counted in it is gone
    while first.press(stage.port):
        pass
    ((bought,),) = stage.sql(
        "SELECT quantity FROM orders_limitcounter WHERE buyer_id = %s", first.user.pk
    )
    assert bought == limit
    assert_nothing_is_half_done(stage)


def test_twin_a_counter_that_lives_in_valkey_alone_sells_again():
    def buy(times):
        with contextlib.closing(redis.from_url(servers.valkey.url)) as counter:
            return sum(counter.incr("sold") <= 3 for _ in range(times))

    with own_servers() as servers:
        first = buy(5)
        servers.kill_valkey()
        servers.restart_valkey()
        again = buy(5)

    assert (first, again) == (3, 3)  # of three


@contextlib.contextmanager
def pool_locked(servers):
    with contextlib.closing(servers.connect()) as gate, gate.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM products_stockpool WHERE id = %s FOR UPDATE", [servers.pool])
        yield
        cursor.execute("ROLLBACK")


def somebody_waits(servers):
    return servers.sql("SELECT 1 FROM pg_locks WHERE NOT granted") != []


def somebody_works(servers):
    busy = "SELECT 1 FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
    return servers.sql(f"{busy} AND datname = current_database()") != []


def test_pages_killed_in_the_middle_of_a_batch_leave_no_half_order(stage):
    stage.start_pages()
    with pool_locked(stage):
        with Crowd(stage.buyers, stage.port) as crowd:
            wait_until(lambda: somebody_waits(stage))
            stage.kill_pages()
        assert crowd.acked == []
    wait_until(lambda: not somebody_works(stage))  # PostgreSQL ends what it had begun
    assert_nothing_is_half_done(stage)

    stage.sql("UPDATE orders_order SET expires_at = now() - interval '1 second'")
    stage.run("from orders.domain.holds import release_expired; release_expired()")

    left = stage.sql("SELECT available, held FROM products_stockpool WHERE id = %s", stage.pool)
    assert left == [(UNITS // 10, 0)]
    stage.start_pages()
    assert stage.buyers[0].press(stage.port)


IN_TWO_STEPS = """
from django.db import transaction
from django.utils import timezone
from orders.models import Order
from products.models import StockPool
from uuid import uuid4
order = Order.objects.create(
    number="half", buyer_id={buyer}, key=uuid4(), items_fen=1, total_fen=1,
    placed_at=timezone.now(), expires_at=timezone.now(),
)
with transaction.atomic():
    pool = StockPool.objects.select_for_update().get(pk={pool})
    order.holds.create(pool=pool, quantity=1, expires_at=order.expires_at)
"""


def test_twin_an_order_in_two_steps_is_left_half_done(stage):
    code = IN_TWO_STEPS.format(buyer=stage.buyers[0].user.pk, pool=stage.pool)
    environment = {**stage.environment(), "BEAT_FILE": ""}
    with forking(environment) as workers, pool_locked(stage):
        worker = workers.start(code)
        wait_until(lambda: somebody_waits(stage))
        assert workers.kill(worker)

    with pytest.raises(AssertionError):
        assert_nothing_is_half_done(stage)
