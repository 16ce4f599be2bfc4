"""Disputes: a buyer's bank takes the money back until somebody wins."""

import time

from livecommerce.embedded.stripe_double import listing
from livecommerce.embedded.stripe_double.charges import book
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.events import emit
from livecommerce.embedded.stripe_double.problems import invalid
from livecommerce.embedded.stripe_double.wire import Object

DISPUTE_FEE_FEN = 1_500
ANSWER_WITHIN_SECONDS = 7 * 24 * 3600
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}
"""Stripe's own test words for `evidence[uncategorized_text]`."""


def open_dispute(double: Double, charge: Object, *, reason: str) -> Object:
    charge["disputed"] = True
    double.store.save(charge)
    dispute = double.store.add(
        "dispute",
        "du",
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": int(time.time()) + ANSWER_WITHIN_SECONDS,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="needs_response",
    )
    _book(double, dispute, amount=-dispute["amount"], fee=DISPUTE_FEE_FEN)
    emit(double, "charge.dispute.created", dispute)
    emit(double, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def dispute_intent(double: Double, intent_id: str, *, reason: str) -> Object:
    """Dispute what an intent was paid with, as long as that is not disputed already."""
    intent = double.store.find(intent_id, "payment_intent")
    charge = double.store.find((intent or {}).get("latest_charge") or "", "charge")
    if charge is None or charge["disputed"]:
        raise invalid("Only a charge that was paid and is not disputed can be disputed.")
    return open_dispute(double, charge, reason=reason)


def _book(double: Double, dispute: Object, *, amount: int, fee: int) -> None:
    booked = book(
        double.store,
        kind="adjustment",
        amount=amount,
        fee=fee,
        currency=dispute["currency"],
        source=dispute["id"],
    )
    dispute["balance_transactions"].append(booked)
    double.store.save(dispute)


def retrieve(call: Call) -> Object:
    return call.found("dispute")


def update(call: Call) -> Object:
    """Evidence. Stripe's test words decide the dispute at once; anything else waits."""
    dispute, evidence = retrieve(call), call.params.mapping("evidence")
    dispute["metadata"] = call.params.metadata(dispute["metadata"])
    submits = call.params.flag("submit", default=True)
    if evidence:
        _require_open(dispute)
        dispute["evidence"] = {**dispute["evidence"], **evidence}
        dispute["evidence_details"]["has_evidence"] = True
    call.store.save(dispute)
    if evidence and submits:
        dispute["evidence_details"]["submission_count"] += 1
        _decide(
            call.double,
            dispute,
            VERDICTS.get(str(evidence.get("uncategorized_text")), "under_review"),
        )
    return dispute


def close(call: Call) -> Object:
    """Accepting the dispute loses it."""
    dispute = retrieve(call)
    _require_open(dispute)
    _decide(call.double, dispute, "lost")
    return dispute


def _require_open(dispute: Object) -> None:
    if dispute["status"] not in ("needs_response", "under_review"):
        raise invalid("This dispute is already closed.", code="dispute_closed")


def _decide(double: Double, dispute: Object, status: str) -> None:
    dispute["status"] = status
    double.store.save(dispute)
    emit(double, "charge.dispute.updated", dispute)
    if status == "won":
        _book(double, dispute, amount=dispute["amount"], fee=-DISPUTE_FEE_FEN)
        charge = double.store.find(dispute["charge"], "charge")
        if charge is not None:
            charge["disputed"] = False
            double.store.save(charge)
        emit(double, "charge.dispute.funds_reinstated", dispute)
    if status in ("won", "lost"):
        emit(double, "charge.dispute.closed", dispute)


def list_all(call: Call) -> Object:
    return listing.page(call, "dispute", "/v1/disputes", filters=("payment_intent", "charge"))
