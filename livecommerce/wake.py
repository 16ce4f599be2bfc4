"""Asking a worker to look now instead of at its next sweep.

What there is to do stands in rows, and beat's sweep finds it without this. So a broker that is
away costs nothing but those seconds: nothing is raised, and it is left alone for a while.
"""

import logging
import time

from django.db import transaction

from livecommerce.celery import app

logger = logging.getLogger(__name__)

LEAVE_ALONE_SECONDS = 10.0
EXPIRES_SECONDS = 60
_away_until = 0.0


def wake(task: str) -> None:
    """Run the task of that name soon, once the current transaction has committed."""
    transaction.on_commit(lambda: _send(task), robust=True)


def _send(task: str) -> None:
    global _away_until
    if time.monotonic() < _away_until:
        return
    try:
        app.send_task(task, retry=False, expires=EXPIRES_SECONDS)
    except Exception as error:  # kombu raises its transport's own kinds
        _away_until = time.monotonic() + LEAVE_ALONE_SECONDS
        logger.warning("no worker could be woken for %s: %s", task, error)
