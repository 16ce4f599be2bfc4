"""`manage.py draw_states`: draw the state machines into docs/orders.md; --check only compares."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from orders.domain.diagrams import draw, drawn_in


class Command(BaseCommand):
    help = "Writes the Mermaid diagrams of docs/orders.md from the tables of moves."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if a drawing is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        file = settings.BASE_DIR / "docs" / "orders.md"
        text = file.read_text("utf-8")
        fresh = draw(text)
        if options["check"] and fresh != text:
            raise CommandError(f"{file.name} shows old states: run manage.py draw_states")
        if fresh != text:
            file.write_text(fresh, "utf-8")
        self.stdout.write(f"drawn: {', '.join(drawn_in(fresh))}")
