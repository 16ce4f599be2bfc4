"""Runs the due steps in one process: `python -m livecommerce.embedded.prepare migrate seed …`.

One process, because loading the shop takes longer than most steps. What the greeting needs of the
demo (who may sign in) is left in `<DATA_DIR>/sign-ins.json`.
"""

import importlib
import importlib.util
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.utils.translation.reloader import translation_file_changed

from livecommerce.embedded import empty_shop
from livecommerce.embedded.steps import STEPS, Ledger


def compile_messages() -> None:
    if "messages" in get_commands():
        call_command("messages", stdout=io.StringIO())  # the step has said what it does
        # What this process read before is stale: the seed writes messages in people's languages.
        translation_file_changed(None, Path("django.mo"))


def migrate() -> None:
    """The file stands for most migrations of an empty database; the rest is Django's, always."""
    empty_shop.load(connection)
    call_command("migrate", interactive=False, verbosity=0)


def seed() -> None:
    if "seed" in get_commands():
        call_command("seed")
    if importlib.util.find_spec("livecommerce.demo") is not None:
        demo = importlib.import_module("livecommerce.demo")  # the composition root's, not ours
        rows = [dict(row) for row in demo.sign_ins()]
        file = Path(settings.DATA_DIR) / "sign-ins.json"
        file.write_text(json.dumps(rows, ensure_ascii=False, indent=1))


def collect_static() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


WORK: dict[str, Callable[[], None]] = {
    "messages": compile_messages,
    "migrate": migrate,
    "seed": seed,
    "static": collect_static,
}


def take_workers_along(*_: object) -> None:
    """The supervisor was killed: workers of a pool would draw on for nobody."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main(names: list[str]) -> None:
    """The ledger is written after each step: one that failed is due again."""
    if os.getpgrp() == os.getpid():
        signal.signal(signal.SIGTERM, take_workers_along)
    django.setup()
    ledger = Ledger(Path(settings.DATA_DIR))
    for step in STEPS:
        if step.name in names:
            started = time.monotonic()
            print(f"{step.says} …", flush=True)
            WORK[step.name]()
            ledger.record(step)
            print(f"{step.says}: {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
