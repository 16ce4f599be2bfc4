"""open → review → won or lost, as the bank decides; the provider tells it, nobody here chooses."""

from orders.domain.states import Machine
from orders.models import Dispute, DisputeEvent

S = Dispute.State
DISPUTE = Machine(
    "dispute",
    {
        S.OPEN: (S.REVIEW, S.WON, S.LOST),
        S.REVIEW: (S.OPEN, S.WON, S.LOST),
        S.WON: (S.LOST,),
        S.LOST: (S.WON,),  # rare: a bank that changes its mind
    },
    DisputeEvent,
    "dispute",
)
