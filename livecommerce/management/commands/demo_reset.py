"""`manage.py demo_reset`: empty the database of a demo and seed it anew."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection


class Command(BaseCommand):
    help = "Empties the demo's database and fills it again. Works only where DEMO is set."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo (DEMO is not set), so nothing was emptied.")
        if not options["yes"] and input("Empty the demo's database? [y/N] ").lower() != "y":
            return
        with connection.cursor() as cursor:  # the append-only tables ask for this by name
            cursor.execute("SELECT set_config('livecommerce.allow_truncate', 'on', false)")
        call_command("flush", interactive=False, verbosity=0)
        call_command("seed", stdout=self.stdout)
