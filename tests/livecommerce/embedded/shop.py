"""A shop started as `make run` starts it, on ports and data of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
START_SECONDS = 240
"""Only an upper bound: a start on a busy machine of two cores takes its time."""
INHERITED = ("PATH", "HOME", "TMPDIR", "LANG")
"""Nothing that tests set for themselves may reach the shop."""


def free_ports(count=4):
    """The first of `count` neighbouring ports that nobody uses."""
    for first in range(21000 + os.getpid() % 4000, 32000, count):
        probes = []
        try:
            for port in range(first, first + count):
                probe = socket.socket()
                probes.append(probe)
                probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError("no free ports")


class Shop:
    """`python -m livecommerce.embedded run` without demo data, and what it printed."""

    def __init__(self, data_dir, *, port=None, **environment):
        self.data_dir = data_dir
        self.port = port or free_ports()
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self._environment = inherited | {
            "PORT": str(self.port),
            "DATA_DIR": str(data_dir),
            "DEMO": "0",
            "MEDIA_UDP_PORTS": f"{self.port + 10000}-{self.port + 10003}",
            **environment,
        }
        self.log = data_dir.parent / f"{data_dir.name}-{time.monotonic_ns()}.log"
        self.process = None

    def start(self):
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "livecommerce.embedded", "run"],
                cwd=ROOT,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        return self

    def wait_open(self):
        self.wait_for("The shop is open")
        return self

    @property
    def printed(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, text, *, times=1):
        deadline = time.monotonic() + START_SECONDS
        while self.printed.count(text) < times:
            ended = self.process.poll()
            assert ended is None, f"the shop ended ({ended}):\n{self.printed}"
            assert time.monotonic() < deadline, f"{text!r} never came:\n{self.printed}"
            time.sleep(0.05)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()

    def processes(self):
        """pid → command of everything that carries this shop's data folder or ports."""
        marks = (f"DATA_DIR={self.data_dir}\0".encode(), f"{self.data_dir}/".encode())
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                try:
                    command = (folder / "cmdline").read_bytes()
                    environment = (folder / "environ").read_bytes()
                except OSError:
                    continue
                if command and (marks[0] in environment or marks[1] in command):
                    found[int(folder.name)] = command.replace(b"\0", b" ").decode()
        return found

    def stop(self, sig=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sig)
        return self.process.wait(60)

    def wait_until_nothing_is_left(self):
        deadline = time.monotonic() + 30
        while left := self.processes():
            assert time.monotonic() < deadline, f"left behind: {left}"
            time.sleep(0.05)
