"""The whole shop as `make run` starts it, on ports and data of its own."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 420
FROM_THE_TESTS = (
    "DATABASE_URL",
    "REDIS_URL",
    "REDIS_PREFIX",
    "SECRET_KEY",
    "STATIC_STORAGE",
    "DATA_DIR",
    "DJANGO_SETTINGS_MODULE",
)
"""What the test plugin set for itself; the shop under test must make up its own."""


class Shop:
    def __init__(self, process: subprocess.Popen[str], url: str, data_dir: Path, log: Path) -> None:
        self.process = process
        self.url = url
        self.data_dir = data_dir
        self.log = log

    def environment(self) -> dict[str, str]:
        """What `manage.py` by hand needs to find this shop's servers."""
        return {**outside_environment(), "DATA_DIR": str(self.data_dir)}

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, code: str) -> object:
        """The value `answer` that `code` leaves, run in the shop's own Django shell."""
        out = self.manage(
            "shell", "-v", "0", "-c", f"import json\n{code}\nprint(json.dumps(answer))"
        )
        return json.loads(out.strip().splitlines()[-1])

    def pids(self, word: str) -> list[int]:
        """Processes of this shop whose command holds `word`."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
                    if word in command and int(parent) == self.process.pid:
                        found.append(int(folder.name))
        return found


def outside_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in FROM_THE_TESTS}


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports nobody listens on."""
    for _ in range(50):
        first = random.randrange(20_000, 30_000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise RuntimeError("no free ports")


@contextlib.contextmanager
def running_shop(**variables: str) -> Iterator[Shop]:
    """Started, seeded and serving; every process gone afterwards."""
    folder = tempfile.TemporaryDirectory(prefix="livecommerce-shop-", ignore_cleanup_errors=True)
    data_dir = Path(folder.name)
    data_dir.chmod(0o711)  # as root, PostgreSQL runs as a system user who must walk through it
    port = free_ports(4)
    log = data_dir / "shop.log"
    environment = outside_environment() | {
        "PORT": str(port),
        "DATA_DIR": str(data_dir),
        "DEMO_SHOW": "0",
        "MEDIA_UDP_PORTS": "42000-42099",
        **variables,
    }
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "livecommerce.embedded", "run"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
    shop = Shop(process, f"http://localhost:{port}", data_dir, log)
    try:
        _wait_until_ready(shop)
        yield shop
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            folder.cleanup()


def _wait_until_ready(shop: Shop) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if shop.process.poll() is not None:
            break
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{shop.url}/readyz", timeout=5) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.5)
    raise AssertionError("the shop did not become ready:\n" + shop.log.read_text()[-4000:])
