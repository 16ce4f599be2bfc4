"""`make empty-shop`: writes livecommerce/embedded/empty_shop.sql from the migrations of today.

Starts a PostgreSQL of its own, runs every migration there, and keeps what came of it.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django  # noqa: E402
import psycopg2  # noqa: E402

from livecommerce.embedded import places  # noqa: E402
from livecommerce.embedded.postgres import Postgres, start_postgres  # noqa: E402

ABOUT = "-- What the migrations below make of an empty database. Made by `make empty-shop`.\n"
MADE_BY_MIGRATE = ("django_migrations", "django_content_type", "auth_permission")
"""Rows that `migrate` writes by itself after the file was loaded."""
HEADING = re.compile(
    r"\n*^--\n-- (?:Name|Data for Name|PostgreSQL database dump)\b[^\n]*\n--\n+", re.MULTILINE
)
OF_THE_SESSION = re.compile(
    r"^(?:SET \w+ = [^\n]*;|SELECT pg_catalog\.set_config\('search_path'[^\n]*"
    r"|\\(?:un)?restrict [^\n]*|-- Dumped [^\n]*)\n+",
    re.MULTILINE,
)
NOTHING_TAKEN = re.compile(
    r"^SELECT pg_catalog\.setval\('(?:[\w.]+', 1, false"
    rf"|public\.(?:{'|'.join(MADE_BY_MIGRATE)})_id_seq', \d+, true)\);\n+",
    re.MULTILINE,
)
"""Counters that stand at their beginning, or will when `migrate` begins."""
MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*\+00'")


def main() -> None:
    data_dir = Path(tempfile.mkdtemp(prefix="livecommerce-empty-shop-"))
    data_dir.chmod(0o711)  # as root, PostgreSQL runs as a system user who must walk through it
    postgres = start_postgres(data_dir, durable=False)
    try:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "livecommerce.settings",
            "SECRET_KEY": "only-to-migrate-" + "0123456789abcdef" * 4,
            "DATABASE_URL": postgres.url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "DATA_DIR": str(data_dir),
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True
        )
        django.setup()
        from livecommerce.embedded import empty_shop

        head = empty_shop.header(postgres.binaries.major, iter(applied(postgres)))
        empty_shop.FILE.write_text(ABOUT + head + cleaned(dumped(postgres)))
        print(f"{empty_shop.FILE.relative_to(ROOT)}: {len(head.splitlines()) - 1} sources")
    finally:
        postgres.stop()
        places.forget(data_dir)


def applied(postgres: Postgres) -> list[tuple[str, str]]:
    connection = psycopg2.connect(postgres.url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
            return cursor.fetchall()
    finally:
        connection.close()


def dumped(postgres: Postgres) -> str:
    command = [
        postgres.binaries.command("pg_dump"),
        *("-h", str(postgres.socket_dir), "-p", str(postgres.port), "-U", "livecommerce"),
        *("--no-owner", "--no-privileges", "--no-comments", "--inserts"),
        *(f"--exclude-table-data={table}" for table in MADE_BY_MIGRATE),
        "livecommerce",
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def cleaned(dump: str) -> str:
    """Without what only explains or sets the session; what was written now is written then."""
    head, first, rest = dump.partition("CREATE EXTENSION")
    text = OF_THE_SESSION.sub("", head) + first + HEADING.sub("\n", rest)
    for pattern in (r"^SET default_\w+ = [^\n]*;\n+", r"^\\unrestrict [^\n]*\n+"):
        text = re.sub(pattern, "", text, flags=re.MULTILINE)
    text = HEADING.sub("", NOTHING_TAKEN.sub("", text))
    lines = (
        MOMENT.sub("now()", line) if line.startswith("INSERT INTO public.") else line
        for line in text.splitlines(keepends=True)
    )
    return "\n" + "".join(lines).strip() + "\n"


if __name__ == "__main__":
    main()
