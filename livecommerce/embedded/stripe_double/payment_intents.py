"""Payment intents: create, change, confirm, capture, cancel, list, search."""

import time
from typing import Any

from livecommerce.embedded.stripe_double import (
    attempts,
    listing,
    payment_methods,
    searching,
)
from livecommerce.embedded.stripe_double.double import Call
from livecommerce.embedded.stripe_double.events import emit
from livecommerce.embedded.stripe_double.problems import Problem, invalid, missing
from livecommerce.embedded.stripe_double.wire import Object, new_id, public

CURRENCIES = frozenset({"cny", "hkd", "usd", "eur", "gbp", "sgd", "jpy", "aud", "cad", "nzd"})
LARGEST = 99_999_999
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELLABLE = (*OPEN, "requires_capture", "processing")
CANCEL_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def create(call: Call) -> Object:
    params = call.params
    amount = _amount(call)
    currency = (params.needed("currency")).lower()
    if currency not in CURRENCIES:
        raise invalid(f"Invalid currency: {currency}.", param="currency")
    allowed = params.texts("allowed_payment_method_types")
    params.ignore("automatic_payment_methods")
    intent = call.store.add(
        "payment_intent",
        "pi",
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        application=None,
        application_fee_amount=params.integer("application_fee_amount"),
        allowed_payment_method_types=allowed or None,
        automatic_payment_methods={"enabled": True, "allow_redirects": "always"},
        canceled_at=None,
        cancellation_reason=None,
        capture_method=params.choice(
            "capture_method", ("automatic", "automatic_async", "manual"), "automatic_async"
        ),
        client_secret=None,
        confirmation_method="automatic",
        currency=currency,
        customer=params.text("customer"),
        description=params.text("description"),
        last_payment_error=None,
        latest_charge=None,
        next_action=None,
        payment_method=None,
        payment_method_options=params.mapping("payment_method_options"),
        payment_method_types=_kinds(allowed),
        processing=None,
        receipt_email=params.text("receipt_email"),
        setup_future_usage=None,
        shipping=params.raw("shipping"),
        statement_descriptor=params.text("statement_descriptor"),
        status="requires_payment_method",
        transfer_data=params.raw("transfer_data"),
        transfer_group=params.text("transfer_group"),
        metadata=params.metadata(),
        _return_url=None,
    )
    intent["client_secret"] = f"{intent['id']}_secret_{new_id('x')[2:]}"
    call.store.save(intent)
    emit(call.double, "payment_intent.created", intent)
    if params.flag("confirm"):
        return _confirm(call, intent)
    _take_method(call, intent)
    return intent


def retrieve(call: Call) -> Object:
    found = call.store.find(call.id, "payment_intent")
    if found is None:
        raise missing("payment_intent", call.id, param="intent")
    secret = call.params.text("client_secret")
    if secret is not None and secret != found["client_secret"]:
        raise missing("payment_intent", call.id, param="intent")
    return found


def update(call: Call) -> Object:
    intent, params = retrieve(call), call.params
    if {"amount", "currency", "allowed_payment_method_types"} & params.names():
        _require_status(intent, OPEN, "update")
    if "amount" in params:
        intent["amount"] = _amount(call)
    if "currency" in params:
        intent["currency"] = params.needed("currency").lower()
    if "allowed_payment_method_types" in params:
        allowed = params.texts("allowed_payment_method_types")
        intent["allowed_payment_method_types"] = allowed or None
        intent["payment_method_types"] = _kinds(allowed)
    for name in ("description", "customer", "receipt_email", "transfer_group"):
        if name in params:
            intent[name] = params.text(name)
    intent["metadata"] = params.metadata(intent["metadata"])
    _take_method(call, intent)
    call.store.save(intent)
    return intent


def confirm(call: Call) -> Object:
    return _confirm(call, retrieve(call))


