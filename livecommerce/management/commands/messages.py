"""`manage.py messages`: compile the Chinese catalogues; --check and --missing say what lacks."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from livecommerce import translations


class Command(BaseCommand):
    help = "Compiles every app's django.po; checks that each string of the source is translated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", metavar="app", help="only these (default: all)")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--check", action="store_true", help="fail and list what is not translated"
        )
        choice.add_argument(
            "--missing", action="store_true", help="print entries to paste into the catalogues"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        apps = options["apps"] or list(translations.APPS)
        if unknown := set(apps) - set(translations.APPS):
            raise CommandError(f"no such app: {', '.join(sorted(unknown))}")
        if options["check"]:
            self._check(apps)
        elif options["missing"]:
            self._print_missing(apps)
        else:
            compiled = [app for app in apps if translations.compile_app(app)]
            self.stdout.write(f"compiled: {', '.join(compiled) or 'nothing'}")

    def _check(self, apps: list[str]) -> None:
        faulty = 0
        for app in apps:
            report = translations.check_app(app)
            self.stdout.write(
                f"{app}: {len(report.where)} strings, {len(report.missing)} not translated, "
                f"{len(report.fuzzy)} fuzzy, {len(report.uneven)} with other placeholders"
            )
            for wording in report.missing:
                self.stdout.write(f"  not translated  {report.where[wording]}  {wording.id!r}")
            for name in report.fuzzy:
                self.stdout.write(f"  fuzzy  {name!r}")
            for name in report.uneven:
                self.stdout.write(f"  other placeholders  {name!r}")
            faulty += not report.is_complete
        if faulty:
            raise CommandError("some strings are not translated; --missing prints their entries")

    def _print_missing(self, apps: list[str]) -> None:
        for app in apps:
            report = translations.check_app(app)
            if not report.missing:
                continue
            path = translations.catalogue_path(app).relative_to(settings.BASE_DIR)
            self.stdout.write(f"# --- {path}\n\n")
            for wording in report.missing:
                self.stdout.write(translations.as_po(wording, report.where[wording]) + "\n")
