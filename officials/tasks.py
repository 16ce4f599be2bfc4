"""Work done by Celery; sweeps are named in BEAT."""

from typing import Any

from celery import shared_task

from officials.domain import identity


@shared_task(name="officials.remind_of_identity")
def remind_of_identity() -> int:
    """Officials whose identity check runs out are told; a message's key makes it once."""
    return identity.remind_officials()


BEAT: dict[str, dict[str, Any]] = {
    "officials-remind-of-identity": {
        "task": "officials.remind_of_identity",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
