"""Whose the money is: shares of an order that sum to the price paid, to the fen.

Pure arithmetic, no rows. A share is what somebody gets; the ledger turns it into signed entries.
Each line is shared for itself, so that one farm's full price never pays for another's deal. The
same rule as `products.domain.money_split`, which shows it before the purchase.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from livecommerce import money
from orders.models import Account

Kind = Account.Kind
AccountKey = tuple[str, int | str | None]
"""An account's kind, and whose it is: a producer's id, the name of who pays a subsidy, or None."""
Entries = Mapping[AccountKey, int]
"""Signed fen by account: debits positive, credits negative, sum zero."""


@dataclass(frozen=True)
class LineCosts:
    """One line, in fen for all its units: its price before any coupon (`amount_fen`), what those
    who make and send it get, who pays if that is more than the price, and who pays which part of
    it instead of the buyer (`funded`: fen by the name of a coupon's payer)."""

    amount_fen: int
    producer_id: int | None
    producer_fen: int
    packing_fen: int
    freight_fen: int
    payer: str = ""
    funded: Mapping[str, int] = field(default_factory=dict)
    line_id: int | None = None


class Shared(Protocol):
    """What is shared: `parts` sum to `price_fen` (what the buyer paid) and all `subsidies`."""

    @property
    def price_fen(self) -> int: ...
    @property
    def parts(self) -> Entries: ...
    @property
    def subsidies(self) -> Entries: ...


@dataclass(frozen=True)
class LineShares:
    """One line's, or with no line the carriage the buyer paid for. The platform's part still pays
    the payment fee."""

    line_id: int | None
    price_fen: int
    parts: dict[AccountKey, int]
    subsidies: dict[AccountKey, int]


@dataclass(frozen=True)
class Shares:
    """A whole order's."""

    of_lines: tuple[LineShares, ...]

    @property
    def price_fen(self) -> int:
        return sum(one.price_fen for one in self.of_lines)

    @property
    def parts(self) -> dict[AccountKey, int]:
        return _sum(one.parts for one in self.of_lines)

    @property
    def subsidies(self) -> dict[AccountKey, int]:
        return _sum(one.subsidies for one in self.of_lines)

    @property
    def subsidy_fen(self) -> int:
        return sum(self.subsidies.values())


def share(
    *,
    lines: Iterable[LineCosts],
    freight_fen: int = 0,
    most_bps: int = money.PLATFORM_MOST_BPS,
) -> Shares:
    """Of each line costs first, then the platform's share; the rest is the producer's. What is
    short is the subsidy that somebody adds. `freight_fen` is what the buyer paid for carriage."""
    shares = [_share_line(line, most_bps) for line in lines]
    if freight_fen:
        shares.append(LineShares(None, freight_fen, {(Kind.FREIGHT, None): freight_fen}, {}))
    return Shares(tuple(shares))


def _share_line(line: LineCosts, most_bps: int) -> LineShares:
    left = line.amount_fen - line.producer_fen - line.packing_fen - line.freight_fen
    platform = money.platform_share(line.amount_fen, left, most_bps)
    parts: dict[AccountKey, int] = defaultdict(int)
    owner: AccountKey = (
        (Kind.PRODUCER, line.producer_id) if line.producer_id is not None else (Kind.PLATFORM, None)
    )
    parts[owner] += line.producer_fen + max(left, 0) - platform
    parts[Kind.PLATFORM, None] += platform
    parts[Kind.PACKING, None] += line.packing_fen
    parts[Kind.FREIGHT, None] += line.freight_fen
    subsidies: dict[AccountKey, int] = defaultdict(int)
    subsidies[Kind.SUBSIDY, line.payer] += max(-left, 0)
    for payer, fen in line.funded.items():
        subsidies[Kind.SUBSIDY, payer] += fen
    paid = line.amount_fen - sum(line.funded.values())
    return LineShares(line.line_id, paid, _without_zeros(parts), _without_zeros(subsidies))


def fund(discounts: Sequence[int], uses: Iterable[tuple[str, int]]) -> list[dict[str, int]]:
    """Whose coupon pays which part of each line's discount: fen by payer, a line each. `uses` are
    payer and fen of each coupon; lines and coupons both sum to the order's discount, to the fen."""
    left: dict[str, int] = defaultdict(int)
    for payer, fen in uses:
        left[payer] += fen
    left[""] += sum(discounts) - sum(left.values())
    found = []
    for discount in discounts:
        payers = [payer for payer, fen in left.items() if fen > 0]
        cuts = money.split(discount, [left[payer] for payer in payers]) if discount else []
        taken = dict(zip(payers, cuts, strict=False))
        for payer, fen in taken.items():
            left[payer] -= fen
        found.append({payer: fen for payer, fen in taken.items() if fen})
    return found


def receipt_entries(shares: Shares, *, fee_fen: int) -> dict[AccountKey, int]:
    """The entries of a paid order. The payment fee comes out of the platform's part, which may
    go below zero: then the platform pays it."""
    entries: dict[AccountKey, int] = {key: -fen for key, fen in shares.parts.items()}
    platform: AccountKey = (Kind.PLATFORM, None)
    entries[platform] = entries.get(platform, 0) + fee_fen
    entries[Kind.PAYMENT_FEE, None] = -fee_fen
    entries[Kind.CLEARING, None] = shares.price_fen
    return _without_zeros(entries | shares.subsidies)


def undo_entries(shares: Shared) -> dict[AccountKey, int]:
    """The entries of taking back what nobody paid for: a line that coupons paid in full."""
    return {**shares.parts, **{key: -fen for key, fen in shares.subsidies.items()}}


def refund_entries(shares: Shared, *, before_fen: int, amount_fen: int) -> dict[AccountKey, int]:
    """The entries of giving back `amount_fen` when `before_fen` had been given back already, of
    an order or of one of its lines.

    Everybody gives back in proportion; refunds in parts sum to exactly the whole. The fee stays
    with the payment provider, at the platform's cost.
    """
    then = _given_back(shares, before_fen)
    now = _given_back(shares, before_fen + amount_fen)
    return _without_zeros({key: now[key] - then.get(key, 0) for key in now})


def _given_back(shares: Shared, refunded_fen: int) -> dict[AccountKey, int]:
    """Signed totals after `refunded_fen` of the price went back."""
    if not refunded_fen:
        return {}
    subsidies = {
        key: fen * refunded_fen // shares.price_fen for key, fen in shares.subsidies.items()
    }
    keys = sorted(shares.parts, key=str)
    whole = refunded_fen + sum(subsidies.values())
    taken = money.split(whole, [shares.parts[key] for key in keys])
    entries: dict[AccountKey, int] = dict(zip(keys, taken, strict=True))
    entries[Kind.CLEARING, None] = -refunded_fen
    return entries | {key: -fen for key, fen in subsidies.items()}


def _sum(many: Iterable[Mapping[AccountKey, int]]) -> dict[AccountKey, int]:
    totals: dict[AccountKey, int] = defaultdict(int)
    for entries in many:
        for key, fen in entries.items():
            totals[key] += fen
    return _without_zeros(totals)


def _without_zeros(entries: Mapping[AccountKey, int]) -> dict[AccountKey, int]:
    return {key: fen for key, fen in entries.items() if fen}
