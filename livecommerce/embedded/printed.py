"""A process whose lines go to the console under a name, and whose whole group ends with it."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence

from livecommerce.embedded.console import Console
from livecommerce.embedded.environment import ROOT
from livecommerce.embedded.tether import dies_with_parent

LAST_LINES_SECONDS = 2.0
LONGEST_LINE = 2**20

Process = subprocess.Popen[bytes]


async def run_printed(
    name: str,
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    console: Console,
    on_start: Callable[[Process], None] = lambda process: None,
) -> int:
    """Run `command` to its end and return its status; when cancelled, its group is killed."""
    process = _spawn(command, environment)
    on_start(process)
    assert process.stdout is not None
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), process.stdout
    )
    reading = asyncio.create_task(_print_lines(name, reader, console))
    try:
        return await exit_of(process)
    finally:
        kill_group(process)  # workers of a dead parent would keep its port
        process.wait()
        with contextlib.suppress(TimeoutError):  # somebody outside the group holds the pipe
            await asyncio.wait_for(reading, LAST_LINES_SECONDS)
        pipe.close()


async def exit_of(process: Process) -> int:
    """Not asyncio's own wait: that one lasts until all who inherited the output are gone too."""
    while (status := process.poll()) is None:  # noqa: ASYNC110 - nobody tells us but the system
        await asyncio.sleep(0.05)
    return status


def kill_group(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _spawn(command: Sequence[str], environment: Mapping[str, str]) -> Process:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
        env=environment,
        process_group=0,  # Ctrl-C is for the supervisor, who stops all in order
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )


async def _print_lines(name: str, reader: asyncio.StreamReader, console: Console) -> None:
    while True:
        try:
            line = await reader.readline()
        except ValueError:  # longer than the limit; the rest follows
            continue
        if not line:
            return
        console.line(name, line.decode(errors="replace"))
