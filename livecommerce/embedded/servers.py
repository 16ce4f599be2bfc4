"""The embedded servers of one run: those that no variable replaces."""

from collections.abc import Mapping
from pathlib import Path

from livecommerce.embedded.console import Console
from livecommerce.embedded.postgres import Postgres, start_postgres
from livecommerce.embedded.valkey import Valkey, start_valkey


class Servers:
    """Starts them, starts again what died, stops them. Blocks for as long as that takes.

    Must be used from the main thread (see tether.dies_with_parent).
    """

    def __init__(self, data_dir: Path, told: Mapping[str, str], console: Console) -> None:
        self._data_dir = data_dir
        self._console = console
        self._given = {"postgres": told.get("DATABASE_URL"), "valkey": told.get("REDIS_URL")}
        self._running: dict[str, Postgres | Valkey] = {}

    @property
    def database_url(self) -> str:
        return self._given["postgres"] or self._running["postgres"].url

    @property
    def redis_url(self) -> str:
        return self._given["valkey"] or self._running["valkey"].url

    @property
    def pids(self) -> dict[str, int]:
        return {name: server.process.pid for name, server in self._running.items()}

    def start(self) -> None:
        """Raises PostgresError or ValkeyError."""
        for name in ("postgres", "valkey"):
            if self._given[name]:
                self._console.line(name, "not started: the environment names another")
            elif name not in self._running:
                self._running[name] = self._start(name)

    def revive(self) -> list[str]:
        """Start again what has died; the names of those that were started."""
        dead = [name for name, server in self._running.items() if server.process.poll() is not None]
        for name in dead:
            self._console.line(name, "stopped unexpectedly; starting it again")
            before = self._running[name].url
            self._running[name] = self._start(name)
            if self._running[name].url != before:
                raise RuntimeError(f"{name} came back at another address; start the shop again")
        return dead

    def stop(self) -> None:
        for name in ("valkey", "postgres"):
            server = self._running.pop(name, None)
            if server is not None:
                server.stop()
                self._console.line(name, "stopped")

    def _start(self, name: str) -> Postgres | Valkey:
        if name == "postgres":
            postgres = start_postgres(self._data_dir)
            said = f"PostgreSQL {postgres.binaries.major}, {postgres.binaries.origin}"
            self._console.line(name, f"{said}, data in {postgres.data}")
            return postgres
        valkey = start_valkey(self._data_dir)
        self._console.line(name, f"{valkey.origin}, port {valkey.port}")
        return valkey
