"""What the shop needs from whoever pays its producers.

A way of payout either sends by itself (`send` answers with its number) or by a person's hand
(`send` answers None, `write_file` is what that person takes to the bank). No method may be called
inside a database transaction. Errors are those of payments (`orders.payments.errors`):
`PaymentRefused` when asking again gives the same answer, `ProviderUnavailable` when it may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from livecommerce.money import CURRENCY


@dataclass(frozen=True, slots=True)
class Payee:
    """Where a producer is paid; only what its way of payout needs is filled in."""

    producer_id: int
    name: str
    email: str = ""
    connect_id: str = ""
    holder: str = ""
    bank: str = ""
    branch_code: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """`key` names this payment for ever: the same key pays once, however often it is sent.
    `is_repeated` says that an earlier try may have gone through unnoticed."""

    key: str
    payee: Payee
    amount_fen: int
    note: str
    currency: str = CURRENCY
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    content: bytes


class PayoutProvider(Protocol):
    def open_account(self, payee: Payee, *, idempotency_key: str) -> str:
        """An account of the payee at the provider, its number; "" where none is needed."""

    def onboarding_link(self, payee: Payee, *, return_url: str, refresh_url: str) -> str:
        """Where the payee enters what the provider wants to know: short-lived, for them alone,
        never stored. "" where there is no such place."""

    def what_is_missing(self, payee: Payee) -> str:
        """Why this payee cannot be paid now, in words; "" if nothing is missing."""

    def send(self, transfer: Transfer) -> str | None:
        """Pay, once for each key; the provider's number of it, or None: a person does it."""

    def write_file(self, number: str, transfers: Sequence[Transfer]) -> File | None:
        """What a person takes to the bank; None where `send` pays."""
