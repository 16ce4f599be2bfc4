"""Events: a snapshot of what changed, kept for thirty days and sent to those who asked."""

import time
from typing import Any

from livecommerce.embedded.stripe_double import listing
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.wire import API_VERSION, Object, public

KEPT_SECONDS = 30 * 24 * 3600


def emit(
    double: Double, name: str, subject: Object, *, previous: dict[str, Any] | None = None
) -> Object:
    """Record the event and queue it for every endpoint that wants it, in this transaction."""
    endpoints = [
        endpoint
        for endpoint in double.store.select("webhook_endpoint", newest_first=False)
        if endpoint["status"] == "enabled"
        and ("*" in endpoint["enabled_events"] or name in endpoint["enabled_events"])
    ]
    data: Object = {"object": public(subject)}
    if previous is not None:
        data["previous_attributes"] = previous
    event = double.store.add(
        "event",
        "evt",
        type=name,
        api_version=API_VERSION,
        data=data,
        pending_webhooks=len(endpoints),
        request=double.request or {"id": None, "idempotency_key": None},
    )
    for endpoint in endpoints:
        _queue(double, event_id=event["id"], endpoint_id=endpoint["id"])
    double.wake()
    return event


def _queue(double: Double, *, event_id: str, endpoint_id: str) -> None:
    for _ in range(copies := double.chaos.copies()):
        double.store.db.execute(
            "INSERT INTO delivery (event, endpoint, due) VALUES (?, ?, ?)",
            (event_id, endpoint_id, time.time() + double.chaos.hold_back_seconds()),
        )
    if not copies:
        double.store.db.execute(
            "INSERT INTO delivery (event, endpoint, due, state, outcome)"
            " VALUES (?, ?, ?, 'dropped', 'chaos')",
            (event_id, endpoint_id, time.time()),
        )


def retrieve(call: Call) -> Object:
    return call.found("event")


def list_all(call: Call) -> Object:
    names = call.params.texts("types")
    if name := call.params.text("type"):
        names = [*names, name]
    marks = ", ".join("?" for _ in names)
    return listing.page(
        call,
        "event",
        "/v1/events",
        where=f"json_extract(body, '$.type') IN ({marks})" if names else "1",
        values=tuple(names),
    )


def forget_old(double: Double) -> None:
    """What Stripe forgets too: events after thirty days, answers to repeated keys after one."""
    with double.store.transaction():
        db, now = double.store.db, time.time()
        db.execute("DELETE FROM answer WHERE created < ?", (now - 24 * 3600,))
        db.execute(
            "DELETE FROM object WHERE kind = 'event' AND json_extract(body, '$.created') < ?",
            (now - KEPT_SECONDS,),
        )
        db.execute(
            "DELETE FROM delivery WHERE state <> 'pending' AND due < ?", (now - KEPT_SECONDS,)
        )
