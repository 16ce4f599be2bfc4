"""One role kept running: its process, its restarts, its end."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Mapping

from livecommerce.embedded.console import Console
from livecommerce.embedded.printed import Process, exit_of, kill_group, run_printed
from livecommerce.embedded.roles import Role

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A role that ran this long has recovered: its next pause is the first one again."""


class Child:
    def __init__(self, role: Role, environment: Mapping[str, str], console: Console) -> None:
        self.role = role
        self._environment = environment
        self._console = console
        self._process: Process | None = None
        self._stopping = asyncio.Event()
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def keep_running(self) -> None:
        """Until `stop()`, or until a role that may finish has finished."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            started = time.monotonic()
            status = await self._run_once()
            if self._stopping.is_set() or (self.role.may_finish and status == 0):
                return
            if time.monotonic() - started > STEADY_SECONDS:
                pause = FIRST_PAUSE
            self._console.line(
                self.role.name, f"stopped ({_in_words(status)}); starting again in {pause:g} s"
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
                return
            pause = min(pause * 2, LONGEST_PAUSE)
            self.restarts += 1

    async def stop(self) -> None:
        """Ask with SIGTERM, insist with SIGKILL when its time is up."""
        self._stopping.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(self.role.stop_seconds):
                await exit_of(process)
        except TimeoutError:
            self._console.line(self.role.name, "does not stop; killing it")
            self.kill()
            await exit_of(process)

    def kill(self) -> None:
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            kill_group(self._process)

    async def _run_once(self) -> int:
        def remember(process: Process) -> None:
            self._process = process

        return await run_printed(
            self.role.name,
            self.role.argv(self._environment),
            environment=self.role.environment(self._environment),
            console=self._console,
            on_start=remember,
        )


def _in_words(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return f"killed by {signal.Signals(-status).name}"
