"""Starts everything in order, keeps it running, and stops everything again."""

import asyncio
import contextlib
import ipaddress
import os
import signal
import sys
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence

from livecommerce.embedded import environment as variables
from livecommerce.embedded.child import Child
from livecommerce.embedded.console import Console
from livecommerce.embedded.greeting import greeting
from livecommerce.embedded.lock import DataLock
from livecommerce.embedded.places import is_port_free
from livecommerce.embedded.printed import run_printed
from livecommerce.embedded.roles import Role, roles_to_run
from livecommerce.embedded.servers import Servers
from livecommerce.embedded.steps import MESSAGES, Ledger, Step

ANSWER_SECONDS = 300.0
PATIENCE_SECONDS = 30.0
WHOLE_SECONDS = 20.0
"""How long the greeting waits for parts that are not ours to start, or slow."""
PORT_PATIENCE = 10.0
"""Roles of a run that was killed need a moment to let go of their ports."""


class StartError(RuntimeError):
    """The shop cannot start; the message says why and what to do."""


class Supervisor:
    def __init__(self, told: Mapping[str, str], console: Console) -> None:
        self._told = {name: value for name, value in told.items() if value}
        self._console = console
        self._data_dir = variables.find_data_dir(self._told)
        self._lock = DataLock(self._data_dir)
        self._servers = Servers(self._data_dir, self._told, console)
        self._children: list[Child] = []
        self._beside: asyncio.Task[None] | None = None
        """Steps of the set-up that need no server, while the servers start and tables are made."""
        self._stop_asked = asyncio.Event()

    async def run(self) -> int:
        """Until it is told to stop by a signal. Raises StartError and the servers' errors."""
        started = time.monotonic()
        ports = variables.choose_ports(self._told)
        self._lock.take(f"http://localhost:{ports['PORT']}")
        self._listen_to_signals()
        try:
            await self._check_ports(ports)
            due = self._find_due_steps()
            await self._begin_beside([step for step in due if not step.needs_database])
            self._servers.start()
            environment = self._complete_environment()
            await self._unless_stopped(
                self._prepare([step for step in due if step.needs_database], environment)
            )
            await self._unless_stopped(self._start_roles(environment))
            if not self._stop_asked.is_set():
                seconds = time.monotonic() - started
                self._console.plain(greeting(environment, self._data_dir, seconds=seconds))
                await self._watch_servers()
            return 0
        finally:
            await self._stop_everything()

    # --- Start ------------------------------------------------------------------------------
    async def _check_ports(self, ports: Mapping[str, int]) -> None:
        host = self._told.get("BIND", "127.0.0.1")
        deadline = time.monotonic() + (PORT_PATIENCE if self._lock.was_left_behind else 0)
        for name, port in ports.items():
            while not is_port_free(port, host):
                if time.monotonic() >= deadline:
                    raise StartError(
                        f"port {port} ({name}) is in use by another program. Stop that one, or "
                        f"choose other ports: make run PORT={max(ports.values()) + 97}"
                    )
                await asyncio.sleep(0.2)

    def _complete_environment(self) -> dict[str, str]:
        environment = variables.complete(
            self._told,
            data_dir=self._data_dir,
            database_url=self._servers.database_url,
            redis_url=self._servers.redis_url,
        )
        variables.write_run_env(self._data_dir, environment, self._told)
        return environment

    def _find_due_steps(self) -> list[Step]:
        return Ledger(self._data_dir).due(
            seeds=self._without_servers().get("DEMO") == "1",
            keeps_database="DATABASE_URL" not in self._told,
        )

    def _without_servers(self) -> dict[str, str]:
        """For what asks neither: the settings want an address all the same."""
        return variables.complete(
            self._told,
            data_dir=self._data_dir,
            database_url="postgresql://starting@127.0.0.1:1/starting",
            redis_url="redis://127.0.0.1:1/0",
        )

    async def _begin_beside(self, steps: Sequence[Step]) -> None:
        if steps:
            self._beside = asyncio.create_task(self._do(steps, self._without_servers()))
            await asyncio.sleep(0)  # its process starts before the servers' start holds us up

    async def _prepare(self, steps: Sequence[Step], environment: Mapping[str, str]) -> None:
        if steps:
            await self._await_messages()
            await self._do(steps, environment)
        if self._beside is not None:
            await self._beside

    async def _await_messages(self) -> None:
        """The seed writes in people's languages: it begins when the translations are compiled."""
        while self._beside is not None and Ledger(self._data_dir).is_due(MESSAGES):
            if self._beside.done():
                await self._beside  # it failed, and says so
                return
            await asyncio.sleep(0.05)

    async def _do(self, steps: Sequence[Step], environment: Mapping[str, str]) -> None:
        status = await run_printed(
            "set-up",
            [sys.executable, "-m", "livecommerce.embedded.prepare", *(s.name for s in steps)],
            environment=environment,
            console=self._console,
        )
        if status != 0:
            raise StartError("a step of the set-up failed; its last lines say why")

    async def _start_roles(self, environment: Mapping[str, str]) -> None:
        roles = roles_to_run(environment)
        self._keep([role for role in roles if not role.starts_last], environment)
        serving = [role for role in roles if role.health]
        await asyncio.gather(*(self._await_health(role, environment) for role in serving))
        if not await self._become_ready(environment, "PORT", "/readyz", WHOLE_SECONDS):
            self._console.say("not every part works yet; `make doctor` says which and why")
        self._keep([role for role in roles if role.starts_last], environment)

    def _keep(self, roles: Iterable[Role], environment: Mapping[str, str]) -> None:
        for role in roles:
            child = Child(role, environment, self._console)
            self._children.append(child)
            task = asyncio.create_task(child.keep_running())
            task.add_done_callback(_raise_what_went_wrong)

    async def _await_health(self, role: Role, environment: Mapping[str, str]) -> None:
        """A busy machine is given time, and its owner told what it is spent on."""
        port = environment[role.port]
        for _ in range(int(ANSWER_SECONDS / PATIENCE_SECONDS)):
            if await self._become_ready(environment, role.port, role.health, PATIENCE_SECONDS):
                return
            self._console.line(role.name, f"does not answer on port {port} yet")
        raise StartError(f"{role.name} does not answer on port {port}; see its lines above")

    async def _become_ready(
        self, environment: Mapping[str, str], port: str, path: str, seconds: float
    ) -> bool:
        deadline = time.monotonic() + seconds
        host = _reachable(environment["BIND"])
        while not (is_ready := await _answers(host, int(environment[port]), path)):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.2)
        return is_ready

    # --- Run --------------------------------------------------------------------------------
    async def _watch_servers(self) -> None:
        while not self._stop_asked.is_set():
            self._servers.revive()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop_asked.wait(), 0.5)

    # --- Stop -------------------------------------------------------------------------------
    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(sig, self._on_signal)

    def _on_signal(self) -> None:
        if self._stop_asked.is_set():
            self._console.say("killing what is left")
            for child in self._children:
                child.kill()
        else:
            self._console.say("stopping (once more kills at once)")
            self._stop_asked.set()

    async def _unless_stopped(self, work: Awaitable[None]) -> None:
        """Wait for `work`, but give it up as soon as we are told to stop."""
        doing = asyncio.ensure_future(work)
        stopping = asyncio.create_task(self._stop_asked.wait())
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not doing.done():
            doing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await doing

    async def _stop_everything(self) -> None:
        if self._beside is not None:
            self._beside.cancel()
            await asyncio.gather(self._beside, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in self._children))
        self._servers.stop()
        self._lock.release()
        self._console.say("everything is stopped")


def _reachable(bound: str) -> str:
    """An address to ask at: one that means "all of ours" is no address to connect to."""
    try:
        everywhere = ipaddress.ip_address(bound)
    except ValueError:
        return bound
    if not everywhere.is_unspecified:
        return bound
    return "127.0.0.1" if everywhere.version == 4 else "::1"


async def _answers(host: str, port: int, path: str) -> bool:
    """Does a GET of `path` come back with 200 within ten seconds?"""
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                writer.write(request.encode())
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


def _raise_what_went_wrong(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        # A bug of ours: an unseen exception would leave a role down in silence.
        os.kill(os.getpid(), signal.SIGTERM)
        task.result()
