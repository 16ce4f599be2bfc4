"""The state machines as drawings in a text: what stands between the marks is the tables' own.

<!-- drawn: order -->
(Mermaid)
<!-- /drawn -->
"""

import re

from orders.domain.dispute_states import DISPUTE
from orders.domain.order_states import ORDER
from orders.domain.parcel_states import PARCEL
from orders.domain.payment_states import PAYMENT
from orders.domain.refund_states import REFUND
from orders.domain.settlement_states import SETTLEMENT

MACHINES = {
    machine.name: machine for machine in (ORDER, PAYMENT, REFUND, SETTLEMENT, PARCEL, DISPUTE)
}
_PLACE = re.compile(r"(<!-- drawn: (\w+) -->\n).*?(\n<!-- /drawn -->)", re.DOTALL)


def draw(text: str) -> str:
    """`text` with every marked place drawn anew. Raises KeyError for a machine nobody has."""

    def fill(place: re.Match[str]) -> str:
        diagram = MACHINES[place[2]].diagram()
        return f"{place[1]}```mermaid\n{diagram}\n```{place[3]}"

    return _PLACE.sub(fill, text)


def drawn_in(text: str) -> list[str]:
    """The machines that have a place in the text."""
    return [place[2] for place in _PLACE.finditer(text)]
