"""The servers that are compared, each pinned to one core, and how a message is published to it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from channels.layers import get_channel_layer
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from livecommerce.embedded.roles import REALTIME
from livecommerce.realtime import publish
from tests.bench.room.messages import Said, Shown
from tests.bench.room.plain import GROUP

HERE = Path(__file__).parent
SHOW = "bench"
"""Public id of the show whose room it is."""
PADDING = "好山好水出好货" * 2 + "m" * 20
"""Makes an event of about 100 bytes."""
START_SECONDS = 30


def now_us() -> int:
    """The clock of load.c."""
    return time.monotonic_ns() // 1000


@dataclass
class Contender:
    name: str
    command: Callable[[int], list[str]]
    publisher: Callable[[int], Callable[[str], None]]
    """For a port, what publishes a message of lane c or h."""
    signs_in: bool = False

    def start(self, port: int, core: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["taskset", "-c", core, *self.command(port)],
            cwd=HERE.parents[2],
            env=REALTIME.environment(os.environ),
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return process
            time.sleep(0.05)
        process.kill()
        raise RuntimeError(f"{self.name} did not start")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _product_command(port: int) -> list[str]:
    return REALTIME.argv({"BIND": "127.0.0.1", "REALTIME_PORT": str(port)})


def _publish_product(port: int) -> Callable[[str], None]:
    def tell(lane: str) -> None:
        event = Shown(cus=now_us(), m=PADDING) if lane == "c" else Said(hus=now_us(), m=PADDING)
        publish.try_publish(f"b:{SHOW}", event)

    return tell


def _plain_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "uvicorn", "tests.bench.room.plain:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop", "--backlog", "4096"),
        *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--lifespan", "off"),
        *("--no-access-log", "--log-level", "error", "--timeout-graceful-shutdown", "3"),
    ]


def _publish_plain(port: int) -> Callable[[str], None]:
    loop = asyncio.new_event_loop()
    layer = get_channel_layer()

    def tell(lane: str) -> None:
        content = {"t": "bench", f"{lane}us": now_us(), "m": PADDING}
        message = {"type": "shown", "content": content}
        loop.run_until_complete(layer.group_send(GROUP, message))

    return tell


def _node_command(port: int) -> list[str]:
    return ["node", str(HERE / "node_ws.mjs"), str(port)]


def _publish_node(port: int) -> Callable[[str], None]:
    speaker = connect(f"ws://127.0.0.1:{port}/", compression=None, ping_interval=None)
    threading.Thread(target=_listen_to_nothing, args=(speaker,), daemon=True).start()

    def tell(lane: str) -> None:
        content = {"t": "bench", f"{lane}us": now_us(), "m": PADDING}
        speaker.send(json.dumps(content, ensure_ascii=False, separators=(",", ":")))

    return tell


def _listen_to_nothing(speaker: ClientConnection) -> None:
    try:
        for _ in speaker:
            pass
    except ConnectionClosed:
        return


PRODUCT = Contender("product", _product_command, _publish_product, signs_in=True)
NODE = Contender("node_ws", _node_command, _publish_node)
PLAIN = Contender("plain_channels", _plain_command, _publish_plain)
