"""A flash sale on air: start, begin, run, end; its goods, its price and who may do what."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from products.domain import deals
from products.domain.offers import current_offer
from products.domain.prices import compute_base_price
from products.domain.stock import release_units
from products.models import PricePoint, StockPool
from streams.domain import shows
from streams.domain.flash_sales import (
    cancel_flash_sale,
    run_due,
    start_flash_sale,
    stop_flash_sale,
)
from streams.models import FlashSale
from tests.factories import make_assistant, make_deal, make_product, make_user
from tests.streams.flash import begin, let_pass, make_flash_sale
from tests.streams.shows import add_item, make_show, told

pytestmark = pytest.mark.django_db(transaction=True)


def host_of(sale):
    return sale.broadcast.host.user


def levels(product):
    """Pool by deal: (total, available, held, sold)."""
    return {
        pool.deal_id: (pool.total, pool.available, pool.held, pool.sold)
        for pool in StockPool.objects.filter(product=product)
    }


def hold(sale, *, held=0, sold=0):
    pool = StockPool.objects.get(deal=sale.deal)
    pool.available -= held + sold
    pool.held += held
    pool.sold += sold
    pool.version += 1
    pool.save()
    return pool


def lines_of(show):
    return [line.text_en for line in show.messages.filter(badge="system").order_by("pk")]


# --- start -------------------------------------------------------------------------------------


def test_start_sets_goods_aside_and_promises_the_price():
    sale = make_flash_sale()
    before = timezone.now()
    start_flash_sale(sale=sale, by=host_of(sale))
    deal = sale.deal
    assert (sale.state, sale.started_by, deal.state) == ("countdown", host_of(sale), "approved")
    assert (deal.price_fen, deal.base_price_fen, deal.is_flash) == (4800, 9600, True)
    assert (deal.approved_by, deal.approved_at) == (sale.approved_by, sale.approved_at)
    assert deal.starts_at >= before + timedelta(seconds=30)
    assert deal.ends_at - deal.starts_at == timedelta(seconds=300)
    assert levels(sale.product) == {None: (980, 980, 0, 0), deal.pk: (20, 20, 0, 0)}


def test_nothing_is_sold_at_the_price_before_the_countdown_is_over():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    offer = current_offer(sale.product)
    assert (offer.deal, offer.price_fen) == (None, 9600)
    assert offer.coming == sale.deal
    assert offer.changes_at == sale.deal.starts_at
    begin(sale)
    offer = current_offer(sale.product)
    assert (offer.deal, offer.price_fen, offer.available) == (sale.deal, 4800, 20)
    assert offer.coming is None


def test_sale_stands_in_front_of_the_ordinary_deal_and_gives_way_to_it():
    show = make_show(state="live", items=1, deal=True)
    product = show.shelf.get().product
    ordinary = product.deals.get()
    with pytest.raises(DomainError) as refused:  # the ordinary 48 yuan are its base price
        make_flash_sale(show, price_fen=2500)
    assert refused.value.code == "deal_honours_rule"
    sale = make_flash_sale(show, price_fen=2400)
    start_flash_sale(sale=sale, by=host_of(sale))
    assert sale.deal.base_price_fen == 4800
    assert current_offer(product).deal == ordinary
    begin(sale)
    assert current_offer(product).deal == sale.deal
    let_pass(sale, 301)
    assert current_offer(product).deal == ordinary


def test_goods_come_from_the_ordinary_deal_when_everyday_stock_is_short():
    show = make_show(state="live")
    product = make_product(county=show.region, stock=110)
    ordinary = make_deal(product, quantity=100)
    add_item(show, product=product)
    sale = make_flash_sale(show, price_fen=2400)
    start_flash_sale(sale=sale, by=host_of(sale))
    assert levels(product) == {
        None: (10, 10, 0, 0),
        ordinary.pk: (80, 80, 0, 0),
        sale.deal_id: (20, 20, 0, 0),
    }
    begin(sale)
    hold(sale, held=3, sold=2)
    stop_flash_sale(sale=sale, by=host_of(sale))
    assert levels(product)[ordinary.pk] == (95, 95, 0, 0)
    release_units(pool_id=sale.deal.pool.pk, quantity=3)
    deals.end_due_deals()
    assert levels(product) == {
        None: (10, 10, 0, 0),
        ordinary.pk: (98, 98, 0, 0),
        sale.deal_id: (2, 0, 0, 2),
    }


def test_units_of_a_deal_that_is_over_go_to_everyday_sale():
    show = make_show(state="live")
    product = make_product(county=show.region, stock=110)
    ordinary = make_deal(product, quantity=100)
    add_item(show, product=product)
    sale = make_flash_sale(show, price_fen=2400)
    start_flash_sale(sale=sale, by=host_of(sale))
    deals.withdraw_deal(deal=ordinary)
    begin(sale)
    stop_flash_sale(sale=sale, by=host_of(sale))
    assert levels(product)[None] == (110, 110, 0, 0)


def test_start_twice_is_the_same_as_once():
    sale = make_flash_sale()
    twin = FlashSale.objects.get(pk=sale.pk)
    start_flash_sale(sale=sale, by=host_of(sale))
    start_flash_sale(sale=twin, by=host_of(sale))
    assert twin.deal == sale.deal
    assert levels(sale.product)[None] == (980, 980, 0, 0)


def test_one_flash_sale_at_a_time_in_a_show():
    show = make_show(state="live", items=2)
    first, second = (make_flash_sale(show, product=item.product) for item in show.shelf.all())
    start_flash_sale(sale=first, by=host_of(first))
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=second, by=host_of(first))
    assert (refused.value.code, refused.value.status) == ("flash_other_on", 409)


def test_same_product_in_two_rooms_has_one_flash_sale_at_a_time():
    show, other = make_show(state="live", items=1), make_show(state="live")
    product = show.shelf.get().product
    add_item(other, product=product)
    first, second = make_flash_sale(show), make_flash_sale(other)
    start_flash_sale(sale=first, by=host_of(first))
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=second, by=host_of(second))
    assert refused.value.code == "deal_no_overlap"
    assert second.state == "scheduled"


@pytest.mark.parametrize("state", ["scheduled", "ended"])
def test_only_a_live_show_can_start(state):
    sale = make_flash_sale()
    type(sale.broadcast).objects.filter(pk=sale.broadcast_id).update(state=state)
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=sale, by=host_of(sale))
    assert refused.value.status == 409
    assert sale.deal is None


def test_unapproved_cannot_be_started():
    sale = make_flash_sale(state="proposed")
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=sale, by=host_of(sale))
    assert (refused.value.code, refused.value.status) == ("flash_state", 409)


def test_start_that_runs_past_the_approved_window_is_refused():
    now = timezone.now()
    sale = make_flash_sale(opens_at=now, closes_at=now + timedelta(seconds=331))
    let = timedelta(seconds=60)
    with transaction.atomic(), _unguarded():
        FlashSale.objects.filter(pk=sale.pk).update(
            opens_at=sale.opens_at - let, closes_at=sale.closes_at - let
        )
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=sale, by=host_of(sale))
    assert refused.value.code == "flash_window"


def test_start_without_the_goods_is_refused_and_changes_nothing():
    sale = make_flash_sale()
    StockPool.objects.filter(product=sale.product).update(available=0, held=1000)
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=sale, by=host_of(sale))
    assert refused.value.code == "deal_stock"
    assert (sale.state, sale.deal) == ("scheduled", None)
    assert sale.product.deals.count() == 0


def test_start_after_a_lower_price_was_offered_is_refused():
    """Approved when 96 yuan was the lowest; by now it was sold for less."""
    sale = make_flash_sale()
    make_deal(sale.product, price_fen=4000)
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=sale, by=host_of(sale))
    assert refused.value.code == "deal_honours_rule"
    assert refused.value.message


def test_who_may_start():
    sale = make_flash_sale()
    for stranger in (make_user(), make_user(is_staff=True), sale.approved_by):
        with pytest.raises(DomainError) as refused:
            start_flash_sale(sale=sale, by=stranger)
        assert refused.value.status == 403
    assistant = make_assistant(sale.broadcast.host).user
    start_flash_sale(sale=sale, by=assistant)
    assert sale.started_by == assistant


# --- the minutes -------------------------------------------------------------------------------


def test_sweep_follows_the_clock():
    sale = make_flash_sale()
    assert run_due() == 0
    start_flash_sale(sale=sale, by=host_of(sale))
    assert run_due() == 0
    begin(sale)
    assert run_due() == 1
    sale.refresh_from_db()
    assert sale.state == "running"
    assert run_due() == 0
    let_pass(sale, 301)
    assert run_due() == 1
    sale.refresh_from_db()
    assert (sale.state, sale.reason, sale.deal.state) == ("ended", "time", "ended")
    assert levels(sale.product) == {None: (1000, 1000, 0, 0), sale.deal_id: (0, 0, 0, 0)}


def test_sweep_that_was_away_finds_the_end():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    let_pass(sale, 400)
    assert deals.end_due_deals() == 1  # the sweep of deals may come first
    assert run_due() == 1
    sale.refresh_from_db()
    assert (sale.state, sale.reason) == ("ended", "time")
    assert levels(sale.product)[None] == (1000, 1000, 0, 0)


def test_sold_out_ends_it_early_but_not_while_somebody_may_still_leave():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    run_due()
    pool = hold(sale, held=1, sold=19)
    assert run_due() == 0
    StockPool.objects.filter(pk=pool.pk).update(held=0, sold=20)
    assert run_due() == 1
    sale.refresh_from_db()
    assert (sale.state, sale.reason, sale.units_taken) == ("ended", "sold_out", 20)
    assert levels(sale.product) == {None: (980, 980, 0, 0), sale.deal_id: (20, 0, 0, 20)}


def test_unpaid_holds_that_return_after_the_end_go_home():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    run_due()
    pool = hold(sale, held=5, sold=3)
    let_pass(sale, 301)
    run_due()
    assert levels(sale.product) == {None: (992, 992, 0, 0), sale.deal_id: (8, 0, 5, 3)}
    release_units(pool_id=pool.pk, quantity=5)
    deals.end_due_deals()
    assert levels(sale.product) == {None: (997, 997, 0, 0), sale.deal_id: (3, 0, 0, 3)}


def test_show_that_ends_takes_its_flash_sale_with_it():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    run_due()
    shows.end_show(broadcast=sale.broadcast, by=host_of(sale))
    assert run_due() == 1
    sale.refresh_from_db()
    assert (sale.state, sale.reason) == ("ended", "show_over")


def test_curator_withdraws_the_deal_while_it_is_on():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    run_due()
    deals.withdraw_deal(deal=sale.deal)
    assert run_due() == 1
    sale.refresh_from_db()
    assert (sale.state, sale.reason) == ("ended", "withdrawn")
    assert levels(sale.product)[None] == (1000, 1000, 0, 0)


# --- called off and stopped --------------------------------------------------------------------


def test_called_off_in_the_countdown_it_was_never_offered():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    first = sale.deal
    cancel_flash_sale(sale=sale, by=host_of(sale))
    assert (sale.state, sale.deal.state) == ("cancelled", "withdrawn")
    assert levels(sale.product)[None] == (1000, 1000, 0, 0)
    soon = timezone.now() + timedelta(minutes=10)
    assert compute_base_price(product=sale.product, starts_at=soon, days=30) == 9600
    start_flash_sale(sale=sale, by=host_of(sale))
    assert sale.state == "countdown"
    assert sale.deal != first
    assert sale.deal.base_price_fen == 9600


def test_cannot_be_called_off_once_it_has_begun():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    with pytest.raises(DomainError) as refused:
        cancel_flash_sale(sale=sale, by=host_of(sale))
    assert (refused.value.code, refused.value.status) == ("flash_has_begun", 409)


def test_stopped_early_its_price_counts_from_then_on():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    stop_flash_sale(sale=sale, by=host_of(sale))
    stop_flash_sale(sale=sale, by=host_of(sale))
    assert (sale.state, sale.reason, sale.closed_by) == ("ended", "stopped", host_of(sale))
    assert current_offer(sale.product).price_fen == 9600
    soon = timezone.now() + timedelta(minutes=10)
    assert compute_base_price(product=sale.product, starts_at=soon, days=30) == 4800
    again = compute_base_price(
        product=sale.product, deal=sale.deal, starts_at=sale.deal.starts_at, days=30
    )
    assert again == 9600, "its own price is no part of its base"
    last = PricePoint.objects.filter(deal=sale.deal).order_by("effective_at").first()
    assert last.price_fen == 4800


def test_stop_in_the_countdown_is_refused():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    with pytest.raises(DomainError) as refused:
        stop_flash_sale(sale=sale, by=host_of(sale))
    assert refused.value.code == "flash_state"


@pytest.mark.parametrize("step", [cancel_flash_sale, stop_flash_sale])
def test_only_those_who_run_the_show_may_end_it(step):
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    with pytest.raises(DomainError) as refused:
        step(sale=sale, by=make_user())
    assert refused.value.status == 403


def test_ended_one_cannot_be_started_again():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    stop_flash_sale(sale=sale, by=host_of(sale))
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=sale, by=host_of(sale))
    assert refused.value.code == "flash_state"


# --- by itself ---------------------------------------------------------------------------------


def plan_in(seconds, **fields):
    """Planned for a later moment, which then comes nearer: `seconds` until it is to begin."""
    sale = make_flash_sale(planned_at=timezone.now() + timedelta(minutes=5), **fields)
    planned = timezone.now() + timedelta(seconds=seconds)
    FlashSale.objects.filter(pk=sale.pk).update(planned_at=planned)
    sale.refresh_from_db()
    return sale


def test_begins_by_itself_with_its_whole_countdown():
    sale = plan_in(31)
    assert run_due() == 0
    sale = plan_in(29)
    assert run_due() == 1
    sale.refresh_from_db()
    assert (sale.state, sale.started_by) == ("countdown", None)
    assert sale.deal.starts_at >= sale.started_at + timedelta(seconds=30)


def test_missed_start_is_made_up_for_two_minutes():
    sale = plan_in(-80)  # its countdown should have begun 110 seconds ago
    assert run_due() == 1
    sale.refresh_from_db()
    assert sale.state == "countdown"


def test_start_missed_for_longer_is_left_to_the_host():
    sale = plan_in(-120)
    assert run_due() == 1
    sale.refresh_from_db()
    assert (sale.state, sale.planned_at) == ("scheduled", None)
    assert sale.note
    start_flash_sale(sale=sale, by=host_of(sale))
    assert (sale.state, sale.note) == ("countdown", "")


def test_start_that_a_rule_refuses_is_left_to_the_host_with_the_reason():
    sale = plan_in(10)
    StockPool.objects.filter(product=sale.product).update(available=0, held=1000)
    assert run_due() == 1
    sale.refresh_from_db()
    assert (sale.state, sale.planned_at) == ("scheduled", None)
    assert "20" in sale.note


def test_show_that_is_not_live_starts_nothing_by_itself():
    show = make_show(items=1)
    sale = make_flash_sale(show, planned_at=show.scheduled_at + timedelta(minutes=5))
    planned = timezone.now() + timedelta(seconds=10)
    with transaction.atomic(), _unguarded():
        FlashSale.objects.filter(pk=sale.pk).update(
            planned_at=planned, opens_at=planned - timedelta(minutes=1)
        )
    assert run_due() == 0
    sale.refresh_from_db()
    assert sale.state == "scheduled"


def test_one_that_cannot_go_on_does_not_hold_up_the_others():
    broken, fine = make_flash_sale(), make_flash_sale()
    for sale in (broken, fine):
        start_flash_sale(sale=sale, by=host_of(sale))
        begin(sale)
    StockPool.objects.filter(deal=broken.deal).delete()
    assert run_due() == 1
    fine.refresh_from_db()
    assert fine.state == "running"


# --- what the room hears -----------------------------------------------------------------------


def test_room_is_told_in_both_languages_once_each():
    sale = make_flash_sale(show=make_show(state="live", items=1))
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    run_due()
    run_due()
    stop_flash_sale(sale=sale, by=host_of(sale))
    assert lines_of(sale.broadcast) == [
        "Flash sale in 30 seconds: Fengshan walnut ¥48, 20 units",
        "The flash sale is on: Fengshan walnut ¥48, 20 units. At most 2 a person.",
        "The flash sale of Fengshan walnut is over.",
    ]
    first = sale.broadcast.messages.filter(badge="system").order_by("pk").first()
    assert "凤山核桃" in first.text
    spoken = [event for event in told(sale.broadcast) if event["t"] == "chat"]
    assert [(event["name"], event["user"]) for event in spoken] == [("", 0)] * 3


def test_nobody_hears_of_a_plan():
    sale = make_flash_sale()
    assert "flash" not in {event["t"] for event in told(sale.broadcast)}


# --- the database, whoever writes --------------------------------------------------------------


@contextmanager
def _unguarded():
    """Only time may pass; here the test lets it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE streams_flashsale DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE streams_flashsale ENABLE TRIGGER USER")


