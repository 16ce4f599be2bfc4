"""A shop for the bench: durable PostgreSQL, real sessions, one hot product, many buyers."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from livecommerce.embedded import places
from livecommerce.embedded.postgres import Postgres, start_postgres
from livecommerce.embedded.roles import PAGES
from livecommerce.embedded.tether import dies_with_parent
from livecommerce.embedded.valkey import start_valkey

PORT = int(os.environ.get("BENCH_PORT", "8800"))
CSRF = "b" * 32


@contextmanager
def servers() -> Iterator[Postgres]:
    """Our own PostgreSQL with fsync on, and Valkey; the environment leads to them."""
    folder = Path(tempfile.mkdtemp(prefix="livecommerce-bench-"))
    folder.chmod(0o711)
    (folder / "staticfiles").mkdir()
    postgres = start_postgres(folder, durable=True)
    valkey = start_valkey(folder, durable=False)
    os.environ.update(
        DATABASE_URL=postgres.url,
        REDIS_URL=valkey.url,
        DATA_DIR=str(folder),
        SECRET_KEY=secrets.token_hex(32),
        DJANGO_SETTINGS_MODULE="livecommerce.settings",
        ALLOWED_HOSTS="127.0.0.1",
        LOG_LEVEL="WARNING",
        STATIC_STORAGE="django.contrib.staticfiles.storage.StaticFilesStorage",
    )
    try:
        yield postgres
    finally:
        valkey.stop()
        postgres.stop()
        places.forget(folder)
        shutil.rmtree(folder, ignore_errors=True)


class World:
    """`units` of one product in a deal with a per-person `limit`, and `buyers` signed in."""

    def __init__(self, *, units: int, limit: int, buyers: int) -> None:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        # Factories of the tests: they go through the database's own rules.
        from products.models import StockPool
        from tests.factories import make_deal, make_product

        product = make_product(stock=units + 1)
        self.deal = make_deal(product, quantity=units, per_person_limit=limit, is_flash=True)
        self.pool = StockPool.objects.get(deal=self.deal)
        self.units, self.limit = units, limit
        self._heads = [self._head(*facts) for facts in self._sign_in(buyers)]
        _know_the_tables()

    def _sign_in(self, count: int) -> list[tuple[str, int]]:
        """Session and address of each buyer, as signing in and the address book leave them."""
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.cached_db import SessionStore

        from livecommerce.accounts.models import Address, User

        users = User.objects.bulk_create(
            User(email=f"buyer{i}@example.com", display_name=f"买家{i}", password="!")
            for i in range(count)
        )
        addresses = Address.objects.bulk_create(
            Address(
                user=user,
                recipient="覃小满",
                phone="13800138000",
                province="广西壮族自治区",
                city="河池市",
                county="凤山县",
                street="幸福路 1 号",
                is_default=True,
            )
            for user in users
        )
        signed_in = []
        for user, address in zip(users, addresses, strict=True):
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.save()
            signed_in.append((str(session.session_key), address.pk))
        return signed_in

    def _head(self, session: str, address: int) -> tuple[bytes, bytes]:
        """The parts of a buyer's request before and after its key, as a browser sends the sheet."""
        token = _token()
        form = {
            "csrfmiddlewaretoken": token,
            "price": self.deal.price_fen,
            "room": "",
            "quantity": 1,
            "address": address,
        }
        body = urlencode(form).encode() + b"&key="
        head = (
            f"POST /buy/{self.deal.product.sku}/place/ HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n"
            f"Origin: http://127.0.0.1:{PORT}\r\nReferer: http://127.0.0.1:{PORT}/rooms/hot/\r\n"
            "HX-Request: true\r\nAccept: */*\r\nAccept-Language: zh-CN,zh;q=0.9\r\n"
            f"Cookie: sessionid={session}; csrftoken={CSRF}\r\nX-CSRFToken: {token}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body) + 32}\r\n\r\n"
        )
        return head.encode(), body

    def requests(self) -> Iterator[bytes]:
        """One purchase after the other, each by the next buyer, each with a key of its own."""
        for head, body in cycle(self._heads):
            yield head + body + uuid4().hex.encode()

    def damage(self, acked: list[str]) -> dict[str, int]:
        """What must never happen, counted from the rows."""
        from django.db.models import Sum

        from orders.models import Hold, Order, OrderLine

        self.pool.refresh_from_db()
        held = Hold.objects.filter(pool=self.pool, state="held").aggregate(n=Sum("quantity"))
        by_buyer = OrderLine.objects.filter(deal=self.deal).values("order__buyer")
        over = by_buyer.annotate(n=Sum("quantity")).filter(n__gt=self.limit)
        known = set(Order.objects.values_list("number", flat=True))
        promised = (held["n"] or 0) - self.pool.total
        return {
            "oversold": max(promised, 0) + abs((held["n"] or 0) - self.pool.held),
            "limit_breaches": over.count(),
            "acked_lost": len(set(acked) - known) + len(acked) - len(set(acked)),
        }

    def empty(self) -> None:
        """Between rounds: no orders but those of long ago, all stock back."""
        from django.db import connection

        from products.models import StockPool

        with connection.cursor() as cursor:
            cursor.execute("SET livecommerce.allow_truncate = 'on'")
            cursor.execute("TRUNCATE orders_order, orders_limitcounter CASCADE")
            cursor.execute(_PAST_ORDERS, [PAST_ORDERS])
            cursor.execute("ANALYZE orders_order")
        StockPool.objects.filter(pk=self.pool.pk).update(
            available=self.units, held=0, sold=0, total=self.units
        )
        from django.contrib.sessions.models import Session  # noqa: F401  # sessions stay

        from livecommerce import redis_client

        client = redis_client.sync()
        for key in client.scan_iter(redis_client.key("limit", "*")):
            client.delete(key)


