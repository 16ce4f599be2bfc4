"""Money is an integer of fen (1/100 yuan) plus an ISO currency code; never a float."""

from collections.abc import Sequence

CURRENCY = "cny"


def split(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Share `total_fen` by `weights` so that the parts sum to it exactly.

    The remainder goes, one fen each, to the parts that rounding down hurt most (largest
    remainder; earlier parts first on a tie). Raises ValueError without a positive weight.
    """
    if any(weight < 0 for weight in weights) or not (whole := sum(weights)):
        raise ValueError("split() needs weights of zero or more, at least one positive")
    sign = -1 if total_fen < 0 else 1
    amount = abs(total_fen)
    parts = [amount * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def percent(total_fen: int, basis_points: int) -> int:
    """`basis_points` hundredths of a percent of `total_fen`, rounded half up to a fen."""
    return (total_fen * basis_points * 2 + 10_000) // 20_000


PLATFORM_MOST_BPS = 800
"""The platform keeps at most this many hundredths of a percent of a price (8 %) until somebody
says otherwise (`products.domain.platform_share`)."""


def platform_share(price_fen: int, left_fen: int, most_bps: int = PLATFORM_MOST_BPS) -> int:
    """What the platform keeps of the `left_fen` that a price leaves above all costs.

    What is left beyond that is the producer's: a full price is theirs, not the platform's.
    """
    return max(0, min(left_fen, percent(price_fen, most_bps)))


def format_fen(fen: int) -> str:
    """`2950` → `29.50`, `5000` → `50`: digits only, the yuan sign is the template's."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}" + (f".{rest:02d}" if rest else "")
