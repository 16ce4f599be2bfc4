"""`manage.py demo_reset`: empty the database of a demo and seed it anew."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""Made by migrations, not by the seed."""


class Command(BaseCommand):
    help = "Empties the demo's database and fills it again. Works only where DEMO is set."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo (DEMO is not set), so nothing was emptied.")
        if not options["yes"] and input("Empty the demo's database? [y/N] ").lower() != "y":
            return
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor)) - KEPT
            names = ", ".join(connection.ops.quote_name(table) for table in sorted(tables))
            # The append-only tables ask for this by name.
            cursor.execute("SELECT set_config('livecommerce.allow_truncate', 'on', false)")
            cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
            cursor.execute("SELECT set_config('livecommerce.allow_truncate', 'off', false)")
        call_command("seed", stdout=self.stdout)
