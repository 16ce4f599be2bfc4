"""One role kept running: its process, its lines, its restarts."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping

from livecommerce.embedded.console import Console
from livecommerce.embedded.environment import ROOT
from livecommerce.embedded.roles import Role
from livecommerce.embedded.tether import dies_with_parent

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
LAST_LINES_SECONDS = 2.0
LONGEST_LINE = 2**20
STEADY_SECONDS = 60.0
"""A role that ran this long has recovered: its next pause is the first one again."""


class Child:
    def __init__(self, role: Role, environment: Mapping[str, str], console: Console) -> None:
        self.role = role
        self._environment = environment
        self._console = console
        self._process: subprocess.Popen[bytes] | None = None
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
                await _exit_of(process)
        except TimeoutError:
            self._console.line(self.role.name, "does not stop; killing it")
            self.kill()
            await _exit_of(process)

    def kill(self) -> None:
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._kill_group(self._process.pid)

    async def _run_once(self) -> int:
        process = self._process = self._spawn()
        assert process.stdout is not None
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), process.stdout
        )
        reading = asyncio.create_task(self._print_lines(reader))
        try:
            status = await _exit_of(process)
            self._kill_group(process.pid)  # workers of a dead parent would keep its port
            with contextlib.suppress(TimeoutError):  # somebody outside the group holds the pipe
                await asyncio.wait_for(reading, LAST_LINES_SECONDS)
            return status
        finally:
            reading.cancel()
            pipe.close()

    async def _print_lines(self, reader: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await reader.readline()
            except ValueError:  # longer than the limit; the rest follows
                continue
            if not line:
                return
            self._console.line(self.role.name, line.decode(errors="replace"))

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.role.argv(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=self.role.environment(self._environment),
            process_group=0,  # Ctrl-C is for the supervisor, who stops all in order
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )

    @staticmethod
    def _kill_group(group: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


async def _exit_of(process: subprocess.Popen[bytes]) -> int:
    """Not asyncio's own wait: that one lasts until all who inherited the output are gone too."""
    while (status := process.poll()) is None:  # noqa: ASYNC110 - nobody tells us but the system
        await asyncio.sleep(0.05)
    return status


def _in_words(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return f"killed by {signal.Signals(-status).name}"
