"""Work done by Celery; sweeps are named in BEAT."""

from typing import Any

from celery import shared_task

from livecommerce.accounts import closing, copies


@shared_task(name="accounts.make_copies")
def make_copies() -> int:
    return copies.make_due()


@shared_task(name="accounts.close_accounts")
def close_accounts() -> int:
    return closing.close_due()


BEAT: dict[str, dict[str, Any]] = {
    "accounts-make-copies": {
        "task": "accounts.make_copies",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "accounts-close-accounts": {
        "task": "accounts.close_accounts",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
