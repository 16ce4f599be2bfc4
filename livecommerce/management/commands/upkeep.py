"""`manage.py upkeep`: remove what was kept long enough; --dry-run only says what that would be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livecommerce import upkeep


class Command(BaseCommand):
    help = "Removes what was kept long enough (docs/trust.md). Safe to repeat and to kill."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and remove nothing")
        parser.add_argument(
            "--only", default="", help="policies whose name begins so: streams.chat"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [one for one in upkeep.policies() if one.name.startswith(options["only"])]
        if not wanted:
            raise CommandError("no such policy; without --only all are run and named")
        done = list(upkeep.run(dry_run=options["dry_run"], only=options["only"]))
        verb = "would go" if options["dry_run"] else "gone"
        for one in done:
            kept = f"kept {one.policy.days} days" if one.policy.days else "kept until it expires"
            self.stdout.write(f"{one.policy.name:<28} {one.removed:>8} {verb}  ({kept})")
        if len(done) < len(wanted):
            failed = {one.name for one in wanted} - {one.policy.name for one in done}
            raise CommandError(f"failed: {', '.join(sorted(failed))}; the log says why")
