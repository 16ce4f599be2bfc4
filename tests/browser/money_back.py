"""A buyer wants money back: one request with a photo to decide, one return to send back."""

from uuid import uuid4

from orders.domain import refund_requests
from orders.models import Order, Refund
from tests.orders.journeys import picture


def make_requests(number: str) -> dict[str, object]:
    """On a delivered order of two lines; fields of `World`."""
    order = Order.objects.get(number=number)
    line, other = order.lines.order_by("pk")
    asked = [
        refund_requests.ask(
            order=order,
            buyer=order.buyer,
            lines={chosen.pk: 3000},
            cause=cause,
            reason="打开有三个发软了，照片在这里。",
            photos=photos,
            key=uuid4(),
        )
        for chosen, cause, photos in (
            (line, Refund.Cause.BAD_FRUIT, [picture(), picture()]),
            (other, Refund.Cause.CHANGED_MIND, []),
        )
    ]
    return {"refund": asked[0].pk, "returned": asked[1].pk}
