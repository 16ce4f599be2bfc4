"""What a producer earned, what went back to buyers, what was paid out: read from the ledger only.

A producer's account is credited what is theirs, so its entries are negative while money is owed;
here every figure has the sign its reader expects. In fen.
"""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from orders.models import Account, Entry
from products.models import Producer

PAID, REFUND, PAYOUT = "paid", "refund", "payout"


@dataclass(frozen=True)
class Money:
    """`earned - returned + other - paid_out = owed`; `other` are corrections and disputes."""

    earned_fen: int
    returned_fen: int
    other_fen: int
    paid_out_fen: int

    @property
    def owed_fen(self) -> int:
        return self.earned_fen - self.returned_fen + self.other_fen - self.paid_out_fen


def money_of(producer: Producer) -> Money:
    """One query."""
    rows = entries_of(producer).order_by().values_list("transaction__kind")
    by_kind = {kind: -fen for kind, fen in rows.annotate(fen=Sum("amount_fen"))}
    return Money(
        earned_fen=by_kind.pop(PAID, 0),
        returned_fen=-by_kind.pop(REFUND, 0),
        paid_out_fen=-by_kind.pop(PAYOUT, 0),
        other_fen=sum(by_kind.values()),
    )


def entries_of(producer: Producer) -> QuerySet[Entry]:
    """Every booking on the producer's account, newest first."""
    rows = Entry.objects.filter(account__kind=Account.Kind.PRODUCER, account__producer=producer)
    return rows.select_related("transaction__order").order_by("-transaction__posted_at", "-pk")
