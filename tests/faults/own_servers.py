"""A shop on servers that may be killed: its own PostgreSQL (synced to disk), Valkey, pages role.

It starts as a copy of the test's own database. `sql` asks it, `run` runs code of the shop on it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.db import connection

from livecommerce.embedded import places
from livecommerce.embedded.postgres import start_postgres
from livecommerce.embedded.tether import dies_with_parent
from livecommerce.embedded.valkey import start_valkey
from tests.faults.workers import wait_until
from tests.stripe_server import free_port


class Servers:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.postgres = start_postgres(folder, durable=True)
        self.valkey = start_valkey(folder, durable=False)
        self.pages = None

    def environment(self):
        return {
            **os.environ,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "DATA_DIR": str(self.folder),
            "ALLOWED_HOSTS": "127.0.0.1",
            "GRANIAN_WORKERS": "1",
            "GRANIAN_BLOCKING_THREADS": "24",
            "DB_CONN_MAX_AGE": "60",
            "LOG_LEVEL": "CRITICAL",
        }

    def copy_test_database(self):
        parts = urlsplit(os.environ["DATABASE_URL"])
        here = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
        tools = self.postgres.binaries.folder
        dump = subprocess.run(
            [tools / "pg_dump", "--no-owner", here], check=True, capture_output=True
        )
        subprocess.run(
            [tools / "psql", "-q", "-v", "ON_ERROR_STOP=1", self.postgres.url],
            input=dump.stdout,
            check=True,
            capture_output=True,
        )

    def start_pages(self):
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "critical"]
        self.pages = subprocess.Popen(
            [*command, "livecommerce.wsgi:application"],
            env=self.environment(),
            preexec_fn=dies_with_parent(signal.SIGTERM),
            start_new_session=True,
        )
        wait_until(self._answers, seconds=90)

    def _answers(self):
        url = f"http://127.0.0.1:{self.port}/livez"
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200

    def kill_pages(self):
        os.killpg(self.pages.pid, signal.SIGKILL)
        self.pages.wait()
        self.pages = None

    def kill_postgres(self):
        self.postgres.process.kill()
        self.postgres.process.wait()

    def restart_postgres(self):
        self.postgres.stop()
        self.postgres = start_postgres(self.folder, durable=True)

    def kill_valkey(self):
        self.valkey.process.kill()
        self.valkey.process.wait()

    def restart_valkey(self):
        self.valkey = start_valkey(self.folder, durable=False)

    def connect(self):
        made = psycopg2.connect(self.postgres.url)
        made.autocommit = True
        return made

    def sql(self, statement, *values):
        with contextlib.closing(self.connect()) as made, made.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def run(self, code):
        subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=self.environment(),
            check=True,
        )

    def close(self):
        if self.pages is not None:
            self.kill_pages()
        self.valkey.stop()
        self.postgres.stop()


@contextlib.contextmanager
def own_servers():
    folder = Path(tempfile.mkdtemp(prefix="livecommerce-faults-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as a system user who must walk through it
    (folder / "staticfiles").mkdir()
    servers = Servers(folder)
    try:
        yield servers
    finally:
        servers.close()
        places.forget(folder)
        shutil.rmtree(folder, ignore_errors=True)
