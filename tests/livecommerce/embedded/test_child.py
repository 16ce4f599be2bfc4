import asyncio
import io
import os
import signal
import sys

import pytest
import pytest_asyncio

from livecommerce.embedded import child as child_module
from livecommerce.embedded.child import Child
from livecommerce.embedded.console import Console
from livecommerce.embedded.printed import run_printed
from livecommerce.embedded.roles import Role
from livecommerce.embedded.tether import is_alive

pytestmark = pytest.mark.asyncio

WAITS = "print('up', flush=True); import time; time.sleep(600)"
IGNORES = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(600)"
)
LEAVES_A_CHILD = (
    "import subprocess, sys; p = subprocess.Popen(['sleep', '600']);"
    "print('child', p.pid, flush=True); sys.exit(3)"
)


@pytest.fixture
def lines():
    return io.StringIO()


@pytest_asyncio.fixture
async def keep(monkeypatch, lines):
    """Runs Python code as a role; stops it at the end."""
    monkeypatch.setattr(child_module, "FIRST_PAUSE", 0.01)
    kept = []

    def start(code, **options):
        role = Role("probe", ("python", "-c", code), **options)
        child = Child(role, dict(os.environ), Console(lines, {}))
        task = asyncio.create_task(child.keep_running())
        kept.append((child, task))
        return child, task

    yield start
    for child, task in kept:
        child.kill()
        await task


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - it waits for another process
            await asyncio.sleep(0.01)


async def test_lines_carry_the_name_of_the_role(keep, lines):
    keep(WAITS)

    await until(lambda: "up" in lines.getvalue())

    assert lines.getvalue() == "probe     │ up\n"


async def test_crash_is_said_and_the_role_starts_again(keep, lines):
    child, _ = keep(WAITS)
    await until(lambda: "up" in lines.getvalue())
    first = child.pid

    os.kill(first, signal.SIGKILL)
    await until(lambda: lines.getvalue().count("up") == 2)

    assert "probe     │ stopped (killed by SIGKILL); starting again in 0.01 s" in lines.getvalue()
    assert child.pid != first
    assert child.restarts == 1


async def test_what_a_crashed_role_leaves_is_killed_before_it_starts_again(keep, lines):
    keep(LEAVES_A_CHILD)
    await until(lambda: lines.getvalue().count("child") >= 2)

    left = int(lines.getvalue().split("child ")[1].split("\n")[0])

    assert not await asyncio.to_thread(os.path.exists, f"/proc/{left}/exe")


async def test_stop_ends_a_role_that_ignores_it(keep, lines):
    child, task = keep(IGNORES, stop_seconds=0.2)
    await until(lambda: "up" in lines.getvalue())

    await child.stop()
    await task

    assert "does not stop; killing it" in lines.getvalue()
    assert "starting again" not in lines.getvalue()


async def test_role_that_may_finish_is_not_started_again(keep, lines):
    child, task = keep("print('done')", may_finish=True)

    await task

    assert child.restarts == 0
    assert lines.getvalue() == "probe     │ done\n"


async def test_role_that_may_finish_but_failed_is_started_again(keep, lines):
    child, _ = keep("import sys; sys.exit(1)", may_finish=True)

    await until(lambda: child.restarts >= 1)

    assert "exit status 1" in lines.getvalue()


async def test_stop_during_the_pause_after_a_crash_is_the_end(keep, lines, monkeypatch):
    monkeypatch.setattr(child_module, "FIRST_PAUSE", 600)
    child, task = keep("import sys; sys.exit(1)")
    await until(lambda: "starting again" in lines.getvalue())

    await child.stop()

    async with asyncio.timeout(5):
        await task


async def test_set_up_that_is_given_up_takes_its_own_workers_with_it(lines):
    """They hold its output: waiting for that to close would last as long as they do."""
    code = (
        "import subprocess, time; p = subprocess.Popen(['sleep', '600']);"
        "print('worker', p.pid, flush=True); time.sleep(600)"
    )
    doing = asyncio.create_task(
        run_printed(
            "set-up",
            [sys.executable, "-c", code],
            environment=dict(os.environ),
            console=Console(lines, {}),
        )
    )
    await until(lambda: "worker" in lines.getvalue())
    worker = int(lines.getvalue().split("worker ")[1])

    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await doing

    await until(lambda: not is_alive(worker))
