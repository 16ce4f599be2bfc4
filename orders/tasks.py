"""Work done by Celery; sweeps are named in BEAT. Each finds its work in rows, so that a missed,
repeated or killed run does no harm; `livecommerce.wake` only makes them come sooner."""

from typing import Any

from celery import shared_task
from celery.schedules import crontab

from orders.domain import (
    arrivals,
    demand_reasons,
    disputes,
    festival_screen,
    holds,
    networks,
    payables,
    payments,
    payouts,
    reconcile,
    refund_requests,
    refunds,
    settlement,
    show_sales,
    tracking,
    webhooks,
)
from streams.domain import cockpit


@shared_task(name="orders.release_holds")
def release_holds() -> int:
    return holds.release_expired()


@shared_task(name="orders.cancel_payments")
def cancel_payments() -> int:
    return payments.cancel_of_closed_orders()


@shared_task(name="orders.handle_webhooks")
def handle_webhooks() -> int:
    return webhooks.handle_due()


@shared_task(name="orders.settle_due")
def settle_due() -> int:
    return settlement.settle_due()


@shared_task(name="orders.send_refunds")
def send_refunds() -> int:
    return refunds.send_due()


@shared_task(name="orders.decide_refunds")
def decide_refunds() -> int:
    return refund_requests.decide_overdue()


@shared_task(name="orders.check_disputes")
def check_disputes() -> int:
    return disputes.check_open()


@shared_task(name="orders.check_open_payments")
def check_open_payments() -> int:
    return payments.check_open()


@shared_task(name="orders.open_payables")
def open_payables() -> int:
    return payables.open_due()


@shared_task(name="orders.send_payouts")
def send_payouts() -> int:
    return payouts.send_due()


@shared_task(name="orders.look_at_intents")
def look_at_intents() -> int:
    return reconcile.look_at_intents()


@shared_task(name="orders.compare_books")
def compare_books() -> int:
    return reconcile.compare_books().differences


@shared_task(name="orders.ask_carriers")
def ask_carriers() -> int:
    return tracking.ask(tracking.ByHand())


@shared_task(name="orders.confirm_arrivals")
def confirm_arrivals() -> int:
    return arrivals.confirm_by_time() + arrivals.complete_due()


@shared_task(name="orders.remind_of_parcels")
def remind_of_parcels() -> int:
    return arrivals.remind_buyers() + arrivals.remind_producers()


@shared_task(name="orders.forget_salts")
def forget_salts() -> int:
    return networks.forget_salts()


@shared_task(name="orders.tell_cockpits")
def tell_cockpits() -> int:
    return show_sales.tell_cockpits()


@shared_task(name="orders.tell_refund_reasons")
def tell_refund_reasons() -> int:
    return demand_reasons.tell_reasons()


@shared_task(name="orders.tell_screens")
def tell_screens() -> int:
    return festival_screen.tell_screens()


def _every(task: str, seconds: float) -> dict[str, Any]:
    """A run that waited longer than its period is superseded by the next."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


BEAT: dict[str, dict[str, Any]] = {
    # Late is better than never here: of those that waited the first does it and the others nothing.
    "orders-tell-screens": {
        "task": "orders.tell_screens",
        "schedule": festival_screen.SWEEP_SECONDS,
        "options": {"expires": 60.0},
    },
    # The same: thrown away after two seconds, a busy worker's cockpits were told nothing at all.
    "orders-tell-cockpits": {
        "task": "orders.tell_cockpits",
        "schedule": cockpit.COUNT_SECONDS,
        "options": {"expires": 60},
    },
    "orders-release-holds": _every("orders.release_holds", 5.0),
    "orders-handle-webhooks": _every("orders.handle_webhooks", 5.0),
    "orders-settle-due": _every("orders.settle_due", 5.0),
    "orders-send-refunds": _every("orders.send_refunds", 10.0),
    "orders-decide-refunds": _every("orders.decide_refunds", 60.0),
    "orders-check-disputes": _every("orders.check_disputes", 600.0),
    "orders-cancel-payments": _every("orders.cancel_payments", 30.0),
    "orders-check-open-payments": _every("orders.check_open_payments", 60.0),
    "orders-forget-salts": _every("orders.forget_salts", 6 * 3600.0),
    "orders-open-payables": _every("orders.open_payables", 60.0),
    "orders-send-payouts": _every("orders.send_payouts", 5.0),
    "orders-look-at-intents": _every("orders.look_at_intents", 300.0),
    "orders-compare-books": {
        "task": "orders.compare_books",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"expires": 3600},
    },
    "orders-ask-carriers": _every("orders.ask_carriers", 3600.0),
    "orders-tell-refund-reasons": _every("orders.tell_refund_reasons", 3600.0),
    "orders-confirm-arrivals": _every("orders.confirm_arrivals", 300.0),
    "orders-remind-of-parcels": _every("orders.remind_of_parcels", 900.0),
}
