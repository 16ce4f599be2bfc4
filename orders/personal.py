"""What orders hold about a person; see `livecommerce.accounts.holdings`.

The records of a trade are kept three years from its end (E-Commerce Law, article 31): what was
bought, for how much, by which account, to which county. Who lives where is not part of that.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from livecommerce.accounts.holdings import Fate, Holding
from livecommerce.accounts.models import User
from orders.domain.recipients import without_person
from orders.models import Dispute, Order, OrderLine, Parcel, Payment, Refund, RefundPhoto

S = Order.State
OPEN = (S.PLACED, S.PAID, S.PREPARING, S.SHIPPED, S.DELIVERED)
OPEN_REFUNDS = (Refund.State.REQUESTED, Refund.State.APPROVED, Refund.State.IN_TRANSIT)
ORDER = (
    *("number", "state", "placed_at", "paid_at", "delivered_at", "closed_at"),
    *("items_fen", "freight_fen", "discount_fen", "total_fen", "currency", "address"),
)
REVIEW = ("product__sku", "stars", "text", "written_at")
_ABOUT = (
    Holding("orders.Order.buyer", Fate.UNNAMED, ORDER),
    Holding("orders.BasketLine.user", Fate.DELETED, ("product__sku", "quantity", "added_at")),
    Holding("orders.LimitCounter.buyer", Fate.UNNAMED, ("deal", "quantity")),
    Holding("orders.Coupon.holder", Fate.UNNAMED, ("code", "name_zh")),
    Holding("orders.CouponUse.buyer", Fate.UNNAMED, ("coupon__code", "discount_fen", "state")),
    Holding("orders.Review.author", Fate.UNNAMED, REVIEW),
)
_WORK = (
    "Difference.closed_by",
    "DisputeEvent.actor",
    "OrderEvent.actor",
    "ParcelEvent.actor",
    "PaymentEvent.actor",
    "PayoutAccount.confirmed_by",
    "PayoutAccount.entered_by",
    "PayoutBatch.approved_by",
    "PayoutBatch.made_by",
    "PortalVisit.user",
    "Preparation.begun_by",
    "Refund.decided_by",
    "Refund.requested_by",
    "RefundEvent.actor",
    "Review.hidden_by",
    "Review.replied_by",
    "SettlementEvent.actor",
    "ShippingSheet.uploaded_by",
    "ToldStep.actor",
)
HOLDINGS = (*_ABOUT, *(Holding(f"orders.{path}", Fate.UNNAMED) for path in _WORK))


def collect(user: User) -> dict[str, list[dict[str, Any]]]:
    lines = OrderLine.objects.filter(order__buyer=user).order_by("pk")
    parcels = Parcel.objects.filter(order__buyer=user).order_by("pk")
    refunds = Refund.objects.filter(payment__order__buyer=user).order_by("pk")
    payments = Payment.objects.filter(order__buyer=user).order_by("pk")
    files = {
        "orders-goods": lines.values(
            "order__number", "name_zh", "unit_zh", "quantity", "amount_fen"
        ),
        "orders-parcels": parcels.values(
            "order__number", "carrier", "tracking_number", "state", "shipped_at"
        ),
        "orders-payments": payments.values(
            *("order__number", "method", "state", "amount_fen", "created_at", "payer_mark")
        ),
        "orders-refunds": refunds.values(
            *("payment__order__number", "amount_fen", "cause", "reason", "state", "answer"),
            *("requested_at", "decided_at"),
        ),
    }
    return {name: [dict(row) for row in rows] for name, rows in files.items()}


def obstacles(user: User) -> list[str]:
    found = []
    if Order.objects.filter(buyer=user, state__in=OPEN).exists():
        found.append(_("An order of yours is not finished."))
    own = Q(payment__order__buyer=user)
    if Refund.objects.filter(own, state__in=OPEN_REFUNDS).exists():
        found.append(_("Money is on its way back to you."))
    if Dispute.objects.filter(own, state__in=(Dispute.State.OPEN, Dispute.State.REVIEW)).exists():
        found.append(_("Your bank is looking at a payment."))
    return found


def erase(user: User) -> None:
    for order in Order.objects.filter(buyer=user).only("pk", "address"):
        Order.objects.filter(pk=order.pk).update(address=without_person(order.address))
    Payment.objects.filter(order__buyer=user).update(payer_mark=None)
    RefundPhoto.objects.filter(refund__payment__order__buyer=user).delete()
    Refund.objects.filter(payment__order__buyer=user).exclude(reason="").update(reason="···")
