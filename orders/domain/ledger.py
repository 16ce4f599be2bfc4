"""Writing the books: append-only, balanced, once by key. The database refuses anything else."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Sum

from livecommerce.money import CURRENCY
from orders.domain.money_shares import AccountKey, Entries, Kind, LineCosts, Shares, fund, share
from orders.models import Account, CouponUse, Entry, Order, OrderLine, Transaction
from products.domain.platform_share import share_bps


def post(
    *, key: str, kind: str, entries: Entries, order: Order | None = None, currency: str = CURRENCY
) -> bool:
    """Post one transaction; False if `key` was posted before. Part of the caller's transaction;
    the database checks the balance when that commits."""
    with transaction.atomic():
        row, is_new = Transaction.objects.get_or_create(
            key=key, defaults={"kind": kind, "order": order}
        )
        if is_new:
            Entry.objects.bulk_create(
                Entry(
                    transaction=row,
                    account_id=_account_id(account),
                    amount_fen=fen,
                    currency=currency,
                )
                for account, fen in sorted(entries.items(), key=str)
            )
    return is_new


def undone(key: str) -> Entries:
    """The entries that take the transaction of that key back; none if it was never posted."""
    rows = Entry.objects.filter(transaction__key=key).select_related("account")
    return {
        (row.account.kind, row.account.producer_id or row.account.payer or None): -row.amount_fen
        for row in rows
    }


def shares_of(order: Order, bought: Sequence[OrderLine] | None = None) -> Shares:
    """Whose this order's money is, from the costs agreed when it was bought (`bought` are its
    lines with their deals, where they are at hand)."""
    lines = list(order.lines.select_related("deal").order_by("pk")) if bought is None else bought
    funded = fund([line.discount_fen for line in lines], _coupons_of(order))
    return share(
        freight_fen=order.freight_fen,
        most_bps=share_bps(order.placed_at),
        lines=[
            LineCosts(
                line_id=line.pk,
                producer_id=line.producer_id,
                producer_fen=line.producer_fen * line.quantity,
                packing_fen=line.packing_fen * line.quantity,
                freight_fen=line.freight_fen * line.quantity,
                amount_fen=line.amount_fen,
                payer=line.deal.subsidy_payer_zh if line.deal else "",
                funded=by_payer,
            )
            for line, by_payer in zip(lines, funded, strict=True)
        ],
    )


def given_back(order: Order) -> dict[str, int]:
    """Fen that went back so far, by kind of account: whose share became less by how much."""
    rows = Entry.objects.filter(transaction__order=order, transaction__kind="refund")
    kinds = rows.values_list("account__kind").annotate(fen=Sum("amount_fen"))
    return dict(kinds.order_by("account__kind"))


def owed(order: Order) -> dict[int, int]:
    """Fen of this order that are its producers' by now, paid out or not, by their ids."""
    rows = Entry.objects.filter(
        transaction__order=order, account__kind=Kind.PRODUCER, account__producer__isnull=False
    ).exclude(transaction__kind="payout")
    found = rows.values_list("account__producer").annotate(fen=Sum("amount_fen"))
    return {producer: -fen for producer, fen in found.order_by("account__producer") if fen}


def balance_fen(*kinds: str) -> int:
    """The sum of all entries on accounts of these kinds."""
    rows = Entry.objects.filter(account__kind__in=kinds)
    total: int = rows.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    return total


def _coupons_of(order: Order) -> list[tuple[str, int]]:
    if not order.discount_fen:
        return []
    uses = CouponUse.objects.filter(order=order).order_by("pk")
    return list(uses.values_list("coupon__payer_zh", "discount_fen"))


def _account_id(key: AccountKey) -> int:
    kind, owner = key
    is_payer = isinstance(owner, str)
    account, _made = Account.objects.get_or_create(
        kind=kind, producer_id=None if is_payer else owner, payer=owner if is_payer else ""
    )
    return account.pk
