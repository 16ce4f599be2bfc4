"""People behind accounts: those that give the same telephone number, or pay with the same card, are
one person's.

That is what can be known without asking more of anybody. Two people who share a telephone or a card
count as one, and one with two of each as two: the figure is said to be "at most as many".
"""

import re
from collections.abc import Iterable

_NOT_DIGITS = re.compile(r"[^0-9]")


def people_of(orders: Iterable[tuple[int, str, int | None]]) -> dict[int, int]:
    """By account, the number of its person (that of one of the person's accounts). `orders` are
    accounts, the telephone numbers their orders are sent with, and the marks of the cards that
    paid for them (`orders.domain.payers`; None where none is known)."""
    leader: dict[int, int] = {}
    first_with: dict[str | int, int] = {}

    def find(account: int) -> int:
        while leader[account] != account:
            leader[account] = leader[leader[account]]
            account = leader[account]
        return account

    for account, phone, card in orders:
        leader.setdefault(account, account)
        digits = _NOT_DIGITS.sub("", phone)[-11:]
        for sign in (digits or None, card):
            if sign is not None:
                leader[find(account)] = find(first_with.setdefault(sign, account))
    return {account: find(account) for account in leader}
