"""The variables that `make run` gives to every role, and to commands typed by hand.

Whatever the user's environment says wins; the rest is made up once and kept in the data folder.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from livecommerce.embedded.places import remembered_secret

ROOT = Path(__file__).resolve().parent.parent.parent


class WrongVariable(ValueError):
    """A variable makes no sense; the message names it."""


def find_data_dir(told: Mapping[str, str]) -> Path:
    return Path(told.get("DATA_DIR") or ROOT / ".data").absolute()


def complete(
    told: Mapping[str, str], *, data_dir: Path, database_url: str, redis_url: str
) -> dict[str, str]:
    """Every variable of the roles. Empty values count as unset, as in `PORT= make run`."""
    given = {name: value for name, value in told.items() if value}
    ports = choose_ports(given)
    port = ports["PORT"]
    hook_secret = remembered_secret(data_dir / "media-hook.secret")
    made_up: dict[str, str] = {
        "SECRET_KEY": remembered_secret(data_dir / "secret.key"),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "BIND": "127.0.0.1",
        "PUBLIC_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "MEDIA_ENGINE": "embedded",
        "MEDIA_HOOK_SECRET": hook_secret,
        "MEDIA_AUTH_URL": f"http://127.0.0.1:{port}/hooks/media/auth/{hook_secret}",
        "MEDIA_INTERNAL_URL": f"http://127.0.0.1:{ports['MEDIA_PORT']}",
        "RECORDINGS_DIR": str(data_dir / "recordings"),
    }
    made_up["MEDIA_HOST"] = given.get("BIND", made_up["BIND"])
    if "STRIPE_SECRET_KEY" not in given:
        made_up |= _double(data_dir, ports)
    if "DATABASE_URL" not in given:  # never hint at demo accounts in somebody's own database
        made_up |= {"DEMO": "1", "DEMO_SHOW": "1"}
    fixed = {
        **{name: str(number) for name, number in ports.items()},
        "DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "livecommerce.settings",
        "PYTHONUNBUFFERED": "1",
    }
    if "PYTHONDONTWRITEBYTECODE" in given:
        # No bytecode beside the sources, as wanted; but six processes that each compile the whole
        # shop anew would make every start twice as long.
        fixed |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(data_dir / "bytecode")}
    return {**made_up, **given, **fixed}


def choose_ports(given: Mapping[str, str]) -> dict[str, int]:
    """PORT and the three after it, each of which may be named by itself."""
    first = _port("PORT", given.get("PORT", "8000"))
    ports = {"PORT": first}
    for offset, name in enumerate(("REALTIME_PORT", "MEDIA_PORT", "STRIPE_DOUBLE_PORT"), start=1):
        ports[name] = _port(name, given.get(name, str(first + offset)))
    return ports


def write_run_env(data_dir: Path, environment: Mapping[str, str], told: Mapping[str, str]) -> None:
    """What settings.py reads when DATABASE_URL is unset, so that manage.py finds our servers."""
    ours = {
        name: value
        for name, value in environment.items()
        if told.get(name) != value and not name.startswith("PYTHON")
    }
    ours |= {name: environment[name] for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")}
    file = data_dir / "run.env"
    with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as out:
        out.write("# Written by `make run`: the embedded servers and this machine's secrets.\n")
        out.writelines(f"{name}='{value}'\n" for name, value in sorted(ours.items()))


def _double(data_dir: Path, ports: Mapping[str, int]) -> dict[str, str]:
    return {
        "STRIPE_SECRET_KEY": "sk_test_double",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_double",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{remembered_secret(data_dir / 'stripe-webhook.secret')}",
        "STRIPE_API_BASE": f"http://127.0.0.1:{ports['STRIPE_DOUBLE_PORT']}",
    }


def _port(name: str, value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise WrongVariable(f"{name}={value} is not a port: give a number from 1 to 65535")
    return int(value)
