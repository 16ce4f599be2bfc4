"""The media role: `python -m streams.media.role`. A process and an event loop of its own."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from streams.media.embedded import http_api, http_replay, http_webrtc
from streams.media.embedded.config import MediaConfig
from streams.media.embedded.engine import Engine
from streams.media.embedded.gate import Gate
from streams.media.embedded.http_hls import FILE, HlsFiles
from streams.media.embedded.loop import MediaLoop
from streams.media.embedded.passthrough import offer_loopback_when_alone
from streams.media.embedded.rtmp import RtmpDoor
from streams.media.embedded.statehook import StateHook

_SWEEP_EVERY = 30.0


class _Kind(Convertor[str]):
    regex = "whip|whep"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Path(_Kind):
    regex = "[A-Za-z0-9_-]{1,64}"


register_url_convertor("kind", _Kind())
register_url_convertor("media", _Path())


def create_app(config: MediaConfig) -> ASGIApp:
    """The engine starts with the app's lifespan and ends with it."""
    gate = Gate(config.auth_url)
    hook = StateHook(config.state_url)
    engine = Engine(config, hook.tell)
    door = RtmpDoor(config, gate, f"http://{_own_address(config.host)}:{config.port}")
    origins = config.allowed_origins or ("*",)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        offer_loopback_when_alone()
        await door.open()
        sweeping = asyncio.ensure_future(_sweep(engine))
        try:
            yield
        finally:
            sweeping.cancel()
            await door.close()
            await engine.close()
            await gate.close()
            await hook.close()

    pages = Starlette(
        routes=[
            *http_api.routes(engine, gate, door),
            *http_replay.routes(config.recordings_dir, gate),
            *http_webrtc.routes(engine, gate),
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=list(origins),
                allow_methods=["GET", "POST", "PATCH", "DELETE", "OPTIONS"],
                allow_headers=["Authorization", "Content-Type", "If-Match", "Range"],
                expose_headers=[
                    *("ETag", "ID", "Accept-Patch", "Link", "Location"),
                    *("Content-Length", "Content-Range"),
                ],
                max_age=86_400,
            )
        ],
    )
    files = HlsFiles(engine, gate, origins)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] != "OPTIONS" and FILE.match(scope["path"]):
            await files(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return app


def _own_address(host: str) -> str:
    """Where this process itself reaches its own HTTP port."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # nosec B104


async def _sweep(engine: Engine) -> None:
    while True:
        await asyncio.sleep(_SWEEP_EVERY)
        engine.sweep()


def serve(config: MediaConfig) -> None:
    """Runs until SIGINT or SIGTERM."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(config),
            host=config.host,
            port=config.port,
            log_level="warning",
            timeout_graceful_shutdown=3,
            timeout_keep_alive=75,
            backlog=4096,
        )
    )
    with asyncio.Runner(loop_factory=lambda: MediaLoop(config.udp_ports)) as runner:
        runner.run(server.serve())


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("aioice", "aiortc", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        config = MediaConfig.from_environment()
    except ValueError as error:
        sys.exit(f"media: {error}")
    serve(config)


if __name__ == "__main__":
    main()
