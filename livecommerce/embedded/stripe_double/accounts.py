"""Connected accounts: where producers are paid. Ours need no paperwork."""

from livecommerce.embedded.stripe_double import listing
from livecommerce.embedded.stripe_double.double import Call
from livecommerce.embedded.stripe_double.events import emit
from livecommerce.embedded.stripe_double.problems import Problem
from livecommerce.embedded.stripe_double.wire import Object

DETAILS = (
    "business_profile",
    "company",
    "individual",
    "settings",
    "controller",
    "external_account",
)


def create(call: Call) -> Object:
    params = call.params
    params.ignore("tos_acceptance", *DETAILS)
    return call.store.add(
        "account",
        "acct",
        type=params.choice("type", ("custom", "express", "standard"), "express"),
        business_type=params.text("business_type"),
        capabilities=dict.fromkeys(params.mapping("capabilities"), "active"),
        charges_enabled=True,
        country=params.text("country", "HK"),
        default_currency=params.text("default_currency", "cny"),
        details_submitted=True,
        email=params.text("email"),
        metadata=params.metadata(),
        payouts_enabled=True,
        requirements={"currently_due": [], "disabled_reason": None},
    )


def retrieve(call: Call) -> Object:
    found = call.store.find(call.id, "account")
    if found is None:
        raise Problem(
            403,
            "invalid_request_error",
            f"The provided key does not have access to account '{call.id}' (or that account does"
            " not exist). Application access may have been revoked.",
            code="account_invalid",
        )
    return found


def update(call: Call) -> Object:
    account = retrieve(call)
    call.params.ignore("tos_acceptance", *DETAILS)
    if "email" in call.params:
        account["email"] = call.params.text("email")
    account["metadata"] = call.params.metadata(account["metadata"])
    call.store.save(account)
    emit(call.double, "account.updated", account)
    return account


def delete(call: Call) -> Object:
    retrieve(call)
    call.store.delete(call.id)
    return {"id": call.id, "object": "account", "deleted": True}


def list_all(call: Call) -> Object:
    return listing.page(call, "account", "/v1/accounts")
