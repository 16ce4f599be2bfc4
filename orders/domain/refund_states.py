"""requested → approved → in transit → done; refused, withdrawn, or failed and approved anew."""

from orders.domain.states import Machine
from orders.models import Refund, RefundEvent

S = Refund.State
COUNTED = (S.REQUESTED, S.APPROVED, S.IN_TRANSIT, S.DONE)
"""What counts against the payment: asked for, decided, or back with the buyer."""
REFUND = Machine(
    "refund",
    {
        S.REQUESTED: (S.APPROVED, S.REFUSED, S.WITHDRAWN),
        S.APPROVED: (S.IN_TRANSIT, S.DONE, S.FAILED),
        S.IN_TRANSIT: (S.DONE, S.FAILED),
        S.FAILED: (S.APPROVED,),
        S.DONE: (S.FAILED,),  # it bounced: the buyer's bank sent it back
        S.REFUSED: (),
        S.WITHDRAWN: (),
    },
    RefundEvent,
    "refund",
)
