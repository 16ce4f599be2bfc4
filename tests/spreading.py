"""Which worker runs which file: what mostly waits goes beside what mostly computes.

Some files wait for other processes, for pictures in real time or for leases to run out; they need
a core now and then, and a quiet one. One worker takes those, the longest first; the others take
the rest. Whoever has nothing left helps. Loaded by `-p tests.spreading` (pyproject.toml).
"""

from zlib import crc32

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

WAITING = (
    "tests/e2e/",
    "tests/faults/",
    "tests/livecommerce/embedded/",
    "tests/livecommerce/realtime/",
    "tests/streams/media/",
)
"""In this order: the longest files first, so that none is left alone at the end."""
LONG = ("tests/browser/",)
"""The same for those who compute; behind them whatever has the most tests."""
IN_PARTS = {"tests/browser/test_pages.py": 4}
"""Files too long for one worker, and into how many parts they go."""


class TwoLanes(LoadFileScheduling):
    """Files as units, as by `--dist loadfile`, but chosen for the worker that asks."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        parts = IN_PARTS.get(file)
        return f"{file} {crc32(nodeid.encode()) % parts}" if parts else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        waiter = min(self.nodes, key=lambda one: one.gateway.id)
        chosen = min(self.workqueue, key=lambda unit: self._rank(unit, of_waiter=node is waiter))
        self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)

    def _rank(self, unit: str, *, of_waiter: bool) -> tuple[bool, int, int]:
        """The lowest goes first."""
        waits = unit.startswith(WAITING)
        order = WAITING if waits else LONG
        kinds = [number for number, folder in enumerate(order) if unit.startswith(folder)]
        return waits != of_waiter, min(kinds, default=len(order)), -len(self.workqueue[unit])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return TwoLanes(config, log) if config.getvalue("dist") == "loadfile" else None
