"""The Celery application. Celery wakes work up; rows and sweeps are the truth."""

import os
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")

APPS_WITH_TASKS = (
    "livecommerce",
    "orders",
    "streams",
    "products",
    "officials",
    "livecommerce.notifications",
    "livecommerce.accounts",
)

app = Celery("livecommerce")
app.conf.update(settings.CELERY)
app.autodiscover_tasks(list(APPS_WITH_TASKS))


@app.on_after_finalize.connect
def _plan_sweeps(sender: Celery, **_: Any) -> None:
    """Each app names its own sweeps in `tasks.BEAT`; here they become one schedule."""
    schedule: dict[str, Any] = {}
    for name in APPS_WITH_TASKS:
        schedule.update(getattr(import_module(f"{name}.tasks"), "BEAT", {}))
    sender.conf.beat_schedule = schedule


@worker_init.connect
def _read_first(**_: Any) -> None:
    """Before the worker's threads begin, each of which would do it for itself."""
    import_module("livecommerce.cold_start").read_addresses()  # needs the apps that Celery loads
