"""Orders, payments, the ledger and what settles them."""

from orders.models.ledger import Account, Entry, Transaction
from orders.models.orders import (
    Hold,
    LimitCounter,
    Order,
    OrderEvent,
    OrderLine,
)
from orders.models.payments import (
    Payment,
    PaymentEvent,
    Refund,
    RefundEvent,
    WebhookEvent,
)
from orders.models.settlement import Settlement, SettlementEvent

__all__ = [
    "Account",
    "Entry",
    "Hold",
    "LimitCounter",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "PaymentEvent",
    "Refund",
    "RefundEvent",
    "Settlement",
    "SettlementEvent",
    "Transaction",
    "WebhookEvent",
]