def write(sale, **values):
    with transaction.atomic():
        FlashSale.objects.filter(pk=sale.pk).update(**values)


@pytest.mark.parametrize(
    "change",
    [
        {"price_fen": 100},
        {"quantity": 21},
        {"per_person_limit": 3},
        {"countdown_seconds": 10},
        {"run_seconds": 600},
        {"closes_at": timezone.now() + timedelta(days=3)},
        {"approved_at": timezone.now()},
    ],
)
def test_database_keeps_the_terms_of_an_approved_one(change):
    sale = make_flash_sale()
    with pytest.raises(IntegrityError, match="keeps its terms"):
        write(sale, **change)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_fen", 0),
        ("quantity", 0),
        ("per_person_limit", 0),
        ("per_person_limit", 21),
        ("countdown_seconds", 9),
        ("countdown_seconds", 301),
        ("run_seconds", 59),
        ("run_seconds", 1201),
    ],
)
def test_database_refuses_numbers_out_of_range(field, value):
    sale = make_flash_sale(state="proposed")
    with pytest.raises(IntegrityError, match="flash_"):
        write(sale, **{field: value})


def test_database_refuses_to_approve_a_price_above_the_rule():
    sale = make_flash_sale(state="proposed")
    approval = {"approved_by": make_user(), "approved_at": timezone.now()}
    with pytest.raises(IntegrityError, match="more than 5000 bps"):
        write(sale, price_fen=4801, state="scheduled", **approval)


