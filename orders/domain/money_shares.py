"""Whose the money is: shares of an order that sum to the price paid, to the fen.

Pure arithmetic, no rows. A share is what somebody gets; the ledger turns it into signed entries.
The same rule as `products.domain.money_split`, which shows it before the purchase.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from livecommerce import money
from orders.models import Account

Kind = Account.Kind
AccountKey = tuple[str, int | None]
"""An account's kind, and the producer's id where it is one's."""
Entries = Mapping[AccountKey, int]
"""Signed fen by account: debits positive, credits negative, sum zero."""


@dataclass(frozen=True)
class LineCosts:
    """What those who make and send one line get, in fen for all its units."""

    producer_id: int | None
    producer_fen: int
    packing_fen: int
    freight_fen: int


@dataclass(frozen=True)
class Shares:
    """`parts` sum to `price_fen + subsidy_fen`. The platform's part still pays the fee."""

    price_fen: int
    subsidy_fen: int
    parts: dict[AccountKey, int]


def share(*, price_fen: int, freight_fen: int, lines: Iterable[LineCosts]) -> Shares:
    """Costs first, then the platform's share; the rest is the producers', by their costs. What is
    short is the subsidy that somebody adds.

    `price_fen` is all the buyer paid, `freight_fen` the part of it charged for carriage.
    """
    parts: dict[AccountKey, int] = defaultdict(int)
    for line in lines:
        owner: AccountKey = (
            (Kind.PRODUCER, line.producer_id)
            if line.producer_id is not None
            else (Kind.PLATFORM, None)
        )
        parts[owner] += line.producer_fen
        parts[Kind.PACKING, None] += line.packing_fen
        parts[Kind.FREIGHT, None] += line.freight_fen
    parts[Kind.FREIGHT, None] += freight_fen
    left = price_fen - sum(parts.values())
    platform = money.platform_share(price_fen, left)
    producers = [key for key in parts if key[0] == Kind.PRODUCER and parts[key]]
    if producers and left > platform:
        more = money.split(left - platform, [parts[key] for key in producers])
        for key, fen in zip(producers, more, strict=True):
            parts[key] += fen
    else:
        platform = max(left, 0)
    parts[Kind.PLATFORM, None] += platform
    return Shares(price_fen, max(-left, 0), {key: fen for key, fen in parts.items() if fen})


def receipt_entries(shares: Shares, *, fee_fen: int) -> dict[AccountKey, int]:
    """The entries of a paid order. The payment fee comes out of the platform's part, which may
    go below zero: then the platform pays it."""
    entries: dict[AccountKey, int] = {key: -fen for key, fen in shares.parts.items()}
    platform: AccountKey = (Kind.PLATFORM, None)
    entries[platform] = entries.get(platform, 0) + fee_fen
    entries[Kind.PAYMENT_FEE, None] = -fee_fen
    entries[Kind.CLEARING, None] = shares.price_fen
    entries[Kind.SUBSIDY, None] = shares.subsidy_fen
    return _without_zeros(entries)


def refund_entries(shares: Shares, *, before_fen: int, amount_fen: int) -> dict[AccountKey, int]:
    """The entries of giving back `amount_fen` when `before_fen` had been given back already.

    Everybody gives back in proportion; refunds in parts sum to exactly the whole. The fee stays
    with the payment provider, at the platform's cost.
    """
    then = _given_back(shares, before_fen)
    now = _given_back(shares, before_fen + amount_fen)
    return _without_zeros({key: now[key] - then.get(key, 0) for key in now})


def _given_back(shares: Shares, refunded_fen: int) -> dict[AccountKey, int]:
    """Signed totals after `refunded_fen` of the price went back."""
    if not refunded_fen:
        return {}
    subsidy = shares.subsidy_fen * refunded_fen // shares.price_fen
    keys = sorted(shares.parts, key=str)
    taken = money.split(refunded_fen + subsidy, [shares.parts[key] for key in keys])
    entries: dict[AccountKey, int] = dict(zip(keys, taken, strict=True))
    entries[Kind.CLEARING, None] = -refunded_fen
    entries[Kind.SUBSIDY, None] = -subsidy
    return entries


def _without_zeros(entries: Mapping[AccountKey, int]) -> dict[AccountKey, int]:
    return {key: fen for key, fen in entries.items() if fen}
