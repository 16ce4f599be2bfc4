"""Money that leaves our balance: transfers to connected accounts, their reversals, payouts."""

import time

from livecommerce.embedded.stripe_double import accounts, listing
from livecommerce.embedded.stripe_double.charges import book
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.events import emit
from livecommerce.embedded.stripe_double.problems import invalid, missing
from livecommerce.embedded.stripe_double.wire import Object

FINISH_PAYOUT = "finish_payout"


def _positive(call: Call, *, default: int | None = None) -> int:
    if default is None:
        call.params.require("amount")
    amount = call.params.integer("amount", default) or 0
    if amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    return amount


def _require_funds(call: Call, *, amount: int, currency: str) -> None:
    if amount > call.store.balance_fen(currency):
        raise invalid(
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
        )


def create(call: Call) -> Object:
    amount, currency = _positive(call), call.params.needed("currency").lower()
    destination = call.params.needed("destination")
    account = call.store.find(destination, "account")
    if account is None:
        raise missing("destination", destination, param="destination")
    if not accounts.may_get_transfers(account):
        raise invalid(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    source = call.params.text("source_transaction")
    if source is not None and call.store.find(source, "charge") is None:
        raise missing("charge", source, param="source_transaction")
    _require_funds(call, amount=amount, currency=currency)
    transfer = call.store.add(
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        balance_transaction=None,
        currency=currency,
        description=call.params.text("description"),
        destination=destination,
        destination_payment=None,
        metadata=call.params.metadata(),
        reversals={"object": "list", "data": [], "has_more": False, "url": ""},
        reversed=False,
        source_transaction=source,
        source_type="card",
        transfer_group=call.params.text("transfer_group"),
    )
    transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
    booked = book(
        call.store, kind="transfer", amount=-amount, currency=currency, source=transfer["id"]
    )
    transfer["balance_transaction"] = booked["id"]
    call.store.save(transfer)
    emit(call.double, "transfer.created", transfer)
    return transfer


def retrieve(call: Call) -> Object:
    return call.found("transfer")


def update(call: Call) -> Object:
    transfer = retrieve(call)
    transfer["metadata"] = call.params.metadata(transfer["metadata"])
    call.store.save(transfer)
    return transfer


def list_all(call: Call) -> Object:
    return listing.page(
        call, "transfer", "/v1/transfers", filters=("destination", "transfer_group")
    )


def reverse(call: Call) -> Object:
    transfer = retrieve(call)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = _positive(call, default=left) if left else 0
    call.params.ignore("refund_application_fee", "amount", "description")
    if not left or amount > left:
        raise invalid(
            f"Transfer reversal amount ({amount}) is greater than unreversed amount ({left}).",
            code="amount_too_large",
            param="amount",
        )
    reversal = call.store.add(
        "transfer_reversal",
        "trr",
        amount=amount,
        balance_transaction=None,
        currency=transfer["currency"],
        metadata=call.params.metadata(),
        transfer=transfer["id"],
    )
    booked = book(
        call.store,
        kind="transfer_refund",
        amount=amount,
        currency=transfer["currency"],
        source=reversal["id"],
    )
    reversal["balance_transaction"] = booked["id"]
    call.store.save(reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"] = [reversal, *transfer["reversals"]["data"]][:10]
    call.store.save(transfer)
    emit(call.double, "transfer.reversed", transfer)
    return reversal


def list_reversals(call: Call) -> Object:
    retrieve(call)
    return listing.page(
        call,
        "transfer_reversal",
        f"/v1/transfers/{call.id}/reversals",
        where="json_extract(body, '$.transfer') = ?",
        values=(call.id,),
    )


def create_payout(call: Call) -> Object:
    amount, currency = _positive(call), call.params.needed("currency").lower()
    call.params.ignore("method", "statement_descriptor", "destination")
    _require_funds(call, amount=amount, currency=currency)
    payout = call.store.add(
        "payout",
        "po",
        amount=amount,
        arrival_date=int(time.time()),
        automatic=False,
        balance_transaction=None,
        currency=currency,
        description=call.params.text("description"),
        metadata=call.params.metadata(),
        method="standard",
        reconciliation_status="not_applicable",
        source_type="card",
        status="pending",
        type="bank_account",
    )
    booked = book(call.store, kind="payout", amount=-amount, currency=currency, source=payout["id"])
    payout["balance_transaction"] = booked["id"]
    call.store.save(payout)
    emit(call.double, "payout.created", payout)
    call.store.set_timer(FINISH_PAYOUT, payout["id"], seconds=call.double.config.refund_seconds)
    return payout


def finish_payout(double: Double, payout_id: str) -> None:
    payout = double.store.find(payout_id, "payout")
    if payout is not None and payout["status"] == "pending":
        payout["status"] = "paid"
        double.store.save(payout)
        emit(double, "payout.paid", payout)


def retrieve_payout(call: Call) -> Object:
    return call.found("payout")


def cancel_payout(call: Call) -> Object:
    payout = retrieve_payout(call)
    if payout["status"] != "pending":
        raise invalid("Payouts can only be canceled while they are pending.")
    book(
        call.store,
        kind="payout_cancel",
        amount=payout["amount"],
        currency=payout["currency"],
        source=payout["id"],
    )
    payout["status"] = "canceled"
    call.store.save(payout)
    emit(call.double, "payout.canceled", payout)
    return payout


def list_payouts(call: Call) -> Object:
    return listing.page(call, "payout", "/v1/payouts", filters=("status", "destination"))