def test_database_refuses_an_approval_without_a_name():
    sale = make_flash_sale(state="proposed")
    with pytest.raises(IntegrityError, match="flash_approved_by_someone"):
        write(sale, state="scheduled")


@pytest.mark.parametrize("to", ["scheduled", "countdown", "running", "cancelled", "withdrawn"])
def test_database_refuses_steps_that_do_not_follow(to):
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    begin(sale)
    stop_flash_sale(sale=sale, by=host_of(sale))
    with pytest.raises(IntegrityError, match="does not follow"):
        write(sale, state=to)


@pytest.mark.parametrize(
    "change",
    [
        {"price_fen": 4700},
        {"quantity": 30},
        {"per_person_limit": 5},
        {"is_flash": False},
        {"ends_at": timezone.now() + timedelta(hours=1)},
    ],
)
def test_database_refuses_to_start_another_deal_than_was_approved(change):
    sale = make_flash_sale()
    now = timezone.now()
    terms = {
        "festival": sale.festival,
        "price_fen": sale.price_fen,
        "quantity": sale.quantity,
        "per_person_limit": sale.per_person_limit,
        "is_flash": True,
        "starts_at": now + timedelta(seconds=31),
        "ends_at": now + timedelta(seconds=331),
        "approved_by": sale.approved_by,
    }
    deal = make_deal(sale.product, **terms | change)
    with pytest.raises(IntegrityError, match="not what was approved"):
        write(sale, state="countdown", deal=deal, started_at=now)


def test_database_takes_the_very_deal_that_was_approved():
    sale = make_flash_sale()
    now = timezone.now()
    deal = make_deal(
        sale.product,
        festival=sale.festival,
        price_fen=sale.price_fen,
        quantity=sale.quantity,
        per_person_limit=sale.per_person_limit,
        is_flash=True,
        starts_at=now + timedelta(seconds=31),
        ends_at=now + timedelta(seconds=331),
        approved_by=sale.approved_by,
    )
    write(sale, state="countdown", deal=deal, started_at=now)
    sale.refresh_from_db()
    assert sale.state == "countdown"


def test_database_refuses_a_second_flash_sale_of_a_product():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=host_of(sale))
    with pytest.raises(IntegrityError, match="flash_no_overlap"):
        make_deal(
            sale.product,
            price_fen=1000,
            is_flash=True,
            starts_at=sale.deal.starts_at + timedelta(seconds=10),
            ends_at=sale.deal.ends_at,
        )
