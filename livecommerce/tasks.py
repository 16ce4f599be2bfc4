"""The worker's own sign of life: a key that dies when the worker or its beat does."""

import time
from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from livecommerce import redis_client

BEAT_SECONDS = 10
ALIVE_SECONDS = 45
"""How long a sign of life counts: four beats may be late before /readyz calls the worker away."""

BEAT = {
    "worker-heartbeat": {
        "task": "livecommerce.tasks.show_life",
        "schedule": BEAT_SECONDS,
        "options": {"expires": BEAT_SECONDS},  # a worker that was away need not catch up
    }
}


def heartbeat_key() -> str:
    return redis_client.key("worker", "heartbeat")


@shared_task
def show_life() -> None:
    redis_client.sync().set(heartbeat_key(), str(time.time()), ex=ALIVE_SECONDS)


@worker_ready.connect
def _show_life_at_once(**_: Any) -> None:
    show_life()
