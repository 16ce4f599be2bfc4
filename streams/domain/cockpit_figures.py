"""The figures of a show and what follows from them. Money in fen, shares in per mille.

docs/cockpit.md says what each one counts. Nothing here asks the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold, as the orders' side counted it. An order of several shows counts in each
    with its own lines; `units` and `buyers` are those whose money is in."""

    orders: int = 0
    paid_orders: int = 0
    waiting_orders: int = 0
    buyers: int = 0
    units: int = 0
    created_fen: int = 0
    paid_fen: int = 0
    waiting_fen: int = 0
    refunded_fen: int = 0


NOTHING_SOLD = Sales()


@dataclass(frozen=True, slots=True)
class ShowSales:
    """A show's sales, in all and by product id."""

    total: Sales = NOTHING_SOLD
    products: Mapping[int, Sales] = field(default_factory=dict)


NO_SALES = ShowSales()


def per_mille(part: int, whole: int) -> int | None:
    """`part` of a thousand of `whole`, half up; at most 1000 (a lost click must not make more
    buyers than lookers), None of nothing."""
    if whole <= 0:
        return None
    return min(1000, (part * 2000 + whole) // (whole * 2))
