"""`manage.py reconcile`: compare our books with the payment provider's, now.

Beat does both halves by itself: the intents every five minutes, the books every night. Exit status
0 when no difference is open, 1 otherwise.
"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from orders.domain import reconcile
from orders.models import Difference


class Command(BaseCommand):
    help = "Compares the ledger with the payment provider's bookings and lists what is open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="look back so many days")
        parser.add_argument("--intents", action="store_true", help="only the open intents")

    def handle(self, *args: Any, **options: Any) -> None:
        found = reconcile.look_at_intents()
        self.stdout.write(f"intents: {found} new differences")
        if not options["intents"]:
            days = options["days"]
            since = timezone.now() - timedelta(days=days) if days else None
            run = reconcile.compare_books(since=since)
            self.stdout.write(
                f"books: {run.looked_at} bookings since {run.since:%Y-%m-%d},"
                f" {run.differences} new differences"
            )
        still_open = list(Difference.objects.filter(closed_at=None).order_by("pk"))
        for one in still_open:
            told = f"ours {one.wanted or '–'}, theirs {one.found or '–'}"
            self.stdout.write(f"  {one.found_at:%Y-%m-%d} {one.kind} {one.subject}: {told}")
        if still_open:
            raise CommandError(f"{len(still_open)} differences are open", returncode=1)
        self.stdout.write("No difference is open.")
