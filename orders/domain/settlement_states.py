"""due → posted → paid out."""

from orders.domain.states import Machine
from orders.models import Settlement, SettlementEvent

S = Settlement.State
SETTLEMENT = Machine(
    "settlement",
    {S.DUE: (S.POSTED,), S.POSTED: (S.PAID_OUT,), S.PAID_OUT: ()},
    SettlementEvent,
    "settlement",
)
