"""Connected accounts: where producers are paid.

One that asks for the capability to get transfers has to sign up first, on our page behind an
account link; one that asks for nothing needs no paperwork.
"""

import secrets
import time

from livecommerce.embedded.stripe_double import listing
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.events import emit
from livecommerce.embedded.stripe_double.problems import Problem, missing
from livecommerce.embedded.stripe_double.wire import Object

DETAILS = (
    "business_profile",
    "company",
    "individual",
    "settings",
    "controller",
    "external_account",
)


LINK_SECONDS = 300


def create(call: Call) -> Object:
    params = call.params
    params.ignore("tos_acceptance", *DETAILS)
    wanted = params.mapping("capabilities")
    is_ready = not wanted
    return call.store.add(
        "account",
        "acct",
        type=params.choice("type", ("custom", "express", "standard"), "express"),
        business_type=params.text("business_type"),
        capabilities=dict.fromkeys(wanted, "inactive"),
        charges_enabled=is_ready,
        country=params.text("country", "HK"),
        default_currency=params.text("default_currency", "cny"),
        details_submitted=is_ready,
        email=params.text("email"),
        metadata=params.metadata(),
        payouts_enabled=is_ready,
        requirements={
            "currently_due": [] if is_ready else ["external_account", "tos_acceptance.date"],
            "disabled_reason": None if is_ready else "requirements.past_due",
        },
        _link=None,
    )


def create_link(call: Call) -> Object:
    """A page of ours where the account's owner signs up; works once, for five minutes."""
    params = call.params
    params.choice("type", ("account_onboarding", "account_update"))
    params.require("account", "type", "return_url", "refresh_url")
    params.ignore("collection_options", "collect")
    account = call.store.find(params.needed("account"), "account")
    if account is None:
        raise missing("account", params.needed("account"), param="account")
    now, back = int(time.time()), params.needed("return_url")
    account["_link"] = {
        "secret": secrets.token_urlsafe(18),
        "return_url": back,
        "refresh_url": params.needed("refresh_url"),
        "expires_at": now + LINK_SECONDS,
    }
    call.store.save(account)
    base = call.double.hosted_base(api_base=call.api_base, return_url=back)
    return {
        "object": "account_link",
        "created": now,
        "expires_at": now + LINK_SECONDS,
        "url": f"{base}/_double/onboard/{account['id']}/{account['_link']['secret']}",
    }


def finish_onboarding(double: Double, account: Object) -> None:
    account["capabilities"] = dict.fromkeys(account["capabilities"], "active")
    account.update(
        charges_enabled=True,
        details_submitted=True,
        payouts_enabled=True,
        requirements={"currently_due": [], "disabled_reason": None},
        _link=None,
    )
    double.store.save(account)
    emit(double, "account.updated", account)


def may_get_transfers(account: Object) -> bool:
    """Who asked for the capability has to have it."""
    return bool(account["capabilities"].get("transfers", "active") == "active")


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
