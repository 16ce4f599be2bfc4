"""What runs: each role's command, port and variables, said once.

The supervisor starts these, `docker-compose.yml` must say the same (tests/contracts/
test_compose.py), and `docs/operations.md` lists them.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

SHARED = ("SECRET_KEY", "PUBLIC_URL", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL")
"""What every process that loads the settings must be told."""
STRIPE = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
MEDIA = ("MEDIA_HOOK_SECRET", "MEDIA_INTERNAL_URL", "MEDIA_ENGINE")


@dataclass(frozen=True)
class Role:
    """One kind of process. `{NAME}` in the command stands for the variable of that name."""

    name: str
    command: tuple[str, ...]
    port: str = ""
    """The variable that holds the port it listens on; empty when it listens on none."""
    health: str = ""
    """A path that answers 200 once it serves."""
    needs: tuple[str, ...] = SHARED
    """Variables without which it cannot do its work."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Variables of this role alone; the environment may say otherwise."""
    stop_seconds: float = 15.0
    """How long it may take to finish what it is doing when told to stop."""
    may_finish: bool = False
    """An exit with status 0 is its end, not a crash."""
    starts_last: bool = False
    """Nobody waits for it: it starts when the shop is open, so as not to delay that."""

    @property
    def module(self) -> str:
        """The Python module that must be there for this role to run."""
        target = next((part for part in self.command if ":" in part), self.command[2])
        return target.partition(":")[0]

    def is_installed(self) -> bool:
        try:
            return find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False

    def argv(self, environment: Mapping[str, str]) -> list[str]:
        """The command as a process is started with: this very Python, values filled in."""
        filled = [part.format_map(environment) for part in self.command]
        return [sys.executable if part == "python" else part for part in filled]

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        return {**self.defaults, **environment}


PAGES = Role(
    name="pages",
    command=(
        *("python", "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", "{BIND}", "--port", "{PORT}"),
        *("--workers-kill-timeout", "10", "--log-level", "error"),
        "livecommerce.wsgi:application",
    ),
    port="PORT",
    health="/livez",
    needs=(*SHARED, *STRIPE, *MEDIA, "REALTIME_PUBLIC_URL", "MEDIA_PUBLIC_URL"),
    # Blocking threads stay, so a connection may be kept by each of them. One thread for the network
    # is enough beside them, and costs fewer changes of thread (docs/performance.md).
    defaults={
        "GRANIAN_WORKERS": "1",
        "GRANIAN_BLOCKING_THREADS": "32",
        "GRANIAN_RUNTIME_MODE": "st",
        "DB_CONN_MAX_AGE": "60",
        # Whose word on a visitor's address is taken: limits count addresses.
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
    },
)
REALTIME = Role(
    name="realtime",
    command=(
        *("python", "-m", "uvicorn", "livecommerce.asgi:application"),
        *("--host", "{BIND}", "--port", "{REALTIME_PORT}"),
        *("--loop", "uvloop", "--ws", "livecommerce.realtime.wire:RoomProtocol"),
        *("--ws-per-message-deflate", "false", "--ws-max-size", "16384"),
        *("--ws-ping-interval", "60", "--ws-ping-timeout", "30", "--backlog", "4096"),
        *("--lifespan", "off", "--timeout-graceful-shutdown", "3"),
        *("--no-access-log", "--log-level", "warning"),
    ),
    port="REALTIME_PORT",
    health="/livez",
    # Sessions are read in one thread; a new connection for each would be most of a connect's cost.
    # Addresses as for the pages; this one uvicorn reads by itself.
    defaults={"DB_CONN_MAX_AGE": "60", "FORWARDED_ALLOW_IPS": "127.0.0.1"},
)
MEDIA_ROLE = Role(
    name="media",
    command=("python", "-m", "streams.media.role"),
    port="MEDIA_PORT",
    health="/livez",
    needs=("MEDIA_AUTH_URL", "MEDIA_HOOK_SECRET", "RECORDINGS_DIR"),
)
WORKER = Role(
    name="worker",
    command=(
        *("python", "-m", "celery", "--app", "livecommerce", "--quiet", "worker"),
        *("--pool", "threads", "--concurrency", "4", "--beat", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ),
    needs=(*SHARED, *STRIPE, *MEDIA),
    # In a container, or on a newcomer's machine as root, Celery would warn at each start.
    defaults={"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"},
    stop_seconds=30.0,
)
STRIPE_DOUBLE = Role(
    name="stripe",
    command=(
        *("python", "-m", "livecommerce.embedded.stripe_double", "--host", "{BIND}"),
        *("--port", "{STRIPE_DOUBLE_PORT}", "--data", "{DATA_DIR}/stripe"),
    ),
    port="STRIPE_DOUBLE_PORT",
    health="/livez",
    needs=("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "PUBLIC_URL", "DATA_DIR"),
)
DEMO_SHOW = Role(
    name="demo-show",
    command=("python", "-m", "django", "demo_show", "--settings", "livecommerce.settings"),
    needs=(*SHARED, *MEDIA),
    may_finish=True,
    starts_last=True,
)

PRODUCTION = (PAGES, REALTIME, MEDIA_ROLE, WORKER)
"""What a real installation runs (MediaMTX may stand in for media)."""
EVERY = (*PRODUCTION, STRIPE_DOUBLE, DEMO_SHOW)


def roles_to_run(environment: Mapping[str, str]) -> tuple[Role, ...]:
    """What `make run` starts with these variables: real parts given take the place of ours."""
    chosen = [PAGES, REALTIME, WORKER]
    if environment.get("MEDIA_ENGINE", "embedded") == "embedded":
        chosen.insert(2, MEDIA_ROLE)
    if environment.get("STRIPE_API_BASE"):
        chosen.append(STRIPE_DOUBLE)
    if environment.get("DEMO") == "1" and environment.get("DEMO_SHOW", "1") == "1":
        chosen.append(DEMO_SHOW)
    return tuple(role for role in chosen if role.is_installed())
