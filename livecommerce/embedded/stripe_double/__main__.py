"""Run the double: `python -m livecommerce.embedded.stripe_double --port 8003 --data DIR`.

The environment gives STRIPE_SECRET_KEY (empty: any test key), STRIPE_WEBHOOK_SECRET (empty: no
webhooks to the shop), PUBLIC_URL (the shop's address) and, where the double's pages are reached
by another address than the shop's hostname and this port, STRIPE_DOUBLE_PUBLIC_URL.
"""

import argparse
import os
from pathlib import Path

import uvicorn

from livecommerce.embedded.stripe_double.app import create_app
from livecommerce.embedded.stripe_double.double import Config


def main() -> None:
    parser = argparse.ArgumentParser(prog="stripe_double", description="A stand-in for Stripe.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for the state")
    parser.add_argument("--hook-url", default="", help="default: PUBLIC_URL/hooks/stripe")
    given = parser.parse_args()
    config = Config(
        folder=given.data,
        secret_key=os.environ.get("STRIPE_SECRET_KEY", ""),
        webhook_secret=os.environ.get("STRIPE_WEBHOOK_SECRET", ""),
        public_url=os.environ.get("PUBLIC_URL") or "http://localhost:8000",
        hook_url=given.hook_url,
        hosted_url=os.environ.get("STRIPE_DOUBLE_PUBLIC_URL", ""),
    )
    uvicorn.run(
        create_app(config),
        host=given.host,
        port=given.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
