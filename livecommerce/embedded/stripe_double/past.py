"""Payments that were made before the shop was opened: the demo's past, at the double as well.

Without them the demo's orders would be paid by nobody: no refund of theirs could be sent, and the
books would not agree with the provider's. `remember` is for a double that does not run yet (the
seed comes before it); a running one does the same for `POST /_double/past`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from livecommerce.embedded.stripe_double import attempts, payment_intents, refunds
from livecommerce.embedded.stripe_double.double import Call, Config, Double
from livecommerce.embedded.stripe_double.wire import Object, Params


@dataclass(frozen=True, slots=True)
class PastPayment:
    """`paid_at` is in epoch seconds; `refunds_fen` were given back soon after."""

    reference: str
    amount_fen: int
    currency: str
    method: str
    fee_fen: int
    paid_at: int
    refunds_fen: list[int] = field(default_factory=list)

    def sent(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Remembered:
    intent_id: str
    refund_ids: list[str]


def remember(folder: Path, payments: Iterable[PastPayment]) -> list[Remembered]:
    """One answer each, in order. Raises `store.StoreInUse` while a double runs on `folder`."""
    double = Double.at(Config(folder=folder))
    try:
        return [record(double, payment) for payment in payments]
    finally:
        double.store.close()


def record(double: Double, payment: PastPayment) -> Remembered:
    """All of it or nothing, by the same steps as a payment of today, then dated back."""
    with double.store.transaction():
        double.draws_codes = False
        try:
            intent = _pay(double, payment)
        finally:
            double.draws_codes = True
        charge = double.store.find(intent["latest_charge"]) or {}
        booked = double.store.find(charge["balance_transaction"]) or {}
        booked.update(fee=payment.fee_fen, net=payment.amount_fen - payment.fee_fen)
        for detail in booked["fee_details"]:
            detail["amount"] = payment.fee_fen
        for made in (intent, charge, booked):
            _date(double, made, payment.paid_at)
        given = [_give_back(double, intent, fen, payment.paid_at) for fen in payment.refunds_fen]
    return Remembered(intent["id"], given)


def _pay(double: Double, payment: PastPayment) -> Object:
    intent = payment_intents.create(
        _call(
            double,
            amount=str(payment.amount_fen),
            currency=payment.currency,
            description=payment.reference,
            metadata={"order": payment.reference},
            transfer_group=payment.reference,
        )
    )
    how: dict[str, Any] = {"payment_method": "pm_card_visa"}
    if payment.method != "card":
        how = {"payment_method_data": {"type": payment.method}}
    if payment.method == "wechat_pay":
        how["payment_method_options"] = {"wechat_pay": {"client": "web"}}
    back = double.config.public_url
    intent = payment_intents.confirm(_call(double, intent["id"], return_url=back, **how))
    attempts.decide(double, intent, approved=True)
    return double.store.find(intent["id"]) or intent


def _give_back(double: Double, intent: Object, fen: int, at: int) -> str:
    refund = refunds.create(_call(double, payment_intent=intent["id"], amount=str(fen)))
    refund["status"] = "succeeded"
    _date(double, refund, at + 3600)
    booked = double.store.find(refund["balance_transaction"])
    if booked is not None:
        _date(double, booked, at + 3600)
    return str(refund["id"])


def _date(double: Double, made: Object, at: int) -> None:
    made["created"] = at
    double.store.save(made)


def _call(double: Double, *ids: str, **values: Any) -> Call:
    return Call(double=double, params=Params(values), ids=ids, api_base=double.config.public_url)


def of_json(sent: Mapping[str, Any]) -> PastPayment:
    """Raises TypeError for what is no past payment."""
    return PastPayment(**sent)
