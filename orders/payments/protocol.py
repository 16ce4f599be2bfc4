"""What the shop needs from a payment provider, without a word of any provider's own.

One order has one *intent*, opened once and kept over every attempt to pay it: a buyer who tries a
card, gives up and takes Alipay pays the same intent again, so that an order cannot be paid twice.

The order of things, so that no event can arrive about an intent nobody knows:

1. `open` the intent with the order's facts; store its id beside the order; commit.
2. `start` paying it by a method: send the buyer to `next`.
3. The buyer comes back or a webhook arrives: `fetch` the facts, `require` that they are the
   order's, and act on `status`. A webhook says only that something happened.

Amounts are integer fen. No method may be called inside a database transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from orders.payments.errors import IntentMismatch


class Method(StrEnum):
    CARD = "card"
    ALIPAY = "alipay"
    WECHAT_PAY = "wechat_pay"


class Status(StrEnum):
    """Of an intent. Only `SUCCEEDED` and `CANCELLED` are final."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DisputeStatus(StrEnum):
    """Of a buyer's dispute with their bank; `WON` and `LOST` are the shop's point of view."""

    OPEN = "open"
    REVIEW = "review"
    WON = "won"
    LOST = "lost"


class WebhookKind(StrEnum):
    """What a webhook is about, as far as the shop acts on it."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    TRANSFER = "transfer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is to be paid. `reference` is the order's number; it comes back with every fact."""

    reference: str
    amount_fen: int
    currency: str = "cny"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the buyer's browser there; it comes back to the return address.

    By a link, or htmx's HX-Redirect: our policy's `form-action 'self'` forbids to redirect
    elsewhere in answer to a form, and providers' addresses are too many to list.
    """

    url: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """Show `data` as a QR code to be scanned; `hosted_url` is the provider's page for the same.

    Nobody comes back by themselves: the page that shows the code asks the shop for the state.
    """

    data: str
    hosted_url: str


@dataclass(frozen=True, slots=True)
class CardForm:
    """Render the provider's own card form in our page; it confirms in the browser and returns."""

    client_secret: str
    publishable_key: str
    return_url: str


NextStep = Redirect | QrCode | CardForm


@dataclass(frozen=True, slots=True)
class StartedPayment:
    """`next` is None where nothing is left to do: look at `status`."""

    intent_id: str
    status: Status
    next: NextStep | None


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """The provider's present view of an intent.

    `amount_received_fen` is 0 until it succeeded; `refunded_fen` counts refunds that did not
    fail; `fee_fen` is None until the provider has booked it; `method` is that of the last
    attempt; `failure_code` is of the last failed attempt (see `errors.decline_message`).
    `payer_fingerprint` is the provider's word for the card or wallet that paid, the same for the
    same one; empty where it gives none. It is never stored: `orders.domain.payers` marks it.
    """

    intent_id: str
    status: Status
    amount_fen: int
    amount_received_fen: int
    refunded_fen: int
    currency: str
    fee_fen: int | None
    method: Method | None
    reference: str
    failure_code: str
    is_disputed: bool
    created_at: datetime
    payer_fingerprint: str = field(default="", repr=False)

    def require(self, order: OrderFacts) -> None:
        """Raise `IntentMismatch` unless this intent is of that order, amount and currency."""
        wanted: dict[str, tuple[object, object]] = {
            "reference": (order.reference, self.reference),
            "amount_fen": (order.amount_fen, self.amount_fen),
            "currency": (order.currency.lower(), self.currency.lower()),
        }
        if self.status is Status.SUCCEEDED:
            wanted["amount_received_fen"] = (order.amount_fen, self.amount_received_fen)
        differences = {name: pair for name, pair in wanted.items() if pair[0] != pair[1]}
        if differences:
            raise IntentMismatch(self.intent_id, differences)


