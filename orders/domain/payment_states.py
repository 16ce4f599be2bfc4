"""created → pending → succeeded, failed or cancelled; a failed one can be tried again."""

from orders.domain.states import Machine
from orders.models import Payment, PaymentEvent

S = Payment.State
OPEN = (S.CREATED, S.PENDING, S.FAILED)
"""What may still become a success."""
PAYMENT = Machine(
    "payment",
    {
        S.CREATED: (S.PENDING, S.SUCCEEDED, S.FAILED, S.CANCELLED),
        S.PENDING: (S.SUCCEEDED, S.FAILED, S.CANCELLED),
        S.FAILED: (S.PENDING, S.SUCCEEDED, S.CANCELLED),
        S.SUCCEEDED: (),
        S.CANCELLED: (),
    },
    PaymentEvent,
    "payment",
)
