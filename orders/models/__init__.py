"""Orders, payments, the ledger and what settles them."""

from orders.models.fulfilment import (
    Carrier,
    Parcel,
    ParcelEvent,
    ParcelLine,
    PortalVisit,
    Preparation,
    ShippingSheet,
)
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
from orders.models.reviews import Review, ReviewPicture
from orders.models.settlement import Settlement, SettlementEvent

__all__ = [
    "Account",
    "Carrier",
    "Entry",
    "Hold",
    "LimitCounter",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Parcel",
    "ParcelEvent",
    "ParcelLine",
    "Payment",
    "PaymentEvent",
    "PortalVisit",
    "Preparation",
    "Refund",
    "RefundEvent",
    "Review",
    "ReviewPicture",
    "Settlement",
    "SettlementEvent",
    "ShippingSheet",
    "Transaction",
    "WebhookEvent",
]
