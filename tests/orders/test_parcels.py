"""Sending and arriving: units, several farms, and the order that follows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from orders.domain import arrivals, fulfilment, parcels, tracking
from orders.models import Order, OrderLine, Parcel, ParcelLine, Payment, Refund
from tests.factories import make_address, make_user
from tests.orders.farms import make_farm, make_goods, make_paid_order, sf, units_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def farm():
    return make_farm()


@pytest.fixture
def order(farm):
    """Three of one thing and one of another, of one farm."""
    return make_paid_order((make_goods(farm), 3), (make_goods(farm), 1))


def ship(order, farm, units, number=1, carrier="sf"):
    return parcels.ship(
        order=order,
        producer=farm,
        actor=farm.user,
        carrier=carrier,
        tracking_number=number if isinstance(number, str) else sf(number),
        units=units,
    )


def refused(code, call, *args, **kwargs):
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert error.value.code == code
    assert error.value.message
    return error.value


def states(order):
    order.refresh_from_db()
    return [event.to_state for event in order.events.all()]


# --- Sending ----------------------------------------------------------------------------------


def test_all_of_an_order_in_one_parcel(farm, order):
    parcel = ship(order, farm, units_of(order, 3, 1))

    assert states(order) == ["placed", "paid", "preparing", "shipped"]
    assert sum(content.quantity for content in parcel.contents.all()) == 4
    assert [line.unsent for line in order.lines.all()] == [0, 0]
    told = Notification.objects.get(user=order.buyer)
    assert (told.kind, sf() in told.body, "顺丰" in told.body) == ("order_shipped", True, True)
    assert fulfilment.delivered_at(order) is None


def test_a_partial_shipment_leaves_the_order_being_prepared(farm, order):
    ship(order, farm, units_of(order, 2, 0))

    assert order.state == "preparing"
    assert [line.unsent for line in order.lines.order_by("pk")] == [1, 1]
    ship(order, farm, units_of(order, 1, 1), number=2)
    assert states(order)[-1] == "shipped"
    assert Notification.objects.filter(user=order.buyer).count() == 2


def test_the_same_parcel_entered_twice_is_the_same_parcel(farm, order):
    first = ship(order, farm, units_of(order, 3, 1))
    again = ship(order, farm, units_of(order, 3, 1))

    assert again == first
    assert Parcel.objects.count() == 1
    assert Notification.objects.filter(user=order.buyer).count() == 1


def test_one_number_with_other_contents_is_refused(farm, order):
    ship(order, farm, units_of(order, 1, 0))

    refused("number_used", ship, order, farm, units_of(order, 1, 1))


@pytest.mark.parametrize("units", [(4, 0), (3, 2)])
def test_no_more_is_sent_than_was_bought(farm, order, units):
    refused("units_gone", ship, order, farm, units_of(order, *units))

    assert not Parcel.objects.exists()
    assert states(order) == ["placed", "paid"]


@pytest.mark.parametrize("units", [{}, (0, 0), (-1, 1)])
def test_an_empty_or_impossible_parcel_is_refused(farm, order, units):
    refused("units", ship, order, farm, units_of(order, *units))


def test_a_farm_sends_its_own_lines_only(farm):
    other = make_farm()
    order = make_paid_order((make_goods(farm), 1), (make_goods(other), 1))

    refused("units_gone", ship, order, farm, units_of(order, 1, 1))
    ship(order, farm, units_of(order, 1))
    assert order.state == "preparing"
    theirs = order.lines.get(producer=other)
    ship(order, other, {theirs.pk: 1})
    assert states(order)[-1] == "shipped"


@pytest.mark.parametrize("state", ["placed", "expired", "cancelled", "shipped", "completed"])
def test_what_is_not_to_be_sent_is_refused(farm, state):
    order = make_paid_order((make_goods(farm), 1), state=state)

    error = refused("not_to_send", ship, order, farm, units_of(order, 1))
    assert error.status == 409


def test_nothing_is_sent_when_all_the_money_went_back(farm, order):
    Payment.objects.update(refunded_fen=order.total_fen)

    refused("not_to_send", ship, order, farm, units_of(order, 1))


def test_one_number_goes_to_one_door(farm, order):
    ship(order, farm, units_of(order, 3, 1))
    elsewhere = make_paid_order((make_goods(farm), 1))
    Order.objects.filter(pk=elsewhere.pk).update(address={"recipient": "别人"})

    error = refused("number_used", ship, elsewhere, farm, units_of(elsewhere, 1))
    assert order.number in error.message


def test_two_orders_of_one_buyer_may_travel_in_one_parcel(farm):
    buyer = make_user()
    address = make_address(buyer).snapshot()
    first, second = (
        make_paid_order((make_goods(farm), 1), buyer=buyer, address=address) for _ in range(2)
    )
    ship(first, farm, units_of(first, 1))
    ship(second, farm, units_of(second, 1))

    assert Parcel.objects.filter(tracking_number=sf()).count() == 2


def test_the_database_refuses_what_code_might_forget(order):
    line = order.lines.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(shipped_quantity=line.quantity + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(
            shipped_quantity=line.quantity, withdrawn_quantity=1
        )


def test_what_is_sent_is_the_sum_of_its_parcels(farm, order):
    ship(order, farm, units_of(order, 2, 0))
    ship(order, farm, units_of(order, 1, 1), number=2)

    for line in order.lines.all():
        contents = ParcelLine.objects.filter(line=line).values_list("quantity", flat=True)
        assert line.shipped_quantity == sum(contents)


# --- Preparing and withdrawing ----------------------------------------------------------------


def test_preparing_begins_once(farm, order):
    assert fulfilment.prepare(order=order, producer=farm, actor=farm.user)
    assert not fulfilment.prepare(order=order, producer=farm, actor=farm.user)

    assert states(order) == ["placed", "paid", "preparing"]


def test_an_unpaid_order_is_not_prepared(farm):
    order = make_paid_order((make_goods(farm), 1), state="placed")

    refused("not_to_prepare", fulfilment.prepare, order=order, producer=farm, actor=farm.user)


def test_withdrawn_units_are_nobodys_to_send(farm, order):
    ship(order, farm, units_of(order, 3, 0))
    with transaction.atomic():
        locked = fulfilment.lock(order)
        fulfilment.withdraw(line=order.lines.order_by("pk").last(), quantity=1)
        fulfilment.follow(locked)

    assert states(order)[-1] == "shipped"
    refused("not_to_send", ship, order, farm, units_of(order, 0, 1), number=2)


def test_units_in_a_parcel_cannot_be_withdrawn(farm, order):
    ship(order, farm, units_of(order, 3, 0))

    line = order.lines.order_by("pk").first()
    refused("units_sent", fulfilment.withdraw, line=line, quantity=1)


# --- Correcting -------------------------------------------------------------------------------


def test_a_wrong_number_is_corrected_and_remembered(farm, order):
    parcel = ship(order, farm, units_of(order, 3, 1))

    assert parcels.correct(
        parcel=parcel, actor=farm.user, carrier="yto", tracking_number="YT2012345678901"
    )

    parcel.refresh_from_db()
    assert (parcel.carrier, parcel.tracking_number) == ("yto", "YT2012345678901")
    assert sf() in parcel.events.last().note
    assert Notification.objects.filter(user=order.buyer).count() == 2


def test_correcting_to_the_same_says_nothing(farm, order):
    parcel = ship(order, farm, units_of(order, 3, 1))

    assert not parcels.correct(
        parcel=parcel, actor=farm.user, carrier="sf", tracking_number=sf().lower()
    )
    assert Notification.objects.filter(user=order.buyer).count() == 1


def test_correcting_to_another_parcels_number_is_refused(farm, order):
    ship(order, farm, units_of(order, 2, 0))
    second = ship(order, farm, units_of(order, 1, 1), number=2)

    call = {"parcel": second, "actor": farm.user, "carrier": "sf", "tracking_number": sf(1)}
    refused("number_used", parcels.correct, **call)


def test_an_arrived_parcel_is_not_corrected(farm, order):
    parcel = ship(order, farm, units_of(order, 3, 1))
    parcels.record_delivery(parcel=parcel, how=Parcel.Word.BUYER)

    call = {"parcel": parcel, "actor": farm.user, "carrier": "sf", "tracking_number": sf(5)}
    refused("parcel_arrived", parcels.correct, **call)


# --- Arriving ---------------------------------------------------------------------------------


def test_an_order_is_delivered_with_its_last_parcel(farm, order):
    first = ship(order, farm, units_of(order, 2, 0))
    second = ship(order, farm, units_of(order, 1, 1), number=2)

    parcels.record_delivery(parcel=first, how=Parcel.Word.CARRIER)
    order.refresh_from_db()
    assert (order.state, order.delivered_at) == ("shipped", None)
    parcels.record_delivery(parcel=second, how=Parcel.Word.BUYER, actor=order.buyer)
    assert states(order)[-1] == "delivered"
    second.refresh_from_db()
    assert fulfilment.delivered_at(order) == second.delivered_at


def test_a_parcel_arrives_once(farm, order):
    parcel = ship(order, farm, units_of(order, 3, 1))

    assert parcels.record_delivery(parcel=parcel, how=Parcel.Word.BUYER)
    first = parcel.delivered_at
    assert not parcels.record_delivery(parcel=parcel, how=Parcel.Word.STAFF)
    parcel.refresh_from_db()
    assert (parcel.delivered_at, parcel.delivered_how) == (first, "buyer")


def test_an_arrived_part_does_not_deliver_the_rest(farm, order):
    parcel = ship(order, farm, units_of(order, 2, 0))
    parcels.record_delivery(parcel=parcel, how=Parcel.Word.BUYER)

    order.refresh_from_db()
    assert (order.state, order.delivered_at) == ("preparing", None)


def test_a_producers_word_counts_only_after_a_while(farm, order):
    parcel = ship(order, farm, units_of(order, 3, 1))

    refused("too_soon", parcels.record_delivery, parcel=parcel, how=Parcel.Word.PRODUCER)
    Parcel.objects.update(shipped_at=timezone.now() - timedelta(days=2))
    assert parcels.record_delivery(parcel=parcel, how=Parcel.Word.PRODUCER, actor=farm.user)
    keys = Notification.objects.filter(user=order.buyer).values_list("key", flat=True)
    assert f"parcel:{parcel.pk}:arrived" in keys


def test_a_carriers_time_stays_within_the_journey(farm, order):
    parcel = ship(order, farm, units_of(order, 3, 1))
    before = timezone.now() - timedelta(days=3)

    parcels.record_delivery(parcel=parcel, how=Parcel.Word.CARRIER, at=before)

    assert parcel.delivered_at == parcel.shipped_at


def test_the_buyer_confirms_one_or_all(farm, order):
    first = ship(order, farm, units_of(order, 2, 0))
    ship(order, farm, units_of(order, 1, 1), number=2)

    assert arrivals.confirm_receipt(order=order, actor=order.buyer, parcel_id=first.pk) == 1
    assert arrivals.confirm_receipt(order=order, actor=order.buyer) == 1
    assert arrivals.confirm_receipt(order=order, actor=order.buyer) == 0
    assert states(order)[-1] == "delivered"


def test_nothing_sent_is_nothing_to_confirm(order):
    refused("nothing_to_confirm", arrivals.confirm_receipt, order=order, actor=order.buyer)


# --- Sweeps -----------------------------------------------------------------------------------


def turn_back(**fields):
    Parcel.objects.update(**fields)


def test_time_confirms_what_nobody_spoke_of(farm, order, settings):
    parcel = ship(order, farm, units_of(order, 3, 1))
    turn_back(shipped_at=timezone.now() - timedelta(days=settings.RECEIPT_DAYS, minutes=-5))
    assert arrivals.confirm_by_time() == 0

    turn_back(shipped_at=timezone.now() - timedelta(days=settings.RECEIPT_DAYS, minutes=5))
    assert arrivals.confirm_by_time() == 1
    assert arrivals.confirm_by_time() == 0
    parcel.refresh_from_db()
    assert (parcel.delivered_how, states(order)[-1]) == ("time", "delivered")


def test_orders_complete_when_their_time_to_be_returned_is_over(farm, order, settings):
    ship(order, farm, units_of(order, 3, 1))
    arrivals.confirm_receipt(order=order, actor=order.buyer)
    assert arrivals.complete_due() == 0

    long_ago = timezone.now() - timedelta(days=settings.COMPLETION_DAYS, minutes=5)
    Order.objects.update(delivered_at=long_ago)
    assert arrivals.complete_due() == 1
    assert states(order)[-1] == "completed"


def test_what_is_argued_about_waits(farm, order, settings):
    ship(order, farm, units_of(order, 3, 1))
    turn_back(shipped_at=timezone.now() - timedelta(days=settings.RECEIPT_DAYS + 1))
    Refund.objects.create(
        payment=order.payments.get(), key="r", amount_fen=100, state="requested", reason="坏果"
    )

    assert (arrivals.confirm_by_time(), arrivals.remind_buyers()) == (0, 0)
    arrivals.confirm_receipt(order=order, actor=order.buyer)
    Order.objects.update(delivered_at=timezone.now() - timedelta(days=99))
    assert arrivals.complete_due() == 0


def test_buyers_are_asked_once_before_time_confirms(farm, order, settings):
    ship(order, farm, units_of(order, 3, 1))
    assert arrivals.remind_buyers() == 0

    days = settings.RECEIPT_DAYS - settings.RECEIPT_REMINDER_DAYS
    turn_back(shipped_at=timezone.now() - timedelta(days=days, minutes=5))
    assert arrivals.remind_buyers() == 1
    assert arrivals.remind_buyers() == 0
    assert Notification.objects.filter(key__endswith=":there").count() == 1


@pytest.mark.parametrize(("hour", "told"), [(6, 0), (8, 1)])
def test_farms_hear_each_morning_what_is_due(farm, order, time_machine_at, hour, told):
    with time_machine_at(order.paid_at + timedelta(days=2), hour):
        assert arrivals.remind_producers() == told
        assert arrivals.remind_producers() == 0
    assert Notification.objects.filter(user=farm.user).count() == told


@pytest.fixture
def time_machine_at():
    import time_machine

    def at(moment, hour):
        return time_machine.travel(timezone.localtime(moment).replace(hour=hour), tick=False)

    return at


# --- Word from carriers -----------------------------------------------------------------------


class Watch:
    """A carrier's interface that knows of one parcel."""

    def __init__(self, *told):
        self.told, self.asked = told, []

    def look(self, parcels):
        self.asked += [(one.carrier, one.tracking_number) for one in parcels]
        return self.told


def test_a_carriers_word_delivers(farm, order):
    ship(order, farm, units_of(order, 3, 1))
    watch = Watch(
        tracking.Delivered("sf", sf(), timezone.now()),
        tracking.Delivered("sf", sf(99), timezone.now()),
    )

    assert tracking.ask(watch) == 1
    assert watch.asked == [("sf", sf())]
    assert states(order)[-1] == "delivered"
    assert tracking.ask(watch) == 0
    assert Parcel.objects.get().delivered_how == "carrier"


def test_by_hand_nobody_is_asked(farm, order):
    ship(order, farm, units_of(order, 3, 1))

    assert tracking.ask(tracking.ByHand()) == 0
