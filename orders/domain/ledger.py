"""Writing the books: append-only, balanced, once by key. The database refuses anything else."""

from collections.abc import Sequence

from django.db import transaction

from livecommerce.money import CURRENCY
from orders.domain.money_shares import AccountKey, Entries, LineCosts, Shares, share
from orders.models import Account, Entry, Order, OrderLine, Transaction


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


def shares_of(order: Order, bought: Sequence[OrderLine] | None = None) -> Shares:
    """Whose this order's money is, from the costs agreed when it was bought (`bought` are its
    lines, where they are at hand)."""
    lines = [
        LineCosts(
            amount_fen=line.amount_fen,
            producer_id=line.producer_id,
            producer_fen=line.producer_fen * line.quantity,
            packing_fen=line.packing_fen * line.quantity,
            freight_fen=line.freight_fen * line.quantity,
        )
        for line in (order.lines.all() if bought is None else bought)
    ]
    return share(lines=lines, freight_fen=order.freight_fen, discount_fen=order.discount_fen)


def _account_id(key: AccountKey) -> int:
    kind, producer_id = key
    account, _made = Account.objects.get_or_create(kind=kind, producer_id=producer_id)
    return account.pk
