"""Which goods a refund is for, and whose money it takes back. All in fen.

Every refund says how much of it is for which line; what is left of its amount is freight. So
refunds in parts, by whomever and for whatever, sum to exactly the whole, line by line.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from livecommerce import money
from orders.domain import ledger
from orders.domain.money_shares import AccountKey, Entries, Kind, refund_entries, undo_entries
from orders.domain.refund_states import COUNTED
from orders.models import Order, OrderLine, Refund, RefundLine


@dataclass(frozen=True)
class Left:
    """What was paid for each line (by its id) and for freight, and is not claimed back yet."""

    lines: dict[int, int]
    freight_fen: int

    @property
    def total_fen(self) -> int:
        return sum(self.lines.values()) + self.freight_fen


def paid_for(line: OrderLine) -> int:
    """What the buyer paid for a line: its price less its part of the coupons."""
    return line.amount_fen - line.discount_fen


def left_of(order: Order, lines: Sequence[OrderLine] | None = None) -> Left:
    """Paid, less all that is asked back, on its way back, or back."""
    bought = list(order.lines.order_by("pk")) if lines is None else lines
    refunds = Refund.objects.filter(payment__order=order, state__in=COUNTED)
    claimed = dict(
        RefundLine.objects.filter(refund__in=refunds)
        .values_list("line")
        .annotate(fen=Sum("amount_fen"))
    )
    in_all = refunds.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    freight = order.freight_fen - (in_all - sum(claimed.values()))
    left = {line.pk: paid_for(line) - claimed.get(line.pk, 0) for line in bought}
    return Left(left, max(freight, 0))


def spread(left: Left, amount_fen: int) -> dict[int, int]:
    """A part of the whole order, for each line its part; the rest of `amount_fen` is freight.

    `amount_fen` is at most `left.total_fen`; no line gets more than is left of it.
    """
    keys = sorted(left.lines)
    weights = [*(left.lines[key] for key in keys), left.freight_fen]
    parts = money.split(amount_fen, weights)
    return {key: fen for key, fen in zip(keys, parts, strict=False) if fen}


def entries_of(refund: Refund, order: Order) -> Entries:
    """The ledger's entries of a refund that is done: each line's parties give back their share of
    that line. The caller holds the payment's row, so that the refunds before it stand still."""
    mine = dict(refund.lines.values_list("line", "amount_fen"))
    before = dict(
        RefundLine.objects.filter(
            refund__payment=refund.payment_id, refund__state=Refund.State.DONE
        )
        .exclude(refund=refund)
        .values_list("line")
        .annotate(fen=Sum("amount_fen"))
    )
    entries: dict[AccountKey, int] = defaultdict(int)
    for shares in ledger.shares_of(order).of_lines:
        if shares.line_id in mine:
            then, now = before.get(shares.line_id, 0), mine[shares.line_id]
            _add(entries, refund_entries(shares, before_fen=then, amount_fen=now))
        elif shares.price_fen == 0 and _is_last(refund):
            _add(entries, undo_entries(shares))
    freight = refund.amount_fen - sum(mine.values())
    _add(entries, {(Kind.FREIGHT, None): freight, (Kind.CLEARING, None): -freight})
    return {key: fen for key, fen in entries.items() if fen}


def _is_last(refund: Refund) -> bool:
    """With it all that was paid is back, so that what coupons paid for goes back as well."""
    done = Refund.objects.filter(payment=refund.payment_id, state=Refund.State.DONE)
    back = done.exclude(pk=refund.pk).aggregate(fen=Sum("amount_fen", default=0))["fen"]
    return bool(back + refund.amount_fen == refund.payment.amount_fen)


def _add(entries: dict[AccountKey, int], more: Mapping[AccountKey, int]) -> None:
    for key, fen in more.items():
        entries[key] += fen
