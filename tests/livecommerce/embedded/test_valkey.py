import os

import pytest
import redis

from livecommerce.embedded.valkey import start_valkey


@pytest.fixture
def start(data_dir):
    started = []

    def start_one(**options):
        server = start_valkey(data_dir, **options)
        started.append(server)
        return server

    yield start_one
    for server in started:
        server.stop()


@pytest.fixture
def connect():
    clients = []

    def connect_to(url):
        clients.append(redis.Redis.from_url(url))
        return clients[-1]

    yield connect_to
    for client in clients:
        client.close()


def test_second_start_keeps_what_was_written(start, connect):
    first = start()
    connect(first.url).set("kept", "1")
    first.stop()

    second = start()

    assert connect(second.url).get("kept") == b"1"
    assert second.url == first.url


def test_durable_server_writes_its_file_each_second(start, connect):
    told = connect(start().url).config_get("append*")

    assert told["appendonly"] == "yes"
    assert told["appendfsync"] == "everysec"


def test_throwaway_server_writes_nothing(start, connect):
    assert connect(start(durable=False).url).config_get("appendonly") == {"appendonly": "no"}


def test_server_asks_for_its_password(start, connect):
    server = start(durable=False)

    with pytest.raises(redis.AuthenticationError):
        connect(f"redis://127.0.0.1:{server.port}/0").ping()


def test_start_stops_a_server_that_a_killed_run_left_behind(start, connect):
    left_behind = start()
    connect(left_behind.url).set("kept", "1")

    server = start()

    assert left_behind.process.wait(10) is not None
    assert connect(server.url).get("kept") == b"1"


def test_start_when_the_pid_file_names_a_living_stranger(start, connect, data_dir):
    start().stop()
    (data_dir / "valkey" / "valkey.pid").write_text(f"{os.getpid()}\n")

    assert connect(start().url).ping()
