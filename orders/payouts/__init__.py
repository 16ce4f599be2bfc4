"""Paying producers: the protocol the shop speaks, and its two ways, Stripe Connect and a bank file.

`provider_of(method)` is all that the rest of `orders` calls.
"""

from functools import cache

from orders.models.payouts import Method
from orders.payouts.bank_file import BankFile
from orders.payouts.protocol import PayoutProvider


def provider_of(method: str) -> PayoutProvider:
    return _connect() if method == Method.CONNECT else BankFile()


@cache
def _connect() -> PayoutProvider:
    # Here and not at the top: the stripe library takes a second to load, and few roles pay.
    from orders.payouts.connect import ConnectPayouts

    return ConnectPayouts.from_settings()


def forget_provider() -> None:
    """Read the settings anew; for tests, which change them."""
    _connect.cache_clear()
