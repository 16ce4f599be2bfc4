"""`manage.py recordings list|verify|sweep`: what is kept, whether it is intact, and the policy."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from streams.domain import replay_keeping
from streams.domain.replays import folder_of
from streams.models import Replay


class Command(BaseCommand):
    help = "List the recordings, verify their checksums, or delete those kept long enough."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list", "verify", "sweep"])
        parser.add_argument("--dry-run", action="store_true", help="sweep: only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['what']}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        for replay in Replay.objects.select_related("broadcast").order_by("pk"):
            show = replay.broadcast
            size = replay_keeping.size_of(folder_of(show))
            words = (show.public_id, replay.state, size, replay.manifest_sha256 or "-")
            self.stdout.write("{}  {:<8} {:>12}  {}  ".format(*words) + show.title_zh)

    def _verify(self, options: dict[str, Any]) -> None:
        found = replay_keeping.verify_all()
        wrong = {name: problems for name, problems in found.items() if problems}
        for name, problems in wrong.items():
            for problem in problems:
                self.stdout.write(f"{name}: {problem}")
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(found)} recordings are not as they were")
        self.stdout.write(f"{len(found)} recordings are as they were written")

    def _sweep(self, options: dict[str, Any]) -> None:
        is_dry = bool(options["dry_run"])
        gone = replay_keeping.remove_expired(dry_run=is_dry)
        verb = "would delete" if is_dry else "deleted"
        for one in gone:
            self.stdout.write(f"{verb} {one.name}  {one.octets} bytes  {one.title}")
        days = settings.RECORDINGS_KEEP_DAYS
        self.stdout.write(f"{verb} {len(gone)} recordings older than {days} days")
