"""The worker's own sign of life: a key that dies when the worker or its beat does."""

import time
from typing import Any

from celery import shared_task
from celery.schedules import crontab
from celery.signals import worker_ready

from livecommerce import redis_client, upkeep

BEAT_SECONDS = 10
ALIVE_SECONDS = 45
"""How long a sign of life counts: four beats may be late before /readyz calls the worker away."""

UPKEEP_AT = crontab(hour="4", minute="10")
"""When the fewest people are awake."""

BEAT: dict[str, dict[str, Any]] = {
    "worker-heartbeat": {
        "task": "livecommerce.tasks.show_life",
        "schedule": BEAT_SECONDS,
        "options": {"expires": BEAT_SECONDS},  # a worker that was away need not catch up
    },
    "upkeep": {
        "task": "livecommerce.tasks.keep_up",
        "schedule": UPKEEP_AT,
        "options": {"expires": 6 * 3600},
    },
}


def heartbeat_key() -> str:
    return redis_client.key("worker", "heartbeat")


@shared_task
def show_life() -> None:
    redis_client.sync().set(heartbeat_key(), str(time.time()), ex=ALIVE_SECONDS)


@shared_task(time_limit=3600, soft_time_limit=3500)
def keep_up() -> int:
    """Remove what was kept long enough; see docs/trust.md."""
    return sum(done.removed for done in upkeep.run())


@worker_ready.connect
def _show_life_at_once(**_: Any) -> None:
    show_life()
