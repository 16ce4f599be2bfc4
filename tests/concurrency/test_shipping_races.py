"""Two people at one packing table. The race has a twin that shows it without the guard."""

import threading

import pytest
from django.db import IntegrityError

from livecommerce.errors import DomainError
from orders.domain import cancelling, desks, parcels, shipping_sheet
from orders.models import OrderLine, Parcel, ParcelLine, Refund, ShippingSheet
from tests.orders.farms import make_farm, make_goods, make_paid_order, sf, units_of
from tests.orders.farms import ship as send

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(result):
    return result.code if isinstance(result, DomainError) else type(result).__name__


def test_eight_people_send_the_same_order(at_once):
    farm = make_farm()
    order = make_paid_order((make_goods(farm), 3))

    def ship(i):
        return send(order, farm, 3, number=i)

    results = [outcome(one) for one in at_once(8, ship)]

    assert results.count("Parcel") == 1
    assert set(results) == {"Parcel", "not_to_send"}
    order.refresh_from_db()
    assert (order.state, Parcel.objects.count()) == ("shipped", 1)


def test_parts_sent_at_once_never_exceed_what_was_bought(at_once):
    farm = make_farm()
    order = make_paid_order((make_goods(farm), 5))

    def ship(i):
        return send(order, farm, 2, number=i)

    results = [outcome(one) for one in at_once(6, ship)]

    assert sorted(results) == ["Parcel", "Parcel", *["units_gone"] * 4]
    line = order.lines.get()
    assert line.shipped_quantity == 4
    assert sum(ParcelLine.objects.values_list("quantity", flat=True)) == 4


def test_the_same_parcel_entered_by_two_is_one_parcel(at_once):
    farm = make_farm()
    order = make_paid_order((make_goods(farm), 1))

    def ship(_):
        return parcels.ship(
            order=order,
            producer=farm,
            actor=farm.user,
            carrier="sf",
            tracking_number=sf(),
            units=units_of(order, 1),
        ).pk

    assert len(set(at_once(6, ship))) == 1
    assert Parcel.objects.count() == 1


def test_twin_without_the_lock_both_send_and_only_the_constraint_says_no(at_once):
    """Read, decide, write: what is left, as both have read it."""
    farm = make_farm()
    line = make_paid_order((make_goods(farm), 3)).lines.get()
    both_have_read = threading.Barrier(2)

    def ship_unguarded(_):
        row = OrderLine.objects.get(pk=line.pk)
        both_have_read.wait()
        assert row.unsent == 3
        row.shipped_quantity += 3
        row.save(update_fields=["shipped_quantity"])
        return True

    assert at_once(2, ship_unguarded) == [True, True]  # six units left, three are counted

    def count_blindly(_):
        from django.db.models import F

        return OrderLine.objects.filter(pk=line.pk).update(
            shipped_quantity=F("shipped_quantity") + 3
        )

    assert isinstance(at_once(1, count_blindly)[0], IntegrityError)


def test_a_sheet_applied_by_two_is_applied_once(at_once):
    farm = make_farm()
    desk = desks.desk_of(farm.user, farm.pk)
    goods = make_goods(farm)
    orders = [make_paid_order((goods, 1)) for _ in range(5)]
    rows = [f"{order.number},顺丰,{sf(i)}" for i, order in enumerate(orders)]
    data = "\n".join(["订单号,快递公司,快递单号", *rows]).encode()
    sheet = shipping_sheet.read(desk=desk, file_name="x.csv", data=data)

    made = at_once(
        4, lambda _: shipping_sheet.apply(desk=desk, sheet=ShippingSheet.objects.get(pk=sheet.pk))
    )

    assert sorted(made) == [0, 0, 0, 5]
    assert Parcel.objects.count() == 5


def test_sending_and_cancelling_at_once_is_one_or_the_other(at_once):
    farm = make_farm()
    for number in range(6):
        order = make_paid_order((make_goods(farm), 1))

        def act(i, order=order, number=number):
            if i:
                return cancelling.cancel(order=order, actor=order.buyer)
            return parcels.ship(
                order=order,
                producer=farm,
                actor=farm.user,
                carrier="sf",
                tracking_number=sf(number),
                units=units_of(order, 1),
            )

        at_once(2, act)
        order.refresh_from_db()
        is_sent = Parcel.objects.filter(order=order).exists()
        is_back = Refund.objects.filter(payment__order=order).exists()
        assert (order.state, is_sent, is_back) in (
            ("shipped", True, False),
            ("cancelled", False, True),
        )
