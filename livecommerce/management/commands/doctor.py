"""`manage.py doctor`: what is wrong with this installation, and how to mend it.

Exit status 0 when nothing stops the shop from working, 1 otherwise.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import checks
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from redis import RedisError

from livecommerce import health, redis_client

OLDEST_POSTGRES = 15_00_00
BOOKS_COMPARED_WITHIN = timedelta(hours=50)
ENOUGH_BYTES = 2 * 1024**3
EXTENSIONS = ("btree_gist", "citext", "pg_trgm")


@dataclass(frozen=True)
class Finding:
    """What is wrong, how to mend it, and whether the shop can work nonetheless."""

    what: str
    mend: str
    is_bearable: bool = False


class Command(BaseCommand):
    help = "Looks at every part of this installation and says how to mend what is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        serious = 0
        for title, look in EXAMINATIONS.items():
            findings = list(look())
            mark = "ok" if not findings else "" if all(f.is_bearable for f in findings) else "!!"
            self.stdout.write(f"{mark or 'note':<5} {title}")
            for finding in findings:
                serious += not finding.is_bearable
                self.stdout.write(f"        {finding.what}")
                self.stdout.write(f"        → {finding.mend}")
        if serious:
            raise CommandError(f"{serious} to mend", returncode=1)
        self.stdout.write("Nothing stops the shop from working.")


def examine_database() -> Iterator[Finding]:
    part = health.look_at_database()
    if not part.is_up:
        yield Finding(
            f"PostgreSQL {part.problem}",
            "start the shop with `make run`, or check DATABASE_URL and the server it names",
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        if cursor.fetchone()[0] < OLDEST_POSTGRES:
            yield Finding("PostgreSQL is older than 15", "move to PostgreSQL 15 or newer")
        cursor.execute(
            "SELECT name FROM unnest(%s) AS name "
            "WHERE name NOT IN (SELECT name FROM pg_available_extensions)",
            [list(EXTENSIONS)],
        )
        for (name,) in cursor.fetchall():
            yield Finding(
                f"the extension {name} is not installed on the server",
                "install PostgreSQL's contrib package there (Debian: postgresql-contrib)",
            )
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":
            yield Finding(
                "synchronous_commit is off: a crash may lose orders that were confirmed",
                "ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf();",
            )
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        yield Finding(f"{len(pending)} migrations are not applied", "run `manage.py migrate`")


def examine_valkey() -> Iterator[Finding]:
    part = health.look_at_valkey()
    if not part.is_up:
        yield Finding(
            f"Valkey {part.problem}",
            "start the shop with `make run`, or check REDIS_URL and the server it names",
        )
        return
    try:
        policy = redis_client.sync().config_get("maxmemory-policy").get("maxmemory-policy", "")
    except RedisError:
        return  # a hosted server may not let us ask
    if policy != "noeviction":
        yield Finding(
            f"Valkey may throw keys away when it is full (maxmemory-policy {policy}): tasks "
            "and room events would vanish",
            "set maxmemory-policy noeviction",
        )


def examine_worker() -> Iterator[Finding]:
    part = health.look_at_worker()
    if not part.is_up:
        yield Finding(
            f"the worker {part.problem}: nothing is settled and no hold expires",
            "start it: `celery --app livecommerce worker --pool threads --beat`, or `make run`",
        )


def examine_media() -> Iterator[Finding]:
    part = health.look_at_media()
    if not part.is_up:
        yield Finding(
            f"the media engine {part.problem}: nobody can go live",
            "start it with `make run`, or check MEDIA_ENGINE and MEDIA_INTERNAL_URL",
        )
    if not settings.MEDIA_HOOK_SECRET:
        yield Finding(
            "MEDIA_HOOK_SECRET is empty: the engine cannot ask who may publish",
            "set it to a long random value, the same for pages and engine",
        )


def examine_payments() -> Iterator[Finding]:
    secret, public = settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY
    if not secret:
        yield Finding(
            "STRIPE_SECRET_KEY is empty: nobody can pay",
            "set Stripe's keys, or start the shop with `make run` to use the double",
        )
        return
    if settings.STRIPE_API_BASE:
        if not settings.DEMO:
            yield Finding(
                f"payments go to {settings.STRIPE_API_BASE}, not to Stripe",
                "unset STRIPE_API_BASE where real money is meant",
            )
        return
    if ("_live_" in secret) != ("_live_" in public):
        yield Finding(
            "one of Stripe's keys is for tests and the other for real money",
            "take STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY from the same mode",
        )
    if not settings.STRIPE_WEBHOOK_SECRET.startswith("whsec_"):
        yield Finding(
            "STRIPE_WEBHOOK_SECRET is not a webhook secret: payments would never be noticed",
            f"add the endpoint {settings.PUBLIC_URL}/hooks/stripe at Stripe and copy its secret",
        )


def examine_files() -> Iterator[Finding]:
    if finders.find("vendor/hls/hls.light.min.mjs") is None:
        yield Finding("the player's library is missing", "run `make setup`")
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file() and not settings.DEBUG:
        yield Finding("the static files are not collected", "run `manage.py collectstatic`")
    uncompiled = [
        po
        for po in settings.BASE_DIR.glob("*/locale/*/LC_MESSAGES/*.po")
        if not po.with_suffix(".mo").is_file()
    ]
    if uncompiled:
        yield Finding(
            f"{len(uncompiled)} translations are not compiled", "run `manage.py messages`"
        )
    for folder in {Path(settings.MEDIA_ROOT), Path(settings.RECORDINGS_DIR)}:
        yield from _examine_folder(folder)


def _examine_folder(folder: Path) -> Iterator[Finding]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        yield Finding(f"{folder} cannot be written: {error.strerror}", "give the shop its folder")
        return
    if shutil.disk_usage(folder).free < ENOUGH_BYTES:
        yield Finding(
            f"less than {ENOUGH_BYTES // 1024**3} GB are free at {folder}",
            "make room: an hour of recording takes about 1 GB",
            is_bearable=True,
        )


def examine_catalogue() -> Iterator[Finding]:
    if not health.look_at_database().is_up:
        return
    product = apps.get_model("products", "Product")
    if product._meta.db_table not in connection.introspection.table_names():
        return
    if not product._default_manager.exists():
        yield Finding(
            "the shop has no products", "add some at /admin/, or fill the demo: `manage.py seed`"
        )


def examine_books() -> Iterator[Finding]:
    """What the reconciliation found and nobody has closed; and whether it still runs."""
    if not health.look_at_database().is_up:
        return
    differences = apps.get_model("orders", "Difference")
    if differences._meta.db_table not in connection.introspection.table_names():
        return
    still_open = differences._default_manager.filter(closed_at=None).count()
    if still_open:
        yield Finding(
            f"{still_open} differences of the books are open",
            "look into them at /admin/money/ and close each with a reason",
            is_bearable=True,
        )
    runs = apps.get_model("orders", "Reconciliation")._default_manager
    lately = timezone.now() - BOOKS_COMPARED_WITHIN
    if runs.exists() and not runs.filter(finished_at__gte=lately).exists():
        yield Finding(
            "the books were not compared with the provider's for two nights",
            "see whether the worker and its beat run, then `manage.py reconcile`",
            is_bearable=True,
        )


def examine_security() -> Iterator[Finding]:
    """Django's own list for an installation on the open network."""
    if not settings.PUBLIC_URL.startswith("https://"):
        if settings.DEMO:
            return
        yield Finding(
            f"PUBLIC_URL is {settings.PUBLIC_URL}: browsers allow no camera without https",
            "put it behind https (deploy/nginx.conf) and say so in PUBLIC_URL",
            is_bearable=True,
        )
        return
    for message in checks.run_checks(include_deployment_checks=True):
        if message.level >= checks.WARNING and not message.is_silenced():
            yield Finding(f"{message.id}: {message.msg}", message.hint or "see `check --deploy`")


EXAMINATIONS = {
    "PostgreSQL": examine_database,
    "Valkey": examine_valkey,
    "worker": examine_worker,
    "media engine": examine_media,
    "payments": examine_payments,
    "files": examine_files,
    "catalogue": examine_catalogue,
    "books": examine_books,
    "security": examine_security,
}
