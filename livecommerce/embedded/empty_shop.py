"""An empty shop's tables at once: what the migrations up to a day made, kept as SQL.

Migrating an empty database takes half a minute, nearly all of it Django's drawing of models that
the next migration changes. So a first start runs `empty_shop.sql`, writes down which migrations it
stands for, and lets `migrate` do the rest. Nothing depends on it: when it does not fit – somebody
changed a migration, another PostgreSQL – it is left alone and every migration runs.
`make empty-shop` writes it anew; a test holds it against the migrations themselves.
"""

import hashlib
import inspect
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

FILE = Path(__file__).with_name("empty_shop.sql")
_POSTGRES = "-- PostgreSQL "
_FOLLOWS = "-- from "
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """A file that a migration is made of: the migration itself, or SQL beside it."""

    app: str
    name: str
    digest: str

    @property
    def is_migration(self) -> bool:
        return not self.name.endswith(".sql")

    def __str__(self) -> str:
        return f"{_FOLLOWS}{self.app} {self.name} {self.digest}"


def load(connection: BaseDatabaseWrapper) -> bool:
    """Fill an empty database from the file; False, and nothing changed, when that cannot be."""
    text = FILE.read_text() if FILE.is_file() else ""
    sources = list(_sources_told(text))
    if not sources or not _fits(text, sources, connection) or not _is_empty(connection):
        return False
    recorder = MigrationRecorder(connection)
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            # Functions come before the tables they speak of.
            cursor.execute(f"SET LOCAL check_function_bodies = off;\n{text}")
            recorder.migration_qs.bulk_create(
                [
                    recorder.Migration(app=source.app, name=source.name)
                    for source in sources
                    if source.is_migration
                ]
            )
    except DatabaseError as error:
        _log.warning("the tables cannot be made at once (%s): every migration runs", error)
        return False
    return True


def header(postgres: int, applied: Iterator[tuple[str, str]]) -> str:
    """The lines that say what the file stands for; `applied` in the order of their application."""
    known = {(source.app, source.name): source for source in sources_on_disk()}
    migrations = [known[key] for key in applied]
    sql = [source for source in known.values() if not source.is_migration]
    lines = [f"{_POSTGRES}{postgres}", *map(str, migrations), *map(str, sql)]
    return "".join(f"{line}\n" for line in lines)


def what_does_not_fit(text: str) -> list[str]:
    """Names of the file's sources that are gone or were changed since."""
    known = {(source.app, source.name): source for source in sources_on_disk()}
    return [
        f"{told.app} {told.name}"
        for told in _sources_told(text)
        if known.get((told.app, told.name)) != told
    ]


def sources_on_disk() -> list[Source]:
    found: list[Source] = []
    folders: dict[Path, str] = {}
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        file = Path(inspect.getfile(type(migration)))
        found.append(Source(app, name, _digest(file)))
        folders[file.parent] = app
    for folder, app in sorted(folders.items()):
        for file in sorted(folder.glob("**/*.sql")):
            found.append(Source(app, file.relative_to(folder).as_posix(), _digest(file)))
    return found


def _fits(text: str, sources: list[Source], connection: BaseDatabaseWrapper) -> bool:
    connection.ensure_connection()
    major: int = connection.pg_version // 10_000  # type: ignore[attr-defined]  # PostgreSQL's
    return f"{_POSTGRES}{major}\n" in text[:1000] and not what_does_not_fit(text)


def _is_empty(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_schema() = 'public' AND NOT EXISTS ("
            " SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        )
        row = cursor.fetchone()
        return row is not None and bool(row[0])


def _sources_told(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        if line.startswith(_FOLLOWS):
            app, name, digest = line.removeprefix(_FOLLOWS).split(" ")
            yield Source(app, name, digest)
        elif not line.startswith("-- "):
            return


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
