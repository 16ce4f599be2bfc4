"""Refunds: in part or whole, never more than was paid."""

from livecommerce.embedded.stripe_double import listing
from livecommerce.embedded.stripe_double.cards import CARDS
from livecommerce.embedded.stripe_double.charges import book
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.events import emit
from livecommerce.embedded.stripe_double.problems import invalid, missing
from livecommerce.embedded.stripe_double.wire import Object

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
FINISH = "finish_refund"


def create(call: Call) -> Object:
    charge = _charge_to_refund(call)
    reason = call.params.choice("reason", REASONS)
    call.params.ignore("refund_application_fee", "reverse_transfer", "instructions_email")
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if charge["disputed"]:
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    amount = call.params.integer("amount", left) or 0
    if amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise invalid(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            code="amount_too_large",
            param="amount",
        )
    charge["amount_refunded"] += amount
    charge["refunded"] = amount == left
    call.store.save(charge)
    return _make(call, charge, amount=amount, reason=reason)


def _charge_to_refund(call: Call) -> Object:
    charge_id = call.params.text("charge")
    if intent_id := call.params.text("payment_intent"):
        intent = call.store.find(intent_id, "payment_intent")
        if intent is None:
            raise missing("payment_intent", intent_id, param="payment_intent")
        charge_id = intent["latest_charge"]
        if charge_id is None:
            raise invalid(
                f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
                code="payment_intent_unexpected_state",
                param="payment_intent",
            )
    if not charge_id:
        raise invalid("One of the following params should be provided: charge or payment_intent.")
    charge = call.store.find(charge_id, "charge")
    if charge is None:
        raise missing("charge", charge_id, param="charge")
    return charge


def _make(call: Call, charge: Object, *, amount: int, reason: str | None) -> Object:
    card = CARDS.get(charge["_number"] or "")
    is_card = charge["payment_method_details"]["type"] == "card"
    is_instant = is_card and not (card and card.refund == "pending")
    refund = call.store.add(
        "refund",
        "re" if is_card else "pyr",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="succeeded" if is_instant else "pending",
        metadata=call.params.metadata(),
        _fails=bool(card and card.refund == "fails"),
    )
    booked = book(
        call.store,
        kind="refund" if is_card else "payment_refund",
        amount=-amount,
        currency=charge["currency"],
        source=refund["id"],
    )
    refund["balance_transaction"] = booked["id"]
    call.store.save(refund)
    emit(call.double, "refund.created", refund)
    emit(call.double, "charge.refunded", charge)
    if not is_instant or refund["_fails"]:
        call.store.set_timer(FINISH, refund["id"], seconds=call.double.config.refund_seconds)
    return refund


def finish(double: Double, refund_id: str) -> None:
    """A bank or wallet reports back: pending becomes succeeded, or the money bounces."""
    refund = double.store.find(refund_id, "refund")
    if refund is None or refund["status"] in ("failed", "canceled"):
        return
    before = {"status": refund["status"]}
    if not refund["_fails"]:
        refund["status"] = "succeeded"
        double.store.save(refund)
        emit(double, "refund.updated", refund, previous=before)
        return
    booked = book(
        double.store,
        kind="refund_failure",
        amount=refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
    )
    refund.update(
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=booked["id"],
    )
    double.store.save(refund)
    charge = double.store.find(refund["charge"], "charge")
    if charge is not None:
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        double.store.save(charge)
    emit(double, "refund.failed", refund, previous=before)


def retrieve(call: Call) -> Object:
    return call.found("refund")


def update(call: Call) -> Object:
    changed = retrieve(call)
    changed["metadata"] = call.params.metadata(changed["metadata"])
    call.store.save(changed)
    return changed


def list_all(call: Call) -> Object:
    return listing.page(call, "refund", "/v1/refunds", filters=("payment_intent", "charge"))
