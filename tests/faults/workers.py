"""Real workers, many of them, quickly: one process loads everything, each worker is a fork of it.

with forking(env) as workers:
    pid = workers.start("celery")   # or any code that a child is to run
    workers.kill(pid)               # kill -9, and waited for
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

PARENT = """
import json, os, signal, sys, time, warnings
warnings.filterwarnings("ignore", category=UserWarning)
import django
django.setup()
import orders.tasks, orders.payments.stripe, orders.payouts.connect
from livecommerce.celery import app
from livecommerce.embedded.tether import dies_with_parent
app.loader.import_default_modules()
app.finalize()

def celery(beat=True):
    schedule = ["--beat", "--schedule", os.environ["BEAT_FILE"] + str(os.getpid())]
    app.worker_main([
        "--quiet", "worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "ERROR",
        "--without-gossip", "--without-mingle", "--without-heartbeat", *(schedule if beat else []),
    ])

tie = dies_with_parent(signal.SIGKILL)
print("ready", flush=True)
for order in sys.stdin:
    order = json.loads(order)
    if "start" in order:
        child = os.fork()
        if child:
            os.setpgid(child, child)
        else:
            tie()
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            exec(order["start"], {"celery": celery})
            os._exit(0)
        print(child, flush=True)
    else:
        os.killpg(order["kill"], signal.SIGKILL)  # its beat is a process of its own
        _pid, status = os.waitpid(order["kill"], 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else -1, flush=True)
"""


def environment(**more):
    """This test's own database, Redis and double, for another process."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = quote(connection.settings_dict["NAME"])
    return {
        **os.environ,
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
        "STRIPE_SECRET_KEY": settings.STRIPE_SECRET_KEY,
        "STRIPE_WEBHOOK_SECRET": settings.STRIPE_WEBHOOK_SECRET,
        "STRIPE_API_BASE": settings.STRIPE_API_BASE,
        **more,
    }


class Workers:
    def __init__(self, env):
        self._parent = subprocess.Popen(
            [sys.executable, "-c", PARENT],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._parent.stdout.readline().strip() == "ready"
        self.alive = []

    def start(self, code="celery()"):
        self.alive.append(int(self._ask(start=code)))
        return self.alive[-1]

    def kill(self, pid):
        """True: it really was running, and died of this."""
        self.alive.remove(pid)
        return int(self._ask(kill=pid)) == signal.SIGKILL

    def close(self):
        for pid in list(self.alive):
            with contextlib.suppress(ProcessLookupError):
                self.kill(pid)
        self._parent.stdin.close()
        self._parent.wait(10)
        self._parent.stdout.close()

    def _ask(self, **order):
        self._parent.stdin.write(json.dumps(order) + "\n")
        self._parent.stdin.flush()
        return self._parent.stdout.readline().strip()


@contextlib.contextmanager
def forking(env):
    workers = Workers(env)
    try:
        yield workers
    finally:
        workers.close()


def wait_until(claim, *, seconds=60):
    """What the claim says as soon as it is true; fails when it never is."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if found := claim():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