@dataclass(frozen=True, slots=True)
class RefundFacts:
    refund_id: str
    intent_id: str
    status: RefundStatus
    amount_fen: int
    currency: str
    failure_code: str


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """The provider's present view of a dispute.

    `withdrawn_fen` is what the bank took out of our balance, `reinstated_fen` what it put back;
    `fee_fen` is what the provider keeps for it by now. `due_by` is None where no answer is asked.
    """

    dispute_id: str
    intent_id: str
    status: DisputeStatus
    amount_fen: int
    currency: str
    reason: str
    due_by: datetime | None
    withdrawn_fen: int
    reinstated_fen: int
    fee_fen: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TransferFacts:
    transfer_id: str
    destination: str
    amount_fen: int
    reversed_fen: int
    currency: str
    reference: str


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """One verified event. `event_id` is the key to store it once; `payload` is the whole event.

    `intent_id` and `refund_id` are empty where the event is not about one. The state inside
    `payload` may be old: fetch before acting.
    """

    event_id: str
    type: str
    kind: WebhookKind
    created_at: datetime
    intent_id: str = ""
    refund_id: str = ""
    payload: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Movement:
    """One booking in our balance at the provider, for reconciliation with the ledger.

    `kind` is the provider's ("charge", "refund", "transfer", "adjustment", "payout", …);
    `amount_fen - fee_fen == net_fen`; `intent_id` is empty where no payment is behind it.
    """

    movement_id: str
    kind: str
    amount_fen: int
    fee_fen: int
    net_fen: int
    currency: str
    source_id: str
    intent_id: str
    created_at: datetime


class PaymentProvider(Protocol):
    """Every method raises `ProviderUnavailable` when no answer came and `PaymentRefused` when the
    provider finds the request wrong. What changes something is safe to repeat with its key."""

    def open(
        self,
        order: OrderFacts,
        *,
        idempotency_key: str,
        methods: Sequence[Method] = tuple(Method),
    ) -> PaymentFacts:
        """An intent for the order, not yet attempted; the same key gives the same intent."""

    def start(self, intent_id: str, *, method: Method, return_url: str) -> StartedPayment:
        """Begin (or begin anew, after a failure or by another method) to pay the intent.

        `return_url` is absolute, ours, and gets the provider's own query parameters added:
        trust none of them, fetch. Raises `PaymentDeclined` on an immediate no. An intent that
        is paid or cancelled already is answered with its status and nothing to do.
        """

    def fetch(self, intent_id: str) -> PaymentFacts:
        """The present facts of one intent."""

    def cancel(self, intent_id: str) -> PaymentFacts:
        """Cancel unless it is final already. The buyer may have been quicker: look at `status`."""

    def refund(
        self, intent_id: str, *, amount_fen: int, idempotency_key: str, reason: str = ""
    ) -> RefundFacts:
        """Give back part or all of a paid intent; `reason` is kept with it, for us."""

    def find_refund(self, intent_id: str, *, idempotency_key: str) -> RefundFacts | None:
        """The refund that was made with this key, however long ago: providers forget keys (Stripe
        after a day, docs.stripe.com/api/idempotent_requests) and would then give back twice."""

    def fetch_refund(self, refund_id: str) -> RefundFacts:
        """The present facts of one refund; wallets take their time to finish one."""

    def disputes_of(self, intent_id: str) -> Sequence[DisputeFacts]:
        """The present facts of every dispute about one intent."""

    def disputes(self, *, since: datetime) -> Iterator[DisputeFacts]:
        """Disputes opened since then, newest first."""

    def parse_webhook(self, raw_body: bytes, signature_header: str) -> WebhookFacts:
        """The event in a webhook's raw body, verified; raises `InvalidSignature`."""

    def transfer(
        self,
        *,
        destination: str,
        amount_fen: int,
        currency: str,
        reference: str,
        idempotency_key: str,
    ) -> TransferFacts:
        """Move money from our balance to a connected account (a producer's)."""

    def reverse_transfer(
        self, transfer_id: str, *, amount_fen: int, idempotency_key: str
    ) -> TransferFacts:
        """Take part or all of a transfer back."""

    def intents(self, *, since: datetime) -> Iterator[PaymentFacts]:
        """Intents opened since then, newest first (fees are not looked up: None)."""

    def movements(self, *, since: datetime) -> Iterator[Movement]:
        """Bookings in our balance since then, newest first."""
