"""`manage.py seed`: fill the shop with the demo's places, people, goods and shows."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from livecommerce import demo


class Command(BaseCommand):
    help = "Fills the shop with places, people, goods and shows; adds only what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        counts = demo.seed(self.stdout.write)
        added = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
        self.stdout.write(f"added: {added or 'nothing'} ({time.monotonic() - started:.1f} s)")
