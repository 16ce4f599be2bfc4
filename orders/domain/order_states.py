"""placed → paid → preparing → shipped → delivered → completed; or cancelled, expired."""

from orders.domain.states import Machine
from orders.models import Order, OrderEvent

S = Order.State
ORDER = Machine(
    "order",
    {
        S.PLACED: (S.PAID, S.CANCELLED, S.EXPIRED),
        S.EXPIRED: (S.PAID,),  # the money came late and the goods were still there
        S.PAID: (S.PREPARING, S.CANCELLED),
        S.PREPARING: (S.SHIPPED, S.CANCELLED),
        S.SHIPPED: (S.DELIVERED,),
        S.DELIVERED: (S.COMPLETED,),
        S.COMPLETED: (),
        S.CANCELLED: (),
    },
    OrderEvent,
    "order",
)
