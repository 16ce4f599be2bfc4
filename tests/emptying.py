"""Empties the test database after a test that commits, in milliseconds.

Django's own way truncates every table and then makes content types and permissions anew: more
than a second, for some nine hundred tests. Here only the tables that hold rows are emptied, by
DELETE, and what a fresh database holds stays or is put back.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg2
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

GROWING = {"django_content_type", "django_migrations", "auth_permission"}
"""Django fills them, and nobody changes a row: only what a test added goes."""


@dataclass
class Fresh:
    """What a migrated database looks like before the first test."""

    tables: tuple[str, ...]
    newest: dict[str, int]
    """The highest id in each table of GROWING."""
    rows: dict[str, str]
    """JSON of the rows of all other tables that are not empty."""
    may_pass_triggers: bool
    """A server named by DATABASE_URL may know us as an ordinary user."""
    line: "psycopg2.extensions.connection"
    """Of our own and never closed between tests: a new one would read the catalogue of all
    tables and their indexes first, which takes longer than to empty them."""


_fresh: dict[str, Fresh] = {}


@contextlib.contextmanager
def remembering(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Around all tests: from when the database has been made until it is dropped."""
    params = connection.get_connection_params()
    line = psycopg2.connect(**{k: v for k, v in params.items() if k != "cursor_factory"})
    with line, line.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        may_pass_triggers = cursor.fetchone()[0] == "on"
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        tables = tuple(name for (name,) in cursor.fetchall())
        newest, rows = {}, {}
        for table in _not_empty(cursor, tables):
            if table in GROWING:
                cursor.execute(f"SELECT max(id) FROM {table}")
                newest[table] = cursor.fetchone()[0]
            else:
                cursor.execute(f"SELECT json_agg(one)::text FROM {table} one")
                rows[table] = cursor.fetchone()[0]
    _fresh[connection.alias] = Fresh(tables, newest, rows, may_pass_triggers, line)
    yield
    del _fresh[connection.alias]
    line.close()


def empty(connection: BaseDatabaseWrapper) -> None:
    """As fresh as it was, but for the sequences; waits for whoever still writes."""
    fresh = _fresh[connection.alias]
    if not fresh.may_pass_triggers:
        call_command("flush", database=connection.alias, interactive=False, verbosity=0)
        return
    with fresh.line, fresh.line.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(fresh.tables)} IN SHARE ROW EXCLUSIVE MODE")
        # Neither foreign keys nor the guards of append-only books: all of it goes.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _not_empty(cursor, fresh.tables):
            if table in fresh.newest:
                cursor.execute(f"DELETE FROM {table} WHERE id > %s", [fresh.newest[table]])
            else:
                cursor.execute(f"DELETE FROM {table}")
        for table, rows in fresh.rows.items():
            cursor.execute(
                f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)",
                [rows],
            )


def _not_empty(cursor, tables: tuple[str, ...]) -> list[str]:
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT {number} WHERE EXISTS (SELECT FROM {table})"
            for number, table in enumerate(tables)
        )
    )
    return [tables[number] for (number,) in cursor.fetchall()]


def _fixture_teardown(self: TransactionTestCase) -> None:
    for alias in self._databases_names(include_mirrors=False):
        connections[alias].close()  # as Django does a moment later: what it left open would block
        empty(connections[alias])


def install() -> None:
    TransactionTestCase._fixture_teardown = _fixture_teardown
