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
    """One line's price before any coupon (`amount_fen`), and what those who make and send it get;
    in fen for all its units."""

    amount_fen: int
    producer_id: int | None
    producer_fen: int
    packing_fen: int
    freight_fen: int


@dataclass(frozen=True)
class Shares:
    """`parts` sum to `price_fen + subsidy_fen`. The platform's part still pays the fee.

    `discount_fen` is the part of the subsidy that paid for coupons; the rest met costs."""

    price_fen: int
    subsidy_fen: int
    parts: dict[AccountKey, int]
    discount_fen: int = 0


def share(*, lines: Iterable[LineCosts], freight_fen: int = 0, discount_fen: int = 0) -> Shares:
    """Line by line: costs first, then the platform's share; the rest is the producer's. What a
    line is short of its costs is subsidy, never another producer's margin.

    `freight_fen` is what the buyer is charged for carriage beside the goods. A coupon takes
    `discount_fen` off what the buyer pays and nothing off anybody's share: who gave it adds it.
    """
    parts: dict[AccountKey, int] = defaultdict(int)
    price = short = 0
    for line in lines:
        left = line.amount_fen - line.producer_fen - line.packing_fen - line.freight_fen
        platform = money.platform_share(line.amount_fen, left)
        owner: AccountKey = (Kind.PRODUCER, line.producer_id)
        if line.producer_id is None or not line.producer_fen:
            owner, platform = (Kind.PLATFORM, None), 0
        parts[owner] += line.producer_fen + max(left, 0) - platform
        parts[Kind.PLATFORM, None] += platform
        parts[Kind.PACKING, None] += line.packing_fen
        parts[Kind.FREIGHT, None] += line.freight_fen
        price += line.amount_fen
        short += max(-left, 0)
    parts[Kind.FREIGHT, None] += freight_fen
    return Shares(
        price_fen=price + freight_fen - discount_fen,
        subsidy_fen=short + discount_fen,
        parts={key: fen for key, fen in parts.items() if fen},
        discount_fen=discount_fen,
    )


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
