"""People behind accounts: those that give the same telephone number are one person's.

That is what can be known without asking more of anybody. Two people who share a telephone count
as one, and one with two telephones as two: the figure is said to be "at most as many".
"""

import re
from collections.abc import Iterable

_NOT_DIGITS = re.compile(r"[^0-9]")


def people_of(pairs: Iterable[tuple[int, str]]) -> dict[int, int]:
    """By account, the number of its person (that of one of the person's accounts). `pairs` are
    accounts and the telephone numbers their orders are sent with."""
    leader: dict[int, int] = {}
    first_with: dict[str, int] = {}

    def find(account: int) -> int:
        while leader[account] != account:
            leader[account] = leader[leader[account]]
            account = leader[account]
        return account

    for account, phone in pairs:
        leader.setdefault(account, account)
        digits = _NOT_DIGITS.sub("", phone)[-11:]
        if digits:
            other = first_with.setdefault(digits, account)
            leader[find(account)] = find(other)
    return {account: find(account) for account in leader}
