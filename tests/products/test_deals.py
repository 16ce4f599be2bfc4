"""The life of a deal, and what the database refuses whoever writes it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from products.domain.deals import (
    approve_deal,
    end_deal,
    end_due_deals,
    propose_deal,
    submit_deal,
    withdraw_deal,
)
from products.domain.stock import receive_goods, release_units, sell_units
from products.models import Deal, Festival, StockPool
from tests.factories import (
    make_deal,
    make_festival,
    make_prefecture,
    make_product,
    make_user,
)

pytestmark = pytest.mark.django_db


def hours(number):
    return timedelta(hours=number)


def propose(product=None, **fields):
    now = timezone.now()
    values = {
        "festival": fields.pop("festival", None) or make_festival(),
        "product": product or make_product(),
        "price_fen": 4800,
        "quantity": 100,
        "starts_at": now + hours(1),
        "ends_at": now + hours(4),
        "subsidy_payer_zh": "县财政",
    }
    return propose_deal(**values | fields)


def levels(product):
    return {
        pool.deal_id: (pool.total, pool.available)
        for pool in StockPool.objects.filter(product=product)
    }


# --- the life ----------------------------------------------------------------------------------


def test_approval_computes_the_base_and_moves_the_stock():
    deal, boss = propose(make_product(stock=300)), make_user(is_staff=True)
    submit_deal(deal=deal)
    approve_deal(deal=deal, by=boss)
    assert (deal.state, deal.base_price_fen, deal.approved_by) == ("approved", 9600, boss)
    assert levels(deal.product) == {None: (200, 200), deal.pk: (100, 100)}


def test_approval_twice_moves_the_stock_once():
    deal, boss = propose(make_product(stock=300)), make_user(is_staff=True)
    twin = Deal.objects.get(pk=deal.pk)
    approve_deal(deal=deal, by=boss)
    approve_deal(deal=deal, by=boss)
    with pytest.raises(DomainError) as refused:
        approve_deal(deal=twin, by=boss)
    assert refused.value.status == 409
    assert levels(deal.product) == {None: (200, 200), deal.pk: (100, 100)}


def test_a_deal_that_ends_gives_back_what_was_not_sold():
    deal = propose(make_product(stock=300))
    approve_deal(deal=deal, by=make_user())
    StockPool.objects.filter(deal=deal).update(available=60, held=10, sold=30)
    end_deal(deal=deal)
    assert levels(deal.product) == {None: (260, 260), deal.pk: (40, 0)}


def test_units_released_after_the_end_come_home_by_the_sweep():
    deal = propose(make_product(stock=300))
    approve_deal(deal=deal, by=make_user())
    StockPool.objects.filter(deal=deal).update(available=90, held=10)
    end_deal(deal=deal)
    release_units(pool_id=deal.pool.pk, quantity=10)
    assert end_due_deals() == 0
    assert levels(deal.product) == {None: (300, 300), deal.pk: (0, 0)}


def test_the_sweep_ends_deals_whose_time_is_over():
    over, on = make_deal(), make_deal()
    assert end_due_deals(at=over.ends_at + hours(0)) == 1 + (on.ends_at <= over.ends_at)
    over.refresh_from_db()
    assert over.state == "ended"


def test_ending_twice_gives_back_once():
    deal = propose(make_product(stock=300))
    approve_deal(deal=deal, by=make_user())
    twin = Deal.objects.get(pk=deal.pk)
    end_deal(deal=deal)
    end_deal(deal=twin)
    assert levels(deal.product) == {None: (300, 300), deal.pk: (0, 0)}


def test_withdrawal_before_the_start_leaves_no_price_behind():
    deal = propose()
    approve_deal(deal=deal, by=make_user())
    withdraw_deal(deal=deal)
    later = propose(
        deal.product,
        festival=deal.festival,
        starts_at=deal.ends_at + hours(1),
        ends_at=deal.ends_at + hours(2),
    )
    approve_deal(deal=later, by=make_user())
    assert later.base_price_fen == 9600


def test_withdrawing_an_ended_deal_is_refused():
    deal = make_deal()
    end_deal(deal=deal)
    with pytest.raises(DomainError) as refused:
        withdraw_deal(deal=deal)
    assert refused.value.code == "deal_state"


# --- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("deal_honours_rule", {"price_fen": 4801}),
        ("deal_below_cost", {"price_fen": 4000, "subsidy_payer_zh": ""}),
        ("deal_stock", {"quantity": 1001}),
        ("deal_within_festival", {"ends_at": timezone.now() + timedelta(days=40)}),
    ],
)
def test_approval_refuses_in_words(code, change):
    deal, boss = propose(**change), make_user()
    with pytest.raises(DomainError) as refused:
        approve_deal(deal=deal, by=boss)
    assert refused.value.code == code
    assert refused.value.message


def test_a_proposal_that_ends_before_it_begins_is_refused_in_words():
    now = timezone.now()
    with pytest.raises(DomainError) as refused:
        propose(starts_at=now + hours(4), ends_at=now + hours(1))
    assert refused.value.code == "deal_dates"


def test_too_short_a_history_says_from_when():
    deal = propose(make_product(history_days=3))
    with pytest.raises(DomainError) as refused:
        submit_deal(deal=deal)
    when = timezone.localtime(timezone.now() + timedelta(days=4))
    assert refused.value.code == "deal_needs_history"
    assert f"{when.month}" in refused.value.message
    assert f"{when.day}" in refused.value.message


def test_a_product_of_another_region_is_refused():
    festival = make_festival()
    festival.regions.add(make_prefecture("450100", name_zh="南宁市"))
    with pytest.raises(DomainError) as refused:
        submit_deal(deal=propose(festival=festival))
    assert refused.value.code == "deal_region"


def test_an_unlisted_product_is_refused():
    with pytest.raises(DomainError) as refused:
        submit_deal(deal=propose(make_product(state="approved")))
    assert refused.value.code == "product_not_listed"


def test_overlap_says_which_dates():
    first = make_deal()
    with pytest.raises(DomainError) as refused:
        submit_deal(deal=propose(first.product, festival=first.festival, price_fen=2000))
    assert refused.value.code == "deal_no_overlap"


# --- the database, whoever writes --------------------------------------------------------------


def write(deal, **values):
    with transaction.atomic():
        Deal.objects.filter(pk=deal.pk).update(**values)


def approve_by_hand(deal, **values):
    write(deal, state="approved", approved_by=make_user(), approved_at=timezone.now(), **values)


def test_database_refuses_a_price_above_the_rule():
    deal = propose(price_fen=4801)
    with pytest.raises(IntegrityError, match="more than 5000 bps"):
        approve_by_hand(deal)


def test_database_ignores_a_base_price_that_was_typed_in():
    deal = propose()
    approve_by_hand(deal, base_price_fen=99999)
    deal.refresh_from_db()
    assert deal.base_price_fen == 9600


def test_database_refuses_a_deal_without_history():
    deal = propose(make_product(history_days=5))
    with pytest.raises(IntegrityError, match="less than 7"):
        approve_by_hand(deal)


def test_database_refuses_overlapping_deals():
    first = make_deal()
    second = propose(
        first.product,
        festival=first.festival,
        price_fen=2000,
        starts_at=first.starts_at + hours(2),
        ends_at=first.ends_at + hours(2),
    )
    with pytest.raises(IntegrityError, match="deal_no_overlap"):
        approve_by_hand(second)


@pytest.mark.parametrize(
    "change",
    [
        {"price_fen": 100},
        {"quantity": 1},
        {"ends_at": timezone.now() + timedelta(days=9)},
        {"state": "draft"},
    ],
)
def test_database_keeps_the_terms_of_an_approved_deal(change):
    deal = make_deal()
    with pytest.raises(IntegrityError, match="keeps its terms"):
        write(deal, **change)


def test_database_refuses_a_deal_outside_its_festival():
    deal = propose(ends_at=timezone.now() + timedelta(days=30))
    with pytest.raises(IntegrityError, match="outside the dates"):
        approve_by_hand(deal)


def test_a_stricter_rule_that_breaks_approved_deals_is_refused():
    deal = make_deal()
    with pytest.raises(IntegrityError, match="break approved deals"), transaction.atomic():
        Festival.objects.filter(pk=deal.festival_id).update(max_price_bps=4000)


def test_a_stricter_rule_that_all_deals_honour_is_taken():
    deal = make_deal(price_fen=3000)
    Festival.objects.filter(pk=deal.festival_id).update(max_price_bps=4000)
    deal.festival.refresh_from_db()
    assert deal.festival.max_price_bps == 4000


def test_the_window_stays_once_a_deal_has_ended():
    deal = make_deal()
    end_deal(deal=deal)
    with pytest.raises(IntegrityError, match="receipts"), transaction.atomic():
        Festival.objects.filter(pk=deal.festival_id).update(base_window_days=7)


@pytest.mark.parametrize(
    "change", [{"available": -1}, {"held": -1, "available": 1001}, {"total": 5}, {"sold": 1}]
)
def test_database_refuses_impossible_stock(change):
    product = make_product(stock=1000)
    with pytest.raises(IntegrityError, match="stock_"), transaction.atomic():
        StockPool.objects.filter(product=product).update(**change)


# --- stock moves -------------------------------------------------------------------------------


def test_stock_moves_answer_with_the_new_level():
    pool = make_product(stock=10).pools.get()
    StockPool.objects.filter(pk=pool.pk).update(available=4, held=6)
    level = sell_units(pool_id=pool.pk, quantity=2)
    assert (level.available, level.held, level.sold, level.version) == (4, 4, 2, 1)
    level = release_units(pool_id=pool.pk, quantity=4)
    assert (level.available, level.held, level.sold, level.version) == (8, 0, 2, 2)


def test_stock_that_is_not_there_cannot_move():
    pool = make_product(stock=10).pools.get()
    with pytest.raises(DomainError) as refused:
        release_units(pool_id=pool.pk, quantity=1)
    assert refused.value.code == "stock_short"


def test_goods_received_can_be_sold():
    product = make_product(stock=10)
    level = receive_goods(product=product, quantity=5)
    assert (level.total, level.available) == (15, 15)
