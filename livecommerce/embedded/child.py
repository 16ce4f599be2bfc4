"""One role kept running: its process, its lines, its restarts."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping

from livecommerce.embedded.console import Console
from livecommerce.embedded.environment import ROOT
from livecommerce.embedded.roles import Role
from livecommerce.embedded.tether import dies_with_parent

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A role that ran this long has recovered: its next pause is the first one again."""


class Child:
    def __init__(self, role: Role, environment: Mapping[str, str], console: Console) -> None:
        self.role = role
        self._environment = environment
        self._console = console
        self._process: asyncio.subprocess.Process | None = None
        self._is_stopping = False
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def keep_running(self) -> None:
        """Until `stop()`, or until a role that may finish has finished."""
        pause = FIRST_PAUSE
        while not self._is_stopping:
            started = time.monotonic()
            status = await self._run_once()
            if self._is_stopping or (self.role.may_finish and status == 0):
                return
            if time.monotonic() - started > STEADY_SECONDS:
                pause = FIRST_PAUSE
            self._console.line(
                self.role.name, f"stopped ({_in_words(status)}); starting again in {pause:g} s"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self.restarts += 1

    async def stop(self) -> None:
        """Ask with SIGTERM, insist with SIGKILL when its time is up."""
        self._is_stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self.role.stop_seconds)
        except TimeoutError:
            self._console.line(self.role.name, "does not stop; killing it")
            self.kill()
            await process.wait()

    def kill(self) -> None:
        self._is_stopping = True
        if self._process is not None and self._process.returncode is None:
            self._kill_group(self._process.pid)

    async def _run_once(self) -> int:
        process = self._process = await asyncio.create_subprocess_exec(
            *self.role.argv(self._environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=2**20,
            cwd=ROOT,
            env=self.role.environment(self._environment),
            process_group=0,  # Ctrl-C is for the supervisor, who stops all in order
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        reading = asyncio.create_task(self._print_lines(process))
        status = await process.wait()
        self._kill_group(process.pid)  # workers of a dead parent would keep its port
        await reading
        return status

    async def _print_lines(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than the limit; the rest follows
                continue
            if not line:
                return
            self._console.line(self.role.name, line.decode(errors="replace"))

    @staticmethod
    def _kill_group(group: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _in_words(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return f"killed by {signal.Signals(-status).name}"
