"""Stripe Connect: each producer has an account there, and gets a transfer for each order.

Stripe pays out to accounts in the countries of its network, which mainland China is not in; there
the bank file is the way.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from stripe import StripeClient

from orders.payments import provider
from orders.payments.errors import PaymentRefused
from orders.payments.protocol import PaymentProvider
from orders.payments.stripe_client import asking, make_client
from orders.payouts.protocol import File, Payee, Transfer

PRODUCER = "producer"
"""The metadata key under which Stripe keeps our producer's number."""


class ConnectPayouts:
    def __init__(self, client: StripeClient, payments: PaymentProvider) -> None:
        self._client = client
        self._payments = payments

    @classmethod
    def from_settings(cls) -> "ConnectPayouts":
        client = make_client(
            secret_key=settings.STRIPE_SECRET_KEY, api_base=settings.STRIPE_API_BASE
        )
        return cls(client, provider())

    def open_account(self, payee: Payee, *, idempotency_key: str) -> str:
        params: dict[str, Any] = {
            "type": "express",
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {PRODUCER: str(payee.producer_id)},
        }
        if payee.email:
            params["email"] = payee.email
        made = asking(
            lambda: self._client.v1.accounts.create(
                params,  # type: ignore[arg-type]
                {"idempotency_key": idempotency_key},
            )
        )
        return made.id

    def onboarding_link(self, payee: Payee, *, return_url: str, refresh_url: str) -> str:
        made = asking(
            lambda: self._client.v1.account_links.create(
                {
                    "account": payee.connect_id,
                    "refresh_url": refresh_url,
                    "return_url": return_url,
                    "type": "account_onboarding",
                }
            )
        )
        return made.url

    def what_is_missing(self, payee: Payee) -> str:
        if not payee.connect_id:
            return _("There is no account at Stripe yet.")
        try:
            account = asking(lambda: self._client.v1.accounts.retrieve(payee.connect_id))
        except PaymentRefused:
            return _("Stripe does not know this account.")
        transfers = getattr(account.capabilities, "transfers", None)
        if transfers != "active":
            return _("The producer has not finished signing up at Stripe.")
        return ""

    def send(self, transfer: Transfer) -> str | None:
        if transfer.is_repeated and (found := self._find(transfer)):
            return found
        made = self._payments.transfer(
            destination=transfer.payee.connect_id,
            amount_fen=transfer.amount_fen,
            currency=transfer.currency,
            reference=transfer.key,
            idempotency_key=transfer.key,
        )
        return made.transfer_id

    def _find(self, transfer: Transfer) -> str:
        """An earlier try may be older than Stripe remembers keys (a day): ask for the transfer."""
        listed = asking(
            lambda: self._client.v1.transfers.list({"transfer_group": transfer.key, "limit": 1})
        )
        return listed.data[0].id if listed.data else ""

    def write_file(self, number: str, transfers: Sequence[Transfer]) -> File | None:
        return None
