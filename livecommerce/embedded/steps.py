"""What must be done before the roles start, and which of it was done already.

A step runs again when one of the files it reads has changed, or what it makes is gone.
"""

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from livecommerce.embedded.environment import ROOT

_CATALOGUES = "*/locale/*/LC_MESSAGES/*.po"


@dataclass(frozen=True)
class Step:
    name: str
    says: str
    reads: tuple[str, ...]
    """Globs below the project's root."""
    is_made: Callable[[Path], bool] = lambda data_dir: True
    needs_database: bool = False


def _messages_made(_data_dir: Path) -> bool:
    return all(po.with_suffix(".mo").is_file() for po in ROOT.glob(_CATALOGUES))


def _static_made(data_dir: Path) -> bool:
    return (data_dir / "staticfiles" / "staticfiles.json").is_file()


MESSAGES = Step(
    "messages",
    "compiling the translations",
    (_CATALOGUES,),
    is_made=_messages_made,
)
STEPS = (
    MESSAGES,
    Step(
        "migrate",
        "bringing the database up to date",
        ("*/migrations/*.py", "livecommerce/*/migrations/*.py", "requirements.lock"),
        needs_database=True,
    ),
    Step(
        "seed",
        "filling the demo shop",
        (
            *("*/demo.py", "*/demo_*.py", "*/demo/**/*", "*/data/**/*", "livecommerce/drawings/*"),
            *("livecommerce/illustrations.py", "livecommerce/management/commands/seed.py"),
            "package-lock.json",
        ),
        needs_database=True,
    ),
    Step(
        "static",
        "hashing and compressing the static files",
        ("static/**/*", "requirements.lock", "livecommerce/static.py"),
        is_made=_static_made,
    ),
)


class Ledger:
    """Which steps were done with which inputs, in `<DATA_DIR>/steps.json`."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._file = data_dir / "steps.json"
        self._done: dict[str, str] = {}
        if self._file.is_file():
            with open(self._file) as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                self._done = json.loads(file.read() or "{}")

    def due(self, *, seeds: bool, keeps_database: bool) -> list[Step]:
        """`keeps_database`: nobody but us changes it, so a step once done stays done."""
        return [
            step
            for step in STEPS
            if (step.name != "seed" or seeds)
            and ((step.needs_database and not keeps_database) or self.is_due(step))
        ]

    def is_due(self, step: Step) -> bool:
        return not step.is_made(self._data_dir) or self._done.get(step.name) != fingerprint(
            step.reads
        )

    def record(self, step: Step) -> None:
        """Two processes may do steps at once: each adds its own to what is there."""
        print_of_now = fingerprint(step.reads)
        with open(self._file, "a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            self._done = json.loads(file.read() or "{}") | {step.name: print_of_now}
            file.truncate(0)
            file.write(json.dumps(self._done, indent=1))


def fingerprint(globs: Iterable[str]) -> str:
    """One hash of the names and contents of all files that match."""
    digest = hashlib.sha256()
    files = {file for pattern in globs for file in ROOT.glob(pattern) if file.is_file()}
    for file in sorted(files):
        if "__pycache__" not in file.parts:
            digest.update(f"\n{file.relative_to(ROOT)}\n".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
