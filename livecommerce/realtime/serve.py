"""Start the realtime role: `python -m livecommerce.realtime.serve`.

uvicorn with the settings the room was measured with: our own WebSocket protocol class, no
deflate (twice the CPU and memory for small frames), small inbound frames, pings by the server.
"""

import logging

import uvicorn
from django.conf import settings

from livecommerce.realtime.commands import MOST_BYTES

LISTEN_BACKLOG = 4096
"""A thousand phones reconnect at once after a deploy."""


def config(host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        "livecommerce.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        ws="livecommerce.realtime.wire:RoomProtocol",
        ws_max_size=MOST_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        backlog=LISTEN_BACKLOG,
        lifespan="off",
        access_log=False,
        timeout_graceful_shutdown=5,
        log_config=None,
    )


def main() -> None:
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # or a line for each socket
    uvicorn.Server(config("0.0.0.0", settings.REALTIME_PORT)).run()


if __name__ == "__main__":
    main()
