"""The four state machines: only what the tables allow, once, with an event."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from orders.domain import diagrams
from orders.domain.diagrams import draw, drawn_in
from orders.domain.dispute_states import DISPUTE
from orders.domain.order_states import ORDER
from orders.domain.parcel_states import PARCEL
from orders.domain.payment_states import PAYMENT
from orders.domain.refund_states import REFUND
from orders.domain.settlement_states import SETTLEMENT
from orders.models import Dispute, Order, Parcel, Payment, Refund, Settlement

MACHINES = [
    (ORDER, Order),
    (PAYMENT, Payment),
    (REFUND, Refund),
    (SETTLEMENT, Settlement),
    (PARCEL, Parcel),
    (DISPUTE, Dispute),
]
DOCS = Path(__file__).parents[2] / "docs" / "orders.md"


@pytest.mark.parametrize(("machine", "model"), MACHINES)
def test_every_state_has_its_row_in_the_table(machine, model):
    assert set(machine.moves) == set(model.State)


def test_every_machine_is_drawn_in_the_docs_as_it_is():
    text = DOCS.read_text("utf-8")

    assert set(drawn_in(text)) == set(diagrams.MACHINES) == {m.name for m, _model in MACHINES}
    assert draw(text) == text, "run manage.py draw_states"


def test_a_stale_drawing_is_found_and_drawn_anew(settings, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    stale = "<!-- drawn: refund -->\n```mermaid\nold\n```\n<!-- /drawn -->\n"
    (docs / "orders.md").write_text(stale, "utf-8")
    settings.BASE_DIR = tmp_path

    with pytest.raises(CommandError):
        call_command("draw_states", check=True)
    call_command("draw_states")
    call_command("draw_states", check=True)

    assert REFUND.diagram() in (docs / "orders.md").read_text("utf-8")


@pytest.mark.django_db
def test_a_move_that_is_not_in_the_table_changes_nothing(shop):
    order = shop.place()

    assert ORDER.advance(order, Order.State.SHIPPED) is False
    assert Order.objects.get().state == "placed"
    assert order.events.count() == 1


@pytest.mark.django_db
def test_of_two_who_move_at_once_one_does(shop):
    order = shop.place()
    first, second = Order.objects.get(), Order.objects.get()

    moved = [ORDER.advance(row, Order.State.CANCELLED) for row in (first, second)]

    assert moved == [True, False]
    assert [event.to_state for event in order.events.all()] == ["placed", "cancelled"]


@pytest.mark.django_db
def test_a_stale_row_moves_from_where_it_really_is(shop):
    order = shop.place()
    stale = Order.objects.get()
    ORDER.advance(order, Order.State.PAID)

    assert ORDER.advance(stale, Order.State.PREPARING)
    assert [e.from_state for e in order.events.all()] == ["", "placed", "paid"]
