"""Starts a throw-away PostgreSQL and Valkey for the tests, before Django reads its settings.

Loaded by `-p tests.plugin_services` (pyproject.toml). With DATABASE_URL and REDIS_URL set, those
are used instead. Under xdist the controller starts the servers and the workers inherit them;
each worker has its own database (pytest-django), copied from one that was migrated once, and
its own key prefix.
"""

import atexit
import contextlib
import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from livecommerce.embedded import places
from livecommerce.embedded.postgres import start_postgres
from livecommerce.embedded.tether import is_alive
from livecommerce.embedded.valkey import start_valkey
from tests import migrated_template

_FOLDER_PREFIX = "livecommerce-tests-"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """A wrapper, as pytest-django loads the settings in its own first implementation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789abcdef" * 4)
    # Hashed names need a collectstatic first; tests of pages should not.
    os.environ.setdefault("STATIC_STORAGE", "django.contrib.staticfiles.storage.StaticFilesStorage")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if worker == "main":
        _start_missing_servers()
    elif worker.startswith("gw"):
        # Emptying Django's cache empties the whole Redis database: each worker has one of its own.
        number = int(worker.removeprefix("gw")) % 15 + 1
        server = urlsplit(os.environ["REDIS_URL"])
        os.environ["REDIS_URL"] = server._replace(path=f"/{number}").geturl()
    os.environ["REDIS_PREFIX"] = f"test-{worker}-{os.getpid()}"
    return (yield)


def _start_missing_servers() -> None:
    _forget_what_killed_runs_left()
    data_dir = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX))
    (data_dir / "pid").write_text(str(os.getpid()))
    data_dir.chmod(0o711)  # as root, PostgreSQL runs as a system user who must walk through it
    _remember_data_dir(data_dir)
    atexit.register(places.forget, data_dir)  # runs last: atexit goes backwards
    if not os.environ.get("DATABASE_URL"):
        postgres = start_postgres(data_dir, durable=False)
        atexit.register(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.url
        _vacuum_nothing(postgres.url)
        migrated_template.make(postgres)
    if not os.environ.get("REDIS_URL"):
        valkey = start_valkey(data_dir, durable=False)
        atexit.register(valkey.stop)
        os.environ["REDIS_URL"] = valkey.url


def _vacuum_nothing(url: str) -> None:
    """Whoever empties tables between two tests would wait a second for each one in its hands."""
    with contextlib.closing(psycopg2.connect(url)) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET autovacuum = off")
            cursor.execute("SELECT pg_reload_conf()")


def _forget_what_killed_runs_left() -> None:
    """Their servers died with them (see tether.py), but nobody took their folders away."""
    for mark in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*/pid"):
        with contextlib.suppress(OSError, ValueError):  # another run may be at it too
            if not is_alive(int(mark.read_text())):
                places.forget(mark.parent)


def _remember_data_dir(data_dir: Path) -> None:
    """Uploads, recordings and mail of the tests go there too, never into the clone's own data."""
    os.environ["DATA_DIR"] = str(data_dir)
    (data_dir / "staticfiles").mkdir()  # WhiteNoise warns of a folder that is not there
