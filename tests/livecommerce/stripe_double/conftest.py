"""The running double and a receiver of webhooks."""

from tests.stripe_server import _one_stripe_double, receiver, stripe_double

__all__ = ["_one_stripe_double", "receiver", "stripe_double"]
