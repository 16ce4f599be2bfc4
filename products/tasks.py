"""Work done by Celery; sweeps are named in BEAT."""

from typing import Any

from celery import shared_task

from products.domain import approval_messages, claims, producer_identity, stock_watch
from products.domain.deals import end_due_deals
from products.domain.sheets import imports


@shared_task(name="products.end_due_deals")
def end_due_deals_task() -> None:
    """Deals whose window is over end, and their unsold stock returns to everyday sale."""
    end_due_deals()


@shared_task(name="products.take_back_fallen")
def take_back_fallen() -> int:
    """Deals whose claim stopped being true are taken back."""
    return claims.take_back_fallen()


@shared_task(name="products.tell_of_returned")
def tell_of_returned() -> int:
    return stock_watch.tell_of_returned()


@shared_task(name="products.work_on_sheet")
def work_on_sheet(sheet_id: int) -> None:
    """Read or apply a spreadsheet; twice at once or again does nothing."""
    imports.work_on(sheet_id)


@shared_task(name="products.sweep_sheets")
def sweep_sheets() -> None:
    """Spreadsheets whose worker died are taken up again."""
    for sheet_id in imports.waiting_too_long():
        work_on_sheet.delay(sheet_id)


@shared_task(name="products.remind_of_approvals")
def remind_of_approvals() -> int:
    """Rounds that are overdue, to those whose turn it is."""
    return approval_messages.remind_overdue()


@shared_task(name="products.remind_of_identity")
def remind_of_identity() -> int:
    """Producers whose identity check runs out; a message's key makes it once."""
    return producer_identity.remind_producers()


BEAT: dict[str, dict[str, Any]] = {
    "products.end_due_deals": {"task": "products.end_due_deals", "schedule": 60.0},
    "products.take_back_fallen": {
        "task": "products.take_back_fallen",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "products.tell_of_returned": {
        "task": "products.tell_of_returned",
        "schedule": stock_watch.SWEEP_SECONDS,
        "options": {"expires": stock_watch.SWEEP_SECONDS},
    },
    "products.sweep_sheets": {
        "task": "products.sweep_sheets",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "products.remind_of_approvals": {
        "task": "products.remind_of_approvals",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "products.remind_of_identity": {
        "task": "products.remind_of_identity",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
}
