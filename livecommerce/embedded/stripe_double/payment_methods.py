"""Payment methods and the customers they may be kept with."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from livecommerce.embedded.stripe_double import listing
from livecommerce.embedded.stripe_double.cards import CARDS, TOKENS, fault_of
from livecommerce.embedded.stripe_double.double import Call
from livecommerce.embedded.stripe_double.problems import Problem, card_error, invalid, missing
from livecommerce.embedded.stripe_double.store import Store
from livecommerce.embedded.stripe_double.wire import Object

KINDS = ("card", "alipay", "wechat_pay")
FAULTS = {
    "invalid_number": "The card number is not a valid credit card number.",
    "incorrect_number": "Your card number is incorrect.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
    "invalid_cvc": "Your card's security code is invalid.",
}


def make_card(
    store: Store, *, number: str, month: int, year: int, cvc: str = "", **details: Any
) -> Object:
    """A card payment method; raises a card error that names the wrong field."""
    if fault := fault_of(number=number, month=month, year=year, cvc=cvc):
        code, param = fault
        raise card_error(FAULTS[code], code=code, decline_code=None, param=param)
    known = CARDS.get(number)
    return store.add(
        "payment_method",
        "pm",
        type="card",
        billing_details=details.get("billing_details") or {},
        customer=None,
        card={
            "brand": known.brand if known else "visa",
            "last4": number[-4:],
            "exp_month": month,
            "exp_year": year,
            "fingerprint": _fingerprint(number),
            "country": "US",
            "funding": "credit",
        },
        _number=number,
        **({"metadata": details["metadata"]} if details.get("metadata") else {}),
    )


def _fingerprint(number: str) -> str:
    """The same for the same card number, as Stripe has one for an account; not the number."""
    return hashlib.sha256(f"double:{number}".encode()).hexdigest()[:16]


def find(store: Store, named: str) -> Object:
    """A payment method by its id, or made from one of Stripe's test tokens."""
    if token := TOKENS.get(named):
        return make_card(store, number=token.number, month=12, year=datetime.now(UTC).year + 5)
    found = store.find(named, "payment_method")
    if found is None:
        raise Problem(
            400,
            "invalid_request_error",
            f"No such PaymentMethod: '{named}'",
            code="resource_missing",
            param="payment_method",
        )
    return found


def from_data(store: Store, data: Mapping[str, Any]) -> Object:
    """`payment_method_data`: a payment method made on the way."""
    kind = data.get("type")
    if kind not in KINDS:
        raise invalid(
            "Invalid payment_method_data[type]: must be one of card, alipay, or wechat_pay",
            param="payment_method_data[type]",
        )
    if kind == "card":
        return _card_from(store, data.get("card") or {}, billing=data.get("billing_details"))
    return store.add(
        "payment_method",
        "pm",
        type=kind,
        billing_details=data.get("billing_details") or {},
        customer=None,
        **{str(kind): {}},
    )


def _card_from(store: Store, card: Mapping[str, Any], *, billing: Any = None) -> Object:
    if token := card.get("token"):
        named = {"tok_visa": "pm_card_visa", "tok_mastercard": "pm_card_mastercard"}.get(token)
        return find(store, named or "")
    try:
        month, year = int(card["exp_month"]), int(card["exp_year"])
        number = str(card["number"]).replace(" ", "")
    except (KeyError, ValueError, TypeError) as error:
        raise invalid(
            "Missing required param: payment_method_data[card].",
            code="parameter_missing",
            param="payment_method_data[card]",
        ) from error
    return make_card(
        store,
        number=number,
        month=month,
        year=year + 2000 if year < 100 else year,
        cvc=str(card.get("cvc") or ""),
        billing_details=billing,
    )


def create(call: Call) -> Object:
    kind = call.params.needed("type")
    data: dict[str, Any] = {"type": kind, "billing_details": call.params.mapping("billing_details")}
    for name in KINDS:
        data[name] = call.params.mapping(name)
    made = from_data(call.store, data)
    made["metadata"] = call.params.metadata()
    call.store.save(made)
    return made


def retrieve(call: Call) -> Object:
    if call.id in TOKENS:
        return find(call.store, call.id)
    found = call.store.find(call.id, "payment_method")
    if found is None:
        raise missing("PaymentMethod", call.id, param="payment_method")
    return found


def attach(call: Call) -> Object:
    method = find(call.store, call.id)
    customer = call.params.needed("customer")
    if call.store.find(customer, "customer") is None:
        raise missing("customer", customer, param="customer")
    method["customer"] = customer
    call.store.save(method)
    return method


def detach(call: Call) -> Object:
    method = retrieve(call)
    method["customer"] = None
    call.store.save(method)
    return method


def list_all(call: Call) -> Object:
    return listing.page(call, "payment_method", "/v1/payment_methods", filters=("customer", "type"))


def create_customer(call: Call) -> Object:
    return call.store.add(
        "customer",
        "cus",
        email=call.params.text("email"),
        name=call.params.text("name"),
        phone=call.params.text("phone"),
        tax_exempt="none",
        description=call.params.text("description"),
        metadata=call.params.metadata(),
    )


def retrieve_customer(call: Call) -> Object:
    return call.found("customer")


def update_customer(call: Call) -> Object:
    customer = retrieve_customer(call)
    for name in ("email", "name", "phone", "description"):
        if name in call.params:
            customer[name] = call.params.text(name)
    customer["metadata"] = call.params.metadata(customer["metadata"])
    call.store.save(customer)
    return customer


def list_customers(call: Call) -> Object:
    return listing.page(call, "customer", "/v1/customers", filters=("email",))


def delete_customer(call: Call) -> Object:
    retrieve_customer(call)
    call.store.delete(call.id)
    return {"id": call.id, "object": "customer", "deleted": True}