PAST_ORDERS = 20_000
_PAST_ORDERS = """
    INSERT INTO orders_order (
        number, buyer_id, key, request_hash, state, currency, items_fen, freight_fen,
        discount_fen, total_fen, address, placed_at, expires_at, paid_at, closed_at)
    SELECT 'PAST' || n, buyers.ids[1 + n %% cardinality(buyers.ids)], gen_random_uuid(), '',
           'completed', 'cny', 1990, 0, 0, 1990, '{}', now() - interval '90 days',
           now() - interval '90 days', now() - interval '90 days', now() - interval '60 days'
    FROM generate_series(1, %s) n,
         (SELECT array_agg(id) AS ids FROM accounts_user WHERE email LIKE 'buyer%%') buyers
"""
"""A shop has a past: with none, plans are made for an empty table and kept while it fills."""


def _know_the_tables() -> None:
    """As autovacuum does within a minute, and `pgbench -i` to its own tables at once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _token() -> str:
    """The secret of the cookie as a page of the shop holds it: masked."""
    from django.http import HttpRequest
    from django.middleware.csrf import get_token

    request = HttpRequest()
    request.META["CSRF_COOKIE"] = CSRF
    return get_token(request)


@contextmanager
def pages(application: str, *, workers: int, threads: int) -> Iterator[list[int]]:
    """The pages role as `make run` starts it; the pids of its processes."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(PORT), "--log-level", "error", application]
    environment = PAGES.environment(os.environ) | {
        "GRANIAN_WORKERS": str(workers),
        "GRANIAN_BLOCKING_THREADS": str(threads),
    }
    if not places.is_port_free(PORT):  # or somebody else's shop would be measured
        raise RuntimeError(f"port {PORT} is in use; set BENCH_PORT to a free one")
    process = subprocess.Popen(
        command, env=environment, preexec_fn=dies_with_parent(signal.SIGTERM)
    )
    try:
        _await(f"http://127.0.0.1:{PORT}/livez")
        yield [process.pid, *_children(process.pid)]
    finally:
        process.terminate()
        process.wait(20)


def cpu_seconds(pids: list[int]) -> dict[int, float]:
    """User and system time of each of these processes so far."""
    spent = {}
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def cpu_since(before: dict[int, float], pids: list[int]) -> float:
    """Seconds these processes took since; one that began meanwhile counts in full.

    A backend made for a thread's first request in the middle of a round is such a one.
    """
    return sum(now - before.get(pid, 0.0) for pid, now in cpu_seconds(pids).items())


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    return [pid, *(one for child in _children(pid) for one in family(child))]


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def _await(url: str) -> None:
    give_up = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


def settle() -> Any:
    """A checkpoint, so that one contender does not pay for the writes of another."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
