"""What those who move the shop's money look at: who is owed what, what waits, what differs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from orders.models import (
    Difference,
    PayoutAccount,
    PayoutBatch,
    PayoutLine,
    Reconciliation,
)
from orders.models.payouts import Method
from products.models import PlatformShare, Producer


@dataclass(frozen=True)
class Owed:
    """What the next payout of a producer would be; below zero they owe it to the shop."""

    producer: Producer
    fen: int
    orders: int
    account: PayoutAccount | None

    @property
    def is_ready(self) -> bool:
        return self.fen > 0 and self.account is not None and bool(self.account.confirmed_by_id)


def owed_now() -> list[Owed]:
    """Lines that wait for a batch, by producer, the largest sum first."""
    sums = {
        row["producer"]: row
        for row in PayoutLine.objects.filter(state=PayoutLine.State.OPEN)
        .order_by()
        .values("producer")
        .annotate(fen=Sum("amount_fen"), orders=Count("order", distinct=True))
    }
    accounts = {row.producer_id: row for row in PayoutAccount.objects.filter(producer__in=sums)}
    producers = Producer.objects.filter(pk__in=sums)
    found = [
        Owed(one, sums[one.pk]["fen"], sums[one.pk]["orders"], accounts.get(one.pk))
        for one in producers
    ]
    return sorted(found, key=lambda one: -one.fen)


def ready_by_method(owed: list[Owed]) -> list[dict[str, Any]]:
    """What a batch of each way would hold, for its button."""
    found = []
    for method in Method:
        mine = [
            one for one in owed if one.is_ready and one.account and one.account.method == method
        ]
        found.append({"method": method, "fen": sum(one.fen for one in mine), "number": len(mine)})
    return found


def accounts_to_confirm() -> QuerySet[PayoutAccount]:
    rows = PayoutAccount.objects.filter(confirmed_by=None).select_related("producer", "entered_by")
    return rows.order_by("entered_at")


def account_of(producer: Producer) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(producer=producer).first()


def masked_number(number: str) -> str:
    """`6222 …7890`: enough to recognise an account by."""
    return f"{number[:4]} …{number[-4:]}" if len(number) > 8 else number


def batches(limit: int = 20) -> list[PayoutBatch]:
    rows = PayoutBatch.objects.select_related("made_by", "approved_by")
    return list(rows.annotate(fen=Sum("payouts__amount_fen"), number_of=Count("payouts"))[:limit])


def open_differences() -> QuerySet[Difference]:
    return Difference.objects.filter(closed_at=None).select_related("order")


def last_comparison() -> Reconciliation | None:
    return Reconciliation.objects.exclude(finished_at=None).first()


def shares() -> QuerySet[PlatformShare]:
    return PlatformShare.objects.select_related("set_by")
