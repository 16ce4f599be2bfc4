"""A worker that dies with a message in its hand: real processes, a real kill -9, real SMTP.

What was said may have been heard; so it is not said again. What was not said is said by the next.
"""

import contextlib
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from datetime import timedelta
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from livecommerce.notifications import domain
from livecommerce.notifications.models import Delivery, Notification
from products.domain import stock, stock_watch
from products.models import StockWatch
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "from livecommerce.notifications import domain; domain.send_due()"
TELL = "from products.domain.stock_watch import tell_of_returned; tell_of_returned()"


class Letters(socketserver.BaseRequestHandler):
    """Takes a letter whole; while `gate` is closed it says nothing afterwards."""

    def handle(self):
        with contextlib.suppress(ConnectionError):
            self._talk(self.request.makefile("rb"))

    def _talk(self, lines):
        say = lambda words: self.request.sendall(words + b"\r\n")  # noqa: E731
        say(b"220 letters")
        for line in lines:
            word = line[:4].upper()
            if word == b"DATA":
                say(b"354 go on")
                text = b"".join(iter(lines.readline, b".\r\n"))
                self.server.heard.append(text)
                self.server.gate.wait(60)
                say(b"250 taken")
            elif word == b"QUIT":
                say(b"221 bye")
                return
            else:
                say(b"250 well")


@pytest.fixture
def post():
    socketserver.ThreadingTCPServer.daemon_threads = True
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Letters)
    server.heard, server.gate = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()


def start(code, **more):
    """A worker of its own on the test's database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = quote(connection.settings_dict["NAME"])
    url = urlunsplit(parts._replace(path=f"/{name}"))
    return subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=os.environ | {"DATABASE_URL": url} | more,
    )


def wait_until(claim):
    give_up = time.monotonic() + 60
    while not claim():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def kill(worker):
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL


def test_a_letter_in_a_dead_workers_hand_is_not_sent_twice(post):
    address = {"EMAIL_URL": f"smtp://127.0.0.1:{post.server_address[1]}"}
    for number in range(2):
        domain.notify(
            user=make_user(), kind="order_paid", key=f"k:{number}", title="已付款", body="x"
        )
    worker = start(SEND, **address)
    wait_until(lambda: post.heard)
    kill(worker)
    assert sorted(Delivery.objects.filter(channel="email").values_list("state", flat=True)) == [
        "due",
        "sending",
    ]

    post.gate.set()
    assert start(SEND, **address).wait(60) == 0
    assert start(SEND, **address).wait(60) == 0
    held = Delivery.objects.filter(channel="email", state="sending")
    held.update(due_at=timezone.now() - domain.STUCK_AFTER - timedelta(seconds=1))
    assert domain.give_up_stuck() == 1
    assert start(SEND, **address).wait(60) == 0

    marks = [text.split(b"Message-ID: ")[1].split(b"\r\n")[0] for text in post.heard]
    assert sorted(marks) == [b"<k.0@livecommerce>", b"<k.1@livecommerce>"]
    assert Notification.objects.count() == 2, "the inbox has both"


def test_a_sweep_killed_in_the_middle_of_a_batch_tells_everyone_once():
    product = make_product(stock=0)
    for _ in range(5):
        stock_watch.watch(user=make_user(), product=product)
    stock.receive_goods(product=product, quantity=5)
    params = connection.get_connection_params()
    gate = psycopg2.connect(**{k: v for k, v in params.items() if k != "cursor_factory"})
    try:
        with gate.cursor() as cursor:
            cursor.execute("LOCK TABLE notifications_delivery IN ACCESS EXCLUSIVE MODE")
        worker = start(TELL)
        wait_until(_is_waiting_for_the_outbox)
        kill(worker)
    finally:
        gate.close()

    wait_until(lambda: not _is_waiting_for_the_outbox())
    assert not StockWatch.objects.exclude(told_at=None).exists()
    assert not Notification.objects.exists()
    assert [stock_watch.tell_of_returned(), stock_watch.tell_of_returned()] == [5, 0]
    assert Notification.objects.filter(kind="back_in_stock").count() == 5


def _is_waiting_for_the_outbox():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
            " AND relation = 'notifications_delivery'::regclass"
        )
        return cursor.fetchone()[0] > 0
