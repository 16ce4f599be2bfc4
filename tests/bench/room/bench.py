"""How many sockets a room carries: `python -m tests.bench.room [--quick]`.

The product's own realtime role, with sign-in and everything on, beside Node's `ws` and a plain
Channels consumer. Each server has one core to itself, the crowd (load.c) and the data servers
have the others; the servers take turns, round by round, so that a machine that slows down slows
all of them. The unit that survives noise is deliveries per second of the server's CPU.
"""

import argparse
import asyncio
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from livecommerce.embedded import places
from livecommerce.embedded.postgres import start_postgres
from livecommerce.embedded.valkey import start_valkey

MAIN_N = 2000
PORT = int(os.environ.get("BENCH_PORT", "8730"))
COOKIES_PER_PERSON = 4
"""Sockets of each signed-in person."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of the main figures")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with _servers() as folder:
        subprocess.run(
            ["gcc", "-O2", "-o", folder / "load", Path(__file__).parent / "load.c"], check=True
        )
        print(json.dumps(Bench(folder, hard, quick=options.quick, rounds=options.rounds).run()))


@contextmanager
def _servers() -> Iterator[Path]:
    """A PostgreSQL and a Valkey of our own, and the environment that leads to them."""
    folder = Path(tempfile.mkdtemp(prefix="livecommerce-bench-"))
    folder.chmod(0o711)
    (folder / "staticfiles").mkdir()
    postgres = start_postgres(folder, durable=False)
    valkey = start_valkey(folder, durable=False)
    os.environ.update(
        DATABASE_URL=postgres.url,
        REDIS_URL=valkey.url,
        DATA_DIR=str(folder),
        SECRET_KEY=secrets.token_hex(32),
        DJANGO_SETTINGS_MODULE="livecommerce.settings",
        ALLOWED_HOSTS="127.0.0.1,localhost",
        LOG_LEVEL="WARNING",
        PYTHONWARNINGS="ignore",
        STATIC_STORAGE="django.contrib.staticfiles.storage.StaticFilesStorage",
    )
    try:
        yield folder
    finally:
        valkey.stop()
        postgres.stop()
        places.forget(folder)
        shutil.rmtree(folder, ignore_errors=True)


class Bench:
    def __init__(self, folder: Path, files: int, *, quick: bool, rounds: int) -> None:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from tests.bench.room import contenders  # needs the settings of the servers above

        self.contenders = contenders
        self.load = folder / "load"
        self.cookies = folder / "cookies"
        self.quick = quick
        self.rounds = 1 if quick else rounds
        self.seconds = 2.0 if quick else 4.0
        self.numbers = [500] if quick else [500, 5000, 10000]
        self.numbers = [n for n in self.numbers if n + 500 < files]
        self._set_scene(contenders.SHOW)
        self._sign_in(MAIN_N if quick else max(MAIN_N, *self.numbers))
        self.cores = cores = sorted(os.sched_getaffinity(0))
        self.core, self.others = str(cores[0]), ",".join(map(str, cores[1:] or cores))
        os.sched_setaffinity(0, set(cores[1:] or cores))

    def run(self) -> dict[str, Any]:
        named = self.contenders
        rounds = [
            {
                one.name: self._measure(one, MAIN_N)
                for one in (named.PRODUCT, named.NODE, named.PLAIN)
            }
            for _ in range(self.rounds)
        ]
        by_n: dict[str, Any] = {}
        try:
            for n in self.numbers:
                pair = {one.name: self._measure(one, n) for one in (named.PRODUCT, named.NODE)}
                by_n[str(n)] = pair["product"] | {"over_node_ws": _ratio(pair, "node_ws")}
            largest = max([MAIN_N, *self.numbers])
            by_n.setdefault(str(largest), {})["with_tick_20_per_s"] = self._measure(
                named.PRODUCT, largest, rate=20, seconds=10
            )
        except RuntimeError as error:  # a machine too busy for so many; the main figures stand
            by_n["stopped"] = str(error)

        def middle(key: str) -> float:
            return median(one["product"][key] for one in rounds)

        return {
            "deliveries_per_cpu_s": round(middle("deliveries_per_cpu_s")),
            "over_node_ws": round(median(_ratio(one, "node_ws") for one in rounds), 2),
            "over_plain_channels": round(
                median(_ratio(one, "plain_channels") for one in rounds), 1
            ),
            "p50_ms": middle("p50_ms"),
            "p99_ms": middle("p99_ms"),
            "kb_per_socket": middle("kb_per_socket"),
            "commerce_lost": sum(one["product"]["commerce_lost"] for one in rounds),
            "sockets": MAIN_N,
            "by_n": by_n,
            "returning": self._returning(),
        }

    def _returning(self) -> dict[str, Any]:
        from tests.bench.flash import world
        from tests.bench.room import returning

        os.sched_setaffinity(0, set(self.cores))
        cookies = self.cookies.read_text().split()
        with world.pages("livecommerce.wsgi:application", workers=1, threads=32):
            return asyncio.run(
                returning.measure(
                    port=PORT + 1,  # the pages may be on PORT
                    cores=",".join(map(str, self.cores)),
                    cookies=cookies,
                    sockets=500 if self.quick else MAIN_N,
                )
            )

    def _set_scene(self, public_id: str) -> None:
        from tests.streams.shows import make_show

        make_show(state="live", public_id=public_id)

    def _sign_in(self, sockets: int) -> None:
        """Accounts with sessions, and their cookies for load.c."""
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.auth.hashers import make_password
        from django.contrib.sessions.backends.cached_db import SessionStore

        from livecommerce.accounts.models import User

        people = User.objects.bulk_create(
            User(email=f"v{n}@bench.example", password=make_password(None), display_name=f"v{n}")
            for n in range(sockets // COOKIES_PER_PERSON)
        )
        lines = []
        for person in people:
            session = SessionStore()
            session[SESSION_KEY] = str(person.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = person.get_session_auth_hash()
            session.save()
            lines.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}\n")
        self.cookies.write_text("".join(lines))

    def _measure(
        self, contender: Any, sockets: int, *, rate: float = 0, seconds: float | None = None
    ) -> dict[str, Any]:
        server = contender.start(PORT, self.core)
        try:
            publish = contender.publisher(PORT)
            load = subprocess.Popen(
                [
                    *("taskset", "-c", self.others, self.load),
                    *("--port", str(PORT), "--path", f"/ws/rooms/{self.contenders.SHOW}"),
                    *("--origin", f"http://127.0.0.1:{PORT}", "--sockets", str(sockets)),
                    *("--seconds", str(seconds or self.seconds), "--rate", str(rate)),
                    *("--pids", str(server.pid)),
                    *(("--cookies", self.cookies) if contender.signs_in else ()),
                ],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert load.stdout is not None
            answer: dict[str, Any] = {}
            for line in load.stdout:
                if line.startswith("publish "):
                    publish(line[8])
                else:
                    answer = json.loads(line)
            load.wait()
        finally:
            self.contenders.stop(server)
        print(f"{contender.name} {sockets} {json.dumps(answer)}", file=sys.stderr, flush=True)
        if answer.get("sockets") != sockets:
            raise RuntimeError(f"{contender.name}: only {answer} of {sockets} sockets")
        return answer


def _ratio(results: dict[str, dict[str, Any]], to: str) -> float:
    """How many times the deliveries a CPU-second the product makes."""
    mine = results["product"]["deliveries_per_cpu_s"]
    return round(mine / results[to]["deliveries_per_cpu_s"], 2)
