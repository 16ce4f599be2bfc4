"""`python -m livecommerce.embedded run|reset`: what `make run` and `make demo-reset` call."""

import argparse
import asyncio
import os
import sys

from livecommerce.embedded import places
from livecommerce.embedded.console import Console
from livecommerce.embedded.environment import WrongVariable, find_data_dir
from livecommerce.embedded.lock import AlreadyRunning, DataLock
from livecommerce.embedded.postgres import PostgresError
from livecommerce.embedded.supervisor import StartError, Supervisor
from livecommerce.embedded.valkey import ValkeyError


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m livecommerce.embedded")
    parser.add_argument("action", choices=["run", "reset"], nargs="?", default="run")
    action = parser.parse_args(arguments).action
    console = Console()
    try:
        if action == "reset":
            return reset(console)
        return asyncio.run(_run(console))
    except (StartError, AlreadyRunning, WrongVariable, PostgresError, ValkeyError) as error:
        console.say(f"cannot start: {error}")
        return 1


async def _run(console: Console) -> int:
    return await Supervisor(os.environ, console).run()


def reset(console: Console) -> int:
    """Throw the data folder away; refused while a shop runs on it."""
    data_dir = find_data_dir(os.environ)
    lock = DataLock(data_dir)
    lock.take("make demo-reset")
    places.forget(data_dir)
    lock.release()
    console.say(f"forgot everything in {data_dir}; make run begins anew")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
