"""A running Stripe double for tests, and a receiver of its webhooks; both real servers.

`stripe_double` (fixture) is one server a session with everything calm again before each test.
Import it where it is wanted: `from tests.stripe_server import stripe_double  # noqa: F401`.
"""

import dataclasses
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from stripe import RequestsClient, StripeClient

from livecommerce.embedded.stripe_double.app import create_app
from livecommerce.embedded.stripe_double.double import Config

SECRET_KEY = "sk_test_for_the_tests_only"
WEBHOOK_SECRET = "whsec_for_the_tests_only"
SHOP = "http://shop.example:8000"
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The double speaks plain HTTP; each client of httpx would read all the machine's authorities."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(claim: Callable[[], Any], *, seconds: float = 20) -> Any:
    """What the claim says as soon as it is true; fails when it never is."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if found := claim():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


class StripeServer:
    """The double in a thread of its own; `stop` and `start` restart it over the same folder."""

    def __init__(self, folder: Path, **config: Any) -> None:
        values = {"secret_key": SECRET_KEY, "public_url": SHOP, "refund_seconds": 0.05, **config}
        self.config = Config(folder=folder, **values)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self, **changes: Any) -> None:
        self.config = dataclasses.replace(self.config, **changes)
        self._server = uvicorn.Server(
            uvicorn.Config(
                create_app(self.config),
                host="127.0.0.1",
                port=self.port,
                log_level="warning",
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)
        assert not self._thread.is_alive()

    def client(self, *, retries: int = 0, key: str = SECRET_KEY) -> StripeClient:
        return StripeClient(
            key,
            base_addresses={"api": self.url},
            max_network_retries=retries,
            http_client=RequestsClient(timeout=20),
        )

    def private(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {SECRET_KEY}"}
        url = f"{self.url}/_double/{path}"
        answer = httpx.request(method, url, headers=headers, verify=NO_AUTHORITIES, **sent)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def chaos(self, **wanted: Any) -> None:
        self.private("POST", "chaos", json=wanted)

    def deliveries(self) -> dict[str, Any]:
        return self.private("GET", "deliveries")

    def browser(self) -> httpx.Client:
        """Follows no redirect by itself, so that a test sees where a buyer is sent."""
        headers = {"Accept-Language": "zh-CN"}
        return httpx.Client(base_url=self.url, headers=headers, verify=NO_AUTHORITIES)


class Receiver:
    """Takes webhooks like the shop does; `status` is what it answers."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hooks/stripe"
        self.status = 200
        self.got: list[tuple[bytes, str]] = []
        self._server: ThreadingHTTPServer | None = None

    def open(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((body, self.headers["Stripe-Signature"]))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in list(self.got)]

    def names(self) -> list[str]:
        return [event["type"] for event in self.events()]


@pytest.fixture(scope="session")
def _one_stripe_double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeServer]:
    server = StripeServer(tmp_path_factory.mktemp("stripe"))
    yield server
    server.stop()


@pytest.fixture
def stripe_double(_one_stripe_double: StripeServer) -> StripeServer:
    _one_stripe_double.chaos()
    return _one_stripe_double


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.open()
    yield made
    made.close()
