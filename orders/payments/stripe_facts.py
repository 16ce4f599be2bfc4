"""Stripe's objects in the shop's words. Reading only: nothing here asks Stripe for anything."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stripe import BalanceTransaction

from orders.payments.protocol import (
    DisputeFacts,
    DisputeStatus,
    Method,
    Movement,
    PaymentFacts,
    RefundFacts,
    RefundStatus,
    Status,
    TransferFacts,
    WebhookFacts,
    WebhookKind,
)

REFERENCE = "order"
"""The metadata key under which Stripe keeps our order's number."""
KEY = "key"
"""The metadata key of a refund: under which idempotency key it was asked for."""
FINGERPRINT = "fingerprint"
"""Where Stripe says which card paid. Read from what is fetched, taken out of what is kept."""
STATUSES = {
    "requires_confirmation": Status.CREATED,
    "requires_action": Status.PENDING,
    "processing": Status.PENDING,
    "requires_capture": Status.PENDING,
    "succeeded": Status.SUCCEEDED,
    "canceled": Status.CANCELLED,
}
REFUND_STATUSES = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELLED,
}
DISPUTE_STATUSES = {
    "warning_needs_response": DisputeStatus.OPEN,
    "needs_response": DisputeStatus.OPEN,
    "warning_under_review": DisputeStatus.REVIEW,
    "under_review": DisputeStatus.REVIEW,
    "warning_closed": DisputeStatus.WON,
    "prevented": DisputeStatus.WON,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}
"""A warning is a bank that asks and has not taken anything."""
MOVEMENT_KINDS = {"payment": "charge", "payment_refund": "refund", "transfer_refund": "reversal"}
"""Stripe books a wallet's payment under another word than a card's; the ledger does not care."""


def of_intent(intent: Any) -> PaymentFacts:
    charge = intent.latest_charge if hasattr(intent.latest_charge, "id") else None
    error = intent.last_payment_error
    return PaymentFacts(
        intent_id=intent.id,
        status=_status(intent),
        amount_fen=intent.amount,
        amount_received_fen=intent.amount_received,
        refunded_fen=charge.amount_refunded if charge else 0,
        currency=intent.currency,
        fee_fen=_fee_fen(charge),
        method=_method(intent, charge),
        reference=_text(intent.metadata or {}, REFERENCE),
        failure_code=_failure_code(error),
        is_disputed=bool(charge and charge.disputed),
        created_at=_moment(intent.created),
        payer_fingerprint=_fingerprint(charge),
    )


def _fingerprint(charge: Any) -> str:
    """Of the card, or of the wallet's account where Stripe tells one."""
    details = charge.payment_method_details if charge else None
    used = getattr(details, details.type, None) if details else None
    return _text(used or {}, FINGERPRINT)


def _status(intent: Any) -> Status:
    if intent.status == "requires_payment_method":
        return Status.FAILED if intent.last_payment_error else Status.CREATED
    return STATUSES[intent.status]


def _fee_fen(charge: Any) -> int | None:
    """None while the booking is not there yet, or was not asked to be expanded."""
    booked = charge.balance_transaction if charge else None
    return booked.fee if isinstance(booked, BalanceTransaction) else None


def _method(intent: Any, charge: Any) -> Method | None:
    kind = charge.payment_method_details.type if charge else None
    if kind is None and intent.next_action is not None:
        kind = intent.next_action.type.split("_handle")[0].split("_display")[0]
    known = {method.value: method for method in Method}
    return known.get("card" if kind == "redirect_to_url" else kind or "")


def _failure_code(error: Any) -> str:
    if error is None:
        return ""
    return getattr(error, "decline_code", None) or getattr(error, "code", None) or "declined"


def key_of(refund: Any) -> str:
    return _text(refund.metadata or {}, KEY)


def of_refund(refund: Any) -> RefundFacts:
    return RefundFacts(
        refund_id=refund.id,
        intent_id=refund.payment_intent or "",
        status=REFUND_STATUSES[refund.status or "pending"],
        amount_fen=refund.amount,
        currency=refund.currency,
        failure_code=getattr(refund, "failure_reason", None) or "",
    )


def of_dispute(dispute: Any) -> DisputeFacts:
    booked = [(one.amount, one.fee) for one in dispute.balance_transactions]
    due_by = dispute.evidence_details.due_by
    return DisputeFacts(
        dispute_id=dispute.id,
        intent_id=dispute.payment_intent or "",
        status=DISPUTE_STATUSES[dispute.status],
        amount_fen=dispute.amount,
        currency=dispute.currency,
        reason=dispute.reason,
        due_by=_moment(due_by) if due_by else None,
        withdrawn_fen=-sum(amount for amount, _fee in booked if amount < 0),
        reinstated_fen=sum(amount for amount, _fee in booked if amount > 0),
        fee_fen=sum(fee for _amount, fee in booked),
        created_at=_moment(dispute.created),
    )


def of_transfer(transfer: Any) -> TransferFacts:
    return TransferFacts(
        transfer_id=transfer.id,
        destination=transfer.destination or "",
        amount_fen=transfer.amount,
        reversed_fen=transfer.amount_reversed,
        currency=transfer.currency,
        reference=transfer.transfer_group or "",
    )


def of_movement(booked: Any) -> Movement:
    """`booked` is a balance transaction with its source expanded."""
    source = booked.source
    return Movement(
        movement_id=booked.id,
        kind=MOVEMENT_KINDS.get(booked.type, booked.type),
        amount_fen=booked.amount,
        fee_fen=booked.fee,
        net_fen=booked.net,
        currency=booked.currency,
        source_id=getattr(source, "id", None) or (source if isinstance(source, str) else ""),
        intent_id=getattr(source, "payment_intent", None) or "",
        created_at=_moment(booked.created),
    )


def of_event(event: Mapping[str, Any]) -> WebhookFacts:
    """An event as parsed from JSON; raises KeyError or TypeError on what is none."""
    name: str = event["type"]
    subject: Mapping[str, Any] = event["data"]["object"]
    is_intent = subject.get("object") == "payment_intent"
    return WebhookFacts(
        event_id=event["id"],
        type=name,
        kind=_kind(name),
        created_at=_moment(event["created"]),
        intent_id=_text(subject, "id" if is_intent else "payment_intent"),
        refund_id=_text(subject, "id") if subject.get("object") == "refund" else "",
        payload=_without_fingerprints(event),
    )


def _kind(name: str) -> WebhookKind:
    if name.startswith(("refund.", "charge.refund")):
        return WebhookKind.REFUND
    if name.startswith("charge.dispute."):
        return WebhookKind.DISPUTE
    if name.startswith("transfer."):
        return WebhookKind.TRANSFER
    if name.startswith(("payment_intent.", "charge.")):
        return WebhookKind.PAYMENT
    return WebhookKind.OTHER


def _without_fingerprints(value: Any) -> Any:
    """Events are kept for a while; which card paid is not kept with them."""
    if isinstance(value, Mapping):
        return {
            name: _without_fingerprints(one) for name, one in value.items() if name != FINGERPRINT
        }
    if isinstance(value, list):
        return [_without_fingerprints(one) for one in value]
    return value


def _text(values: Any, name: str) -> str:
    found = values[name] if name in values else None  # noqa: SIM401 (a StripeObject has no get)
    return found if isinstance(found, str) else ""


def _moment(epoch_seconds: int) -> datetime:
    return datetime.fromtimestamp(epoch_seconds, tz=UTC)
