"""Payments: the protocol the shop speaks, and the provider the settings name.

`provider()` is all that the rest of `orders` calls. Stripe is the only adapter; whether it talks
to Stripe or to the double in `livecommerce.embedded.stripe_double` is decided by settings alone.
"""

from functools import cache

from orders.payments.protocol import PaymentProvider


@cache
def provider() -> PaymentProvider:
    """The payment provider of this installation; one per process, safe to share by threads."""
    # Here and not at the top: the stripe library takes a second to load, and few roles pay.
    from orders.payments.stripe import StripePayments

    return StripePayments.from_settings()
