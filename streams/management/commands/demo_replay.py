"""`manage.py demo_replay`: a short replay for the demo, if there is none."""

from typing import Any

from django.core.management.base import BaseCommand

from streams.demo_replay import ensure_demo_replay


class Command(BaseCommand):
    help = "Give the demo a replay to watch; takes some seconds, once the demo show is drawn."

    def handle(self, *args: Any, **options: Any) -> None:
        made = ensure_demo_replay()
        self.stdout.write("made" if made else "nothing to do")
