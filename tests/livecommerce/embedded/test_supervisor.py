"""The roles as `make run` starts them, without the demo's data (`DEMO=0`)."""

import json
import os
import signal
import socket

import psycopg2
import pytest

from tests.livecommerce.embedded.shop import Shop


@pytest.fixture
def start(data_dir):
    shops = []

    def start_one(**options):
        shops.append(Shop(data_dir, **options).start())
        return shops[-1]

    yield start_one
    for shop in shops:
        if shop.process.poll() is None:
            shop.process.kill()
            shop.process.wait()
        shop.wait_until_nothing_is_left()
        shop.log.unlink()


def role_pid(shop, words):
    """The pid of the role whose command has `words`, and no ancestor with the same ones."""
    return min(pid for pid, command in shop.processes().items() if words in command)


def run_env(shop):
    lines = (shop.data_dir / "run.env").read_text().splitlines()
    return {
        name: value.strip("'")
        for name, _, value in (line.partition("=") for line in lines if not line.startswith("#"))
    }


def test_shop_opens_survives_crashes_and_leaves_nothing(start):
    shop = start().wait_open()

    assert shop.get("/livez") == (200, "ok\n")
    shop_parts = json.loads(shop.get("/readyz")[1])["parts"]
    assert shop_parts == {"database": "up", "valkey": "up", "worker": "up", "media": "up"}

    # A role that dies is started again, and that is said.
    os.kill(role_pid(shop, "streams.media.role"), signal.SIGKILL)
    shop.wait_for("media     │ stopped (killed by SIGKILL); starting again")

    # So is a server; what was committed is still there.
    url = run_env(shop)["DATABASE_URL"]
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 1 AS one")
    connection.close()
    os.kill(role_pid(shop, "/postgres/data"), signal.SIGKILL)
    shop.wait_for("postgres  │ PostgreSQL", times=2)

    # A second shop on the same data is refused in words.
    second = start(port=shop.port)
    assert second.process.wait(60) == 1
    assert "this data folder is in use by process" in second.printed
    assert f"http://localhost:{shop.port}" in second.printed

    assert shop.stop(signal.SIGTERM) == 0
    assert shop.processes() == {}
    assert shop.printed.rstrip().endswith("everything is stopped")

    # The second start has nothing to set up and finds the data.
    again = start(port=shop.port).wait_open()
    assert "set-up" not in again.printed
    connection = psycopg2.connect(run_env(again)["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT one FROM kept")
        assert cursor.fetchone() == (1,)
    connection.close()

    # Killed without a chance to clean up, it takes everything with it.
    again.stop(signal.SIGKILL)
    again.wait_until_nothing_is_left()


def test_ctrl_c_during_the_set_up_stops_at_once(start):
    shop = start()
    shop.wait_for("bringing the database up to date …")

    assert shop.stop(signal.SIGINT) == 0
    assert "The shop is open" not in shop.printed
    assert shop.processes() == {}


def test_port_in_use_is_named_with_the_way_out(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]

        shop = start(port=busy)
        assert shop.process.wait(60) == 1

    assert f"port {busy} (PORT) is in use by another program" in shop.printed
    assert "make run PORT=" in shop.printed


def test_wrong_port_is_named(start):
    shop = start(PORT="eight")

    assert shop.process.wait(60) == 1
    assert "PORT=eight is not a port" in shop.printed
