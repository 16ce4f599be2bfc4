"""The figures of a report and what follows from them. Nothing here asks the database.

Money in fen of goods: coupons taken off, carriage not counted. Shares in per mille; None where
there is nothing to take a share of, or where it is too early to know. docs/reports.md and
`words.py` say what each one counts.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audience:
    views: int = 0
    viewers: int = 0
    watch_seconds: int = 0
    peak: int = 0
    comments: int = 0
    likes: int = 0
    followers: int = 0
    opened: int = 0

    @property
    def average_watch_seconds(self) -> int | None:
        return self.watch_seconds // self.viewers if self.viewers else None


@dataclass(frozen=True, slots=True)
class Sales:
    """`due_7` are orders whose money came in seven days ago or earlier, `back_7` those of them of
    which something was asked back within seven days and given; `due_15`, `back_15` alike."""

    orders: int = 0
    paid_orders: int = 0
    settled_orders: int = 0
    ordered_by: int = 0
    buyers: int = 0
    settled_buyers: int = 0
    units: int = 0
    created_fen: int = 0
    paid_fen: int = 0
    settled_fen: int = 0
    returned_fen: int = 0
    due_7: int = 0
    back_7: int = 0
    due_15: int = 0
    back_15: int = 0

    @property
    def refund_rate_7(self) -> int | None:
        return per_mille(self.back_7, self.due_7)

    @property
    def refund_rate_15(self) -> int | None:
        return per_mille(self.back_15, self.due_15)


@dataclass(frozen=True, slots=True)
class Figures:
    audience: Audience = Audience()
    sales: Sales = Sales()

    @property
    def conversion(self) -> int | None:
        """Buyers of a thousand viewers; at most 1000 (one person may watch by two devices)."""
        return per_mille(self.sales.buyers, self.audience.viewers)

    @property
    def fen_per_thousand_views(self) -> int | None:
        return self.sales.paid_fen * 1000 // self.audience.views if self.audience.views else None


NOTHING = Figures()


def per_mille(part: int, whole: int) -> int | None:
    """`part` of a thousand of `whole`, half up, at most 1000; None of nothing."""
    return min(1000, (part * 2000 + whole) // (whole * 2)) if whole > 0 else None
