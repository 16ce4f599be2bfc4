"""Work done by Celery; sweeps are named in BEAT."""

from typing import Any

from celery import shared_task

from products.domain.deals import end_due_deals


@shared_task(name="products.end_due_deals")
def end_due_deals_task() -> None:
    """Deals whose window is over end, and their unsold stock returns to everyday sale."""
    end_due_deals()


BEAT: dict[str, dict[str, Any]] = {
    "products.end_due_deals": {"task": "products.end_due_deals", "schedule": 60.0},
}
