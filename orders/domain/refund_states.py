"""requested → approved → in transit → done; refused, or failed and approved anew."""

from orders.domain.states import Machine
from orders.models import Refund, RefundEvent

S = Refund.State
REFUND = Machine(
    "refund",
    {
        S.REQUESTED: (S.APPROVED, S.REFUSED),
        S.APPROVED: (S.IN_TRANSIT, S.DONE, S.FAILED),
        S.IN_TRANSIT: (S.DONE, S.FAILED),
        S.FAILED: (S.APPROVED,),
        S.DONE: (),
        S.REFUSED: (),
    },
    RefundEvent,
    "refund",
)
