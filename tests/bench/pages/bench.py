"""How fast the public pages are: `python -m tests.bench.pages [--quick]`.

The real pages role (granian, as `livecommerce.embedded.roles` starts it) over the demo's data,
with one core to itself; the client has the others. Latency is measured by one visitor at a time,
throughput by eight, as requests per second of the server's CPU, which survives a noisy machine.
Beside it a Django view that does nothing (`minimal.py`) on the same server; the two take turns.
"""

import argparse
import http.client
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from livecommerce.embedded import places
from livecommerce.embedded.postgres import start_postgres
from livecommerce.embedded.roles import PAGES
from livecommerce.embedded.valkey import start_valkey

PORT = int(os.environ.get("BENCH_PORT", "8820"))
ROOT = Path(__file__).resolve().parents[3]
VISITORS = 8
ROOM_MODULES = ("js/app.js", "js/room/room.js")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    options = parser.parse_args()
    rounds, requests, seconds = (1, 60, 2.0) if options.quick else (3, 300, 5.0)
    with _data() as pages:
        from tests.bench.pages import searching  # the environment is set by now

        figures = _measure(pages, rounds, requests, seconds)
        print(json.dumps(figures | searching.measure(5 if options.quick else 20)))


@contextmanager
def _data() -> Iterator[dict[str, str]]:
    """A PostgreSQL and a Valkey of our own, seeded; the pages to ask for by name."""
    folder = Path(tempfile.mkdtemp(prefix="livecommerce-bench-"))
    folder.chmod(0o711)
    postgres = start_postgres(folder, durable=False)
    valkey = start_valkey(folder, durable=False)
    os.environ.update(
        DATABASE_URL=postgres.url,
        REDIS_URL=valkey.url,
        DATA_DIR=str(folder),
        SECRET_KEY=secrets.token_hex(32),
        MEDIA_HOOK_SECRET=secrets.token_hex(16),
        DJANGO_SETTINGS_MODULE="livecommerce.settings",
        BIND="127.0.0.1",
        PORT=str(PORT),
        LOG_LEVEL="ERROR",
    )
    try:
        yield _seed()
    finally:
        valkey.stop()
        postgres.stop()
        places.forget(folder)


def _seed() -> dict[str, str]:
    import django  # the environment is set above

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("messages", verbosity=0, stdout=sys.stderr)
    call_command("seed", stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0)
    from livecommerce.accounts.models import User
    from streams import demo
    from streams.domain import chat, pins, shows

    show = demo.ensure_demo_show()
    assert show is not None, "the demo has no room"
    shows.go_live(broadcast=show, by=show.host.user)
    pins.pin(broadcast=show, item=show.shelf.first(), by=show.host.user)
    viewer = User.objects.exclude(pk=show.host.user_id).first()
    for number in range(50):
        text = f"第 {number} 句：这个怎么保存？"
        chat.say(broadcast=show, user=viewer, text=text, key=str(number), is_demo=True)
    sku = show.shelf.select_related("product").first().product.sku
    return {
        "home": "/",
        "room": f"/rooms/{show.public_id}/",
        "product": f"/products/{sku}/",
        "search": "/search/?q=mangguo",
    }


@contextmanager
def _serving(command: list[str], port: int) -> Iterator[int]:
    """A server on the last core; its process id."""
    environment = PAGES.environment(dict(os.environ))
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sys.stderr)
    os.sched_setaffinity(server.pid, {max(os.sched_getaffinity(0))})
    try:
        for _ in range(200):
            if server.poll() is not None:
                raise RuntimeError(f"the server ended with status {server.returncode}")
            try:
                _get(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/")
                break
            except OSError:
                time.sleep(0.1)
        yield server.pid
    finally:
        server.terminate()
        server.wait(20)


def _get(connection: http.client.HTTPConnection, path: str) -> int:
    connection.request("GET", path, headers={"Host": f"localhost:{PORT}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children, so far."""
    total = 0.0
    tick = os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(folder.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / tick
    return total


def _latencies(port: int, path: str, requests: int) -> list[float]:
    """Milliseconds of each of `requests`, one after the other."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    told = []
    for _ in range(requests):
        began = time.perf_counter()
        status = _get(connection, path)
        told.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
    connection.close()
    return told


def _per_cpu_second(pid: int, port: int, paths: list[str], seconds: float) -> float:
    """Requests the server answered per second of its CPU, eight visitors at a time."""
    done = [0] * VISITORS
    until = time.perf_counter() + seconds

    def visit(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while time.perf_counter() < until:
            if _get(connection, paths[(number + done[number]) % len(paths)]) != 200:
                raise RuntimeError("a page failed")
            done[number] += 1
        connection.close()

    before = _cpu_seconds(pid)
    visitors = [threading.Thread(target=visit, args=[number]) for number in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return sum(done) / max(0.01, _cpu_seconds(pid) - before)


def _measure(pages: dict[str, str], rounds: int, requests: int, seconds: float) -> dict[str, float]:
    from tests.bench.pages.weight import brotli_kb, modules_of

    first = min(os.sched_getaffinity(0))
    pages_command = PAGES.argv(os.environ)
    minimal = [
        "tests.bench.pages.minimal:application" if "wsgi:" in part else part
        for part in PAGES.argv({**os.environ, "PORT": str(PORT + 1)})
    ]
    figures: dict[str, list[float]] = {}
    with _serving(pages_command, PORT) as shop, _serving(minimal, PORT + 1) as raw:
        os.sched_setaffinity(0, {first})
        for path in pages.values():
            _latencies(PORT, path, 10)  # warm
        for _ in range(rounds):
            for name, path in pages.items():
                told = quantiles(_latencies(PORT, path, requests), n=100)
                figures.setdefault(f"{name}_p50_ms", []).append(told[49])
                figures.setdefault(f"{name}_p95_ms", []).append(told[94])
                rate = _per_cpu_second(shop, PORT, [path], seconds)
                figures.setdefault(f"{name}_per_cpu_s", []).append(rate)
            paths = list(pages.values())
            mixed = _per_cpu_second(shop, PORT, paths, seconds)
            nothing = _per_cpu_second(raw, PORT + 1, ["/"], seconds)
            figures.setdefault("requests_per_cpu_s", []).append(mixed)
            figures.setdefault("minimal_django_per_cpu_s", []).append(nothing)
            figures.setdefault("over_raw_loop", []).append(mixed / nothing)
    told_figures = {name: round(median(values), 3) for name, values in figures.items()}
    told_figures["room_js_brotli_kb"] = round(brotli_kb(modules_of(*ROOM_MODULES)), 1)
    return told_figures


if __name__ == "__main__":
    main()
