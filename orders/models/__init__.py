"""Orders, payments, the ledger and what settles them."""

from orders.models.cart import BasketLine
from orders.models.coupons import Coupon, CouponUse
from orders.models.freight import FreightTemplate, FreightZone
from orders.models.fulfilment import (
    Carrier,
    Parcel,
    ParcelEvent,
    ParcelLine,
    PortalVisit,
    Preparation,
    ShippingSheet,
)
from orders.models.integrity import NetworkSalt, OrderNetwork, ToldReport, ToldStep
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
    WebhookEvent,
)
from orders.models.payouts import Payout, PayoutAccount, PayoutBatch, PayoutLine
from orders.models.reconcile import Difference, Movement, Reconciliation
from orders.models.refunds import (
    Dispute,
    DisputeEvent,
    Refund,
    RefundEvent,
    RefundLine,
    RefundPhoto,
    RefundRule,
)
from orders.models.reviews import Review, ReviewPicture, ReviewReply
from orders.models.screens import FestivalScreen
from orders.models.settlement import Settlement, SettlementEvent

__all__ = [
    "Account",
    "BasketLine",
    "Carrier",
    "Coupon",
    "CouponUse",
    "Difference",
    "Dispute",
    "DisputeEvent",
    "Entry",
    "FestivalScreen",
    "FreightTemplate",
    "FreightZone",
    "Hold",
    "LimitCounter",
    "Movement",
    "NetworkSalt",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderNetwork",
    "Parcel",
    "ParcelEvent",
    "ParcelLine",
    "Payment",
    "PaymentEvent",
    "Payout",
    "PayoutAccount",
    "PayoutBatch",
    "PayoutLine",
    "PortalVisit",
    "Preparation",
    "Reconciliation",
    "Refund",
    "RefundEvent",
    "RefundLine",
    "RefundPhoto",
    "RefundRule",
    "Review",
    "ReviewPicture",
    "ReviewReply",
    "Settlement",
    "SettlementEvent",
    "ShippingSheet",
    "ToldReport",
    "ToldStep",
    "Transaction",
    "WebhookEvent",
]
