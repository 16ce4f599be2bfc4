"""Stripe behind the protocol, by the official library.

The same code talks to Stripe and to the double. Two things are decided by the settings alone: the
address (`STRIPE_API_BASE`), and with it whether a card is paid in Stripe's form on our page (it
is empty: Stripe itself) or on the double's own card page (there is no Stripe.js without a network).
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import stripe
from django.conf import settings

from orders.payments import stripe_facts as facts
from orders.payments.errors import InvalidSignature, PaymentRefused
from orders.payments.protocol import (
    CardForm,
    DisputeFacts,
    Method,
    Movement,
    NextStep,
    OrderFacts,
    PaymentFacts,
    QrCode,
    Redirect,
    RefundFacts,
    StartedPayment,
    Status,
    TransferFacts,
    WebhookFacts,
)
from orders.payments.stripe_client import API_VERSION, RETRIES, all_pages, asking, make_client

__all__ = ["API_VERSION", "StripePayments"]
CARD_PAGE = "pm_double_card_page"
"""The double's stand-in for a card form; Stripe itself refuses it as unknown."""
REFERENCE = facts.REFERENCE


class StripePayments:
    def __init__(
        self,
        *,
        secret_key: str,
        publishable_key: str = "",
        webhook_secret: str = "",
        api_base: str = "",
        retries: int = RETRIES,
    ) -> None:
        self._publishable_key = "" if api_base else publishable_key
        self._webhook_secret = webhook_secret
        self._client = make_client(secret_key=secret_key, api_base=api_base, retries=retries)

    @classmethod
    def from_settings(cls) -> "StripePayments":
        return cls(
            secret_key=settings.STRIPE_SECRET_KEY,
            publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
            webhook_secret=settings.STRIPE_WEBHOOK_SECRET,
            api_base=settings.STRIPE_API_BASE,
        )

    def open(
        self,
        order: OrderFacts,
        *,
        idempotency_key: str,
        methods: Sequence[Method] = tuple(Method),
    ) -> PaymentFacts:
        made = asking(
            lambda: self._client.v1.payment_intents.create(
                {
                    "amount": order.amount_fen,
                    "currency": order.currency,
                    "description": order.description or order.reference,
                    "metadata": {REFERENCE: order.reference},
                    "allowed_payment_method_types": [method.value for method in methods],
                    "transfer_group": order.reference,
                },
                {"idempotency_key": idempotency_key},
            )
        )
        return facts.of_intent(made)

    def start(self, intent_id: str, *, method: Method, return_url: str) -> StartedPayment:
        if method is Method.CARD and self._publishable_key:
            intent = self._retrieve(intent_id)
            if facts.of_intent(intent).status in (Status.SUCCEEDED, Status.CANCELLED):
                return _started(intent, None)
            return _started(
                intent, CardForm(intent.client_secret or "", self._publishable_key, return_url)
            )
        try:
            intent = self._confirm(intent_id, method=method, return_url=return_url)
        except PaymentRefused as refused:
            if refused.reason != "payment_intent_unexpected_state":
                raise
            return _started(self._retrieve(intent_id), None)
        return _started(intent, _next_step(intent))

    def _confirm(self, intent_id: str, *, method: Method, return_url: str) -> Any:
        params: dict[str, Any] = {"return_url": return_url}
        if method is Method.CARD:
            params["payment_method"] = CARD_PAGE
        else:
            params["payment_method_data"] = {"type": method.value}
        if method is Method.WECHAT_PAY:
            params["payment_method_options"] = {"wechat_pay": {"client": "web"}}
        return asking(lambda: self._client.v1.payment_intents.confirm(intent_id, params))  # type: ignore[arg-type]

    def fetch(self, intent_id: str) -> PaymentFacts:
        return facts.of_intent(self._retrieve(intent_id))

    def _retrieve(self, intent_id: str) -> Any:
        return asking(
            lambda: self._client.v1.payment_intents.retrieve(
                intent_id, {"expand": ["latest_charge.balance_transaction"]}
            )
        )

    def cancel(self, intent_id: str) -> PaymentFacts:
        try:
            cancelled = asking(lambda: self._client.v1.payment_intents.cancel(intent_id))
        except PaymentRefused as refused:
            if refused.reason != "payment_intent_unexpected_state":
                raise
            return self.fetch(intent_id)
        return facts.of_intent(cancelled)

    def refund(
        self, intent_id: str, *, amount_fen: int, idempotency_key: str, reason: str = ""
    ) -> RefundFacts:
        made = asking(
            lambda: self._client.v1.refunds.create(
                {
                    "payment_intent": intent_id,
                    "amount": amount_fen,
                    "reason": "requested_by_customer",
                    "metadata": {facts.KEY: idempotency_key, "reason": reason[:500]},
                },
                {"idempotency_key": idempotency_key},
            )
        )
        return facts.of_refund(made)

    def find_refund(self, intent_id: str, *, idempotency_key: str) -> RefundFacts | None:
        first = asking(
            lambda: self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
        )
        for made in all_pages(first):
            if facts.key_of(made) == idempotency_key:
                return facts.of_refund(made)
        return None

    def fetch_refund(self, refund_id: str) -> RefundFacts:
        return facts.of_refund(asking(lambda: self._client.v1.refunds.retrieve(refund_id)))

    def disputes_of(self, intent_id: str) -> Sequence[DisputeFacts]:
        first = asking(
            lambda: self._client.v1.disputes.list({"payment_intent": intent_id, "limit": 100})
        )
        return [facts.of_dispute(found) for found in all_pages(first)]

    def disputes(self, *, since: datetime) -> Iterator[DisputeFacts]:
        first = asking(
            lambda: self._client.v1.disputes.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}
            )
        )
        for dispute in all_pages(first):
            yield facts.of_dispute(dispute)

    def parse_webhook(self, raw_body: bytes, signature_header: str) -> WebhookFacts:
        try:
            stripe.WebhookSignature.verify_header(
                raw_body,
                signature_header,
                self._webhook_secret,
                stripe.Webhook.DEFAULT_TOLERANCE,
            )
            event = json.loads(raw_body)
            return facts.of_event(event)
        except stripe.SignatureVerificationError as error:
            raise InvalidSignature(str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidSignature(f"not an event: {error!r}") from error

    def transfer(
        self,
        *,
        destination: str,
        amount_fen: int,
        currency: str,
        reference: str,
        idempotency_key: str,
    ) -> TransferFacts:
        made = asking(
            lambda: self._client.v1.transfers.create(
                {
                    "amount": amount_fen,
                    "currency": currency,
                    "destination": destination,
                    "transfer_group": reference,
                    "metadata": {REFERENCE: reference},
                },
                {"idempotency_key": idempotency_key},
            )
        )
        return facts.of_transfer(made)

    def reverse_transfer(
        self, transfer_id: str, *, amount_fen: int, idempotency_key: str
    ) -> TransferFacts:
        asking(
            lambda: self._client.v1.transfers.reversals.create(
                transfer_id, {"amount": amount_fen}, {"idempotency_key": idempotency_key}
            )
        )
        return facts.of_transfer(asking(lambda: self._client.v1.transfers.retrieve(transfer_id)))

    def intents(self, *, since: datetime) -> Iterator[PaymentFacts]:
        first = asking(
            lambda: self._client.v1.payment_intents.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}
            )
        )
        for intent in all_pages(first):
            yield facts.of_intent(intent)

    def movements(self, *, since: datetime) -> Iterator[Movement]:
        first = asking(
            lambda: self._client.v1.balance_transactions.list(
                {
                    "created": {"gte": int(since.timestamp())},
                    "limit": 100,
                    "expand": ["data.source"],
                }
            )
        )
        for booked in all_pages(first):
            yield facts.of_movement(booked)


def _started(intent: Any, step: NextStep | None) -> StartedPayment:
    return StartedPayment(intent.id, facts.of_intent(intent).status, step)


def _next_step(intent: Any) -> NextStep | None:
    action = intent.next_action
    if action is None:
        return None
    if action.type == "wechat_pay_display_qr_code":
        shown = action.wechat_pay_display_qr_code
        return QrCode(data=shown.data, hosted_url=shown.hosted_instructions_url)
    if action.type == "alipay_handle_redirect":
        return Redirect(action.alipay_handle_redirect.url)
    if action.type == "redirect_to_url":
        return Redirect(action.redirect_to_url.url)
    raise PaymentRefused("unknown_next_action", f"{intent.id}: {action.type}")
