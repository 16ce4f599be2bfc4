"""`manage.py demo_show`: the demo room on air until stopped (see streams/demo_show.py)."""

from typing import Any

from django.core.management.base import BaseCommand

from streams import demo_show


class Command(BaseCommand):
    help = "Put the demo room on air with a generated picture, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        demo_show.main()
