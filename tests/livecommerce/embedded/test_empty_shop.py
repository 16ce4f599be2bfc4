"""The file of tables stands for the migrations: the same schema, the same rows, and no more."""

import csv
import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from livecommerce.embedded import empty_shop
from orders.models import RefundRule
from tests.livecommerce.embedded.catalogue import describe

OF_DJANGO = {"auth_permission", "django_content_type", "django_migrations"}


class Scratch:
    """A database of its own beside the tests', at first empty."""

    def __init__(self, folder):
        self._folder = folder
        self.name = f"empty_shop_{os.getpid()}"
        self.url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.name}").geturl()
        self._admin = psycopg2.connect(os.environ["DATABASE_URL"])
        self._admin.autocommit = True
        self._run(f"CREATE DATABASE {self.name} TEMPLATE template0")

    def _run(self, command):
        with self._admin.cursor() as cursor:
            cursor.execute(command)

    def forget(self):
        self._run(f"DROP DATABASE {self.name} WITH (FORCE)")
        self._admin.close()

    def migrate(self):
        """As a first start does; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "livecommerce.embedded.prepare", "migrate"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": self.url, "DATA_DIR": str(self._folder)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def connect(self):
        return psycopg2.connect(self.url)


@pytest.fixture
def scratch(tmp_path):
    made = Scratch(tmp_path)
    yield made
    made.forget()


def rows_of(cursor):
    """How many rows each table that has any has."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        counts[table] = cursor.fetchone()[0]
    return {table: count for table, count in counts.items() if count}


def test_file_is_of_todays_migrations():
    """If not, a first start takes half a minute longer: `make empty-shop`, and commit it."""
    assert empty_shop.what_does_not_fit(empty_shop.FILE.read_text()) == []


@pytest.mark.django_db
def test_same_database_as_by_the_migrations(scratch):
    with connection.cursor() as cursor:
        by_migrations = describe(cursor)
    known = set(MigrationRecorder(connection).applied_migrations())

    assert "every migration runs" not in scratch.migrate()

    with scratch.connect() as made, made.cursor() as cursor:
        assert describe(cursor) == by_migrations
        cursor.execute("SELECT app, name FROM django_migrations")
        assert sorted(cursor.fetchall()) == sorted(known)

        with (settings.BASE_DIR / "products/data/search_aliases.csv").open() as file:
            names = [row["names"] for row in csv.DictReader(file)]
        counts = rows_of(cursor)
        assert counts.keys() >= OF_DJANGO
        assert {table: count for table, count in counts.items() if table not in OF_DJANGO} == {
            "orders_refundrule": 1,
            "products_searchalias": len(names),
        }
        cursor.execute("SELECT names FROM products_searchalias ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == names
        cursor.execute("SELECT most_fen, times_a_month, causes FROM orders_refundrule")
        rule = RefundRule()
        assert cursor.fetchall() == [(rule.most_fen, rule.times_a_month, list(rule.causes))]
        cursor.execute("SELECT nextval('orders_refundrule_id_seq'), max(id) FROM orders_refundrule")
        assert cursor.fetchone() == (2, 1)
    made.close()


@pytest.mark.django_db
def test_database_that_holds_something_is_left_alone():
    with connection.cursor() as cursor:
        before = describe(cursor)
        assert empty_shop.load(connection) is False
        assert describe(cursor) == before


@pytest.fixture
def scratch_connection(scratch):
    """Django's own, as the step of the set-up has it."""
    made = connection.copy("scratch")
    made.settings_dict = connection.settings_dict | {"NAME": scratch.name}
    connections["scratch"] = made
    yield made
    made.close()
    del connections["scratch"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("-- PostgreSQL ", "-- PostgreSQL 9"), id="server"),
        pytest.param(lambda text: text.replace(" 0001_initial ", " 0001_initial f"), id="sources"),
        pytest.param(lambda text: text + "SELECT 1 / 0;\n", id="broken"),
    ],
)
@pytest.mark.django_db
def test_file_that_does_not_fit_changes_nothing(change, scratch_connection, tmp_path, monkeypatch):
    """Then every migration runs, as on a server."""
    file = tmp_path / "empty_shop.sql"
    file.write_text(change(empty_shop.FILE.read_text()))
    monkeypatch.setattr(empty_shop, "FILE", file)

    assert empty_shop.load(scratch_connection) is False

    with scratch_connection.cursor() as cursor:
        assert describe(cursor) == ["extension plpgsql"]
