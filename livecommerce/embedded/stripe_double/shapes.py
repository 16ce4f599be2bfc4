"""Fields that Stripe's objects have and the double gives no meaning to: always null.

A client that reads one must find it; `tests/livecommerce/stripe_double/test_shapes.py` compares
with the classes of the official library.
"""

ALWAYS_NULL: dict[str, tuple[str, ...]] = {
    "payment_intent": ("on_behalf_of", "payment_record", "review", "source"),
    "charge": (
        "application",
        "application_fee",
        "failure_balance_transaction",
        "on_behalf_of",
        "review",
        "source",
        "source_transfer",
        "transfer",
    ),
    "refund": (
        "customer",
        "failure_balance_transaction",
        "payment_method",
        "pending_reason",
        "source_transfer_reversal",
        "transfer_reversal",
    ),
    "payout": (
        "application_fee",
        "destination",
        "failure_balance_transaction",
        "original_payout",
        "reversed_by",
    ),
    "customer": ("default_source", "test_clock"),
    "payment_method": ("allow_redisplay",),
    "transfer_reversal": ("destination_payment_refund", "source_refund"),
}
WITHOUT: dict[str, tuple[str, ...]] = {
    "refund": ("livemode",),
    "account": ("livemode",),
    "balance_transaction": ("livemode", "metadata"),
    "transfer_reversal": ("livemode",),
    "event": ("metadata",),
}
"""Of the fields that most objects share, those that a kind has not."""
