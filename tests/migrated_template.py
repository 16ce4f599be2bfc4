"""A database with all migrations applied, from which each test database is copied.

Migrating costs half a minute of CPU, for each worker and each run. The result is kept as SQL in
pytest's cache under a hash of everything that it follows from; a changed migration makes it anew.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from livecommerce.embedded.postgres import Postgres

NAME = "template_livecommerce"
ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".pytest_cache" / "migrated"
MOST_KEPT = 4
VARIABLE = "TESTS_DATABASE_TEMPLATE"
"""Tells xdist's workers that there is one."""


def make(postgres: Postgres) -> None:
    _psql(postgres, "livecommerce", "-c", f"CREATE DATABASE {NAME}")
    kept = KEPT / f"{_fingerprint(postgres)}.sql"
    if kept.is_file():
        _psql(postgres, NAME, "-f", str(kept))
    else:
        _migrate(postgres)
        _keep(postgres, kept)
    os.environ[VARIABLE] = NAME


def _fingerprint(postgres: Postgres) -> str:
    """Of the migrations with their SQL, the packages (theirs migrate, too) and the server."""
    told = hashlib.sha256(f"{postgres.binaries.major}".encode())
    sources = [*ROOT.glob("*/migrations/**/*"), *ROOT.glob("*/*/migrations/**/*")]
    for path in sorted(path for path in sources if path.suffix in (".py", ".sql")):
        told.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    told.update((ROOT / "requirements.lock").read_bytes())
    return told.hexdigest()[:24]


def _migrate(postgres: Postgres) -> None:
    address = postgres.url.replace("/livecommerce?", f"/{NAME}?")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address, "REDIS_URL": "redis://127.0.0.1:1/0"},
        check=True,
    )


def _keep(postgres: Postgres, kept: Path) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(f".{os.getpid()}")
    _run(postgres, "pg_dump", NAME, "--no-owner", "-f", str(draft))
    draft.replace(kept)
    newest_first = sorted(KEPT.glob("*.sql"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest_first[MOST_KEPT:]:
        old.unlink(missing_ok=True)


def _psql(postgres: Postgres, database: str, *arguments: str) -> None:
    _run(postgres, "psql", database, "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, *arguments)


def _run(postgres: Postgres, command: str, database: str, *arguments: str) -> None:
    subprocess.run(
        [
            postgres.binaries.command(command),
            *("-h", str(postgres.socket_dir), "-p", str(postgres.port), "-U", "livecommerce"),
            *("-d", database, *arguments),
        ],
        check=True,
    )
