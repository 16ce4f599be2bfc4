"""Work done by Celery; sweeps are named in BEAT."""

from typing import Any

from celery import shared_task

from livecommerce.notifications import domain, push


@shared_task(name="notifications.send_due")
def send_due() -> int:
    return domain.send_due()


@shared_task(name="notifications.push_due")
def push_due() -> int:
    return push.send_due()


@shared_task(name="notifications.give_up_stuck")
def give_up_stuck() -> int:
    return domain.give_up_stuck()


BEAT: dict[str, dict[str, Any]] = {
    "notifications-send-due": {
        "task": "notifications.send_due",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "notifications-push-due": {
        "task": "notifications.push_due",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "notifications-give-up-stuck": {
        "task": "notifications.give_up_stuck",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
}