def _confirm(call: Call, intent: Object) -> Object:
    if intent["status"] == "succeeded":
        raise _unexpected(
            intent,
            "You cannot confirm this PaymentIntent because it has already succeeded after being"
            " previously confirmed.",
        )
    _require_status(intent, OPEN, "confirm")
    params = call.params
    params.ignore("use_stripe_sdk", "off_session", "mandate_data", "error_on_requires_action")
    intent["_return_url"] = params.text("return_url") or intent["_return_url"]
    hosted = call.double.hosted_base(api_base=call.api_base, return_url=intent["_return_url"])
    if params.text("payment_method") == attempts.CARD_PAGE:
        attempts.wait_on_card_page(call.double, intent, hosted=hosted)
        return intent
    _take_method(call, intent)
    if not intent["payment_method"]:
        raise _unexpected(
            intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
            " either update the PaymentIntent with a payment method and then confirm it again, or"
            " confirm it again directly with a payment method or ConfirmationToken.",
        )
    method = payment_methods.find(call.store, intent["payment_method"])
    attempts.check_can_wait(call, intent, method["type"])
    call.store.save(intent)
    attempts.attempt(call.double, intent, method, hosted=hosted)
    return intent


def _take_method(call: Call, intent: Object) -> None:
    """A payment method that came with the request becomes the intent's."""
    params = call.params
    options = params.mapping("payment_method_options")
    intent["payment_method_options"] = {**intent["payment_method_options"], **options}
    named, data = params.text("payment_method"), params.mapping("payment_method_data")
    if not named and not data:
        return
    method = (
        payment_methods.find(call.store, named)
        if named
        else payment_methods.from_data(call.store, data)
    )
    if method["type"] not in intent["payment_method_types"]:
        raise invalid(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this"
            " PaymentIntent. Please attach a PaymentMethod of one of the following types:"
            f" {', '.join(intent['payment_method_types'])}.",
            param="payment_method",
        )
    intent["payment_method"] = method["id"]
    if intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"
    call.store.save(intent)


def capture(call: Call) -> Object:
    intent = retrieve(call)
    _require_status(intent, ("requires_capture",), "capture")
    amount = call.params.integer("amount_to_capture", intent["amount"]) or 0
    if not 0 < amount <= intent["amount"]:
        raise invalid(
            "Amount to capture is more than the amount authorised.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    intent["amount"] = amount
    attempts.succeed(call.double, intent)
    return intent


def cancel(call: Call) -> Object:
    intent = retrieve(call)
    reason = call.params.choice("cancellation_reason", CANCEL_REASONS)
    _require_status(intent, CANCELLABLE, "cancel")
    intent.update(
        status="canceled",
        canceled_at=int(time.time()),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    call.store.save(intent)
    emit(call.double, "payment_intent.canceled", intent)
    return intent


def list_all(call: Call) -> Object:
    return listing.page(call, "payment_intent", "/v1/payment_intents", filters=("customer",))


def search(call: Call) -> Object:
    return searching.search(call, "payment_intent", "/v1/payment_intents/search")


def _amount(call: Call) -> int:
    call.params.require("amount")
    amount = call.params.integer("amount") or 0
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
        )
    if amount > LARGEST:
        raise invalid(
            f"Amount must be no more than {LARGEST}.", code="amount_too_large", param="amount"
        )
    return amount


def _kinds(allowed: list[str]) -> list[str]:
    """Of those allowed the ones we know; Stripe, too, leaves out what an account cannot take."""
    kinds = [kind for kind in payment_methods.KINDS if not allowed or kind in allowed]
    if not kinds:
        raise invalid(
            "No valid payment method types for this Payment Intent.",
            code="payment_intent_invalid_parameter",
            param="allowed_payment_method_types",
        )
    return kinds


def _require_status(intent: Object, allowed: tuple[str, ...], verb: str) -> None:
    if intent["status"] not in allowed:
        raise _unexpected(
            intent,
            f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
            f" Only a PaymentIntent with one of the following statuses may do so:"
            f" {', '.join(allowed)}.",
        )


def _unexpected(intent: Object, message: str) -> Problem:
    facts: dict[str, Any] = {"payment_intent": public(intent)}
    return invalid(message, code="payment_intent_unexpected_state", **facts)
