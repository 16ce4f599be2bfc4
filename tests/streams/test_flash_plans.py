"""Planning a flash sale: what is refused in words, who may propose and who approve."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from livecommerce.errors import DomainError
from streams.domain.flash_plans import (
    MOST_PLANS,
    approve_flash_sale,
    plan_flash_sale,
    window_of,
    withdraw_flash_sale,
)
from streams.domain.flash_sales import start_flash_sale
from streams.models import FlashSale
from tests.factories import (
    make_assistant,
    make_curator,
    make_prefecture,
    make_product,
    make_user,
)
from tests.streams.flash import make_flash_sale
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


def now_plus(**delta):
    return timezone.now() + timedelta(**delta)


def test_host_proposes_and_a_curator_of_the_place_approves():
    sale = make_flash_sale(state="proposed")
    assert (sale.state, sale.base_price_fen) == ("proposed", None)
    curator = make_curator(sale.broadcast.region.prefecture)
    approve_flash_sale(sale=sale, by=curator)
    approve_flash_sale(sale=sale, by=curator)
    assert (sale.state, sale.base_price_fen, sale.approved_by) == ("scheduled", 9600, curator)
    assert sale.discount_percent == 50


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("flash_price", {"price_fen": 0}),
        ("flash_price", {"price_fen": -4800}),
        ("flash_price", {"price_fen": 48.0}),
        ("flash_price", {"price_fen": Decimal(4800)}),
        ("flash_price", {"price_fen": 10**12}),
        ("flash_price", {"price_fen": True}),
        ("flash_quantity", {"quantity": 0}),
        ("flash_quantity", {"quantity": -1}),
        ("flash_quantity", {"quantity": 2.5}),
        ("flash_quantity", {"quantity": "20"}),
        ("flash_quantity", {"quantity": 10**9}),
        ("flash_limit", {"per_person_limit": 0}),
        ("flash_limit", {"per_person_limit": 21}),
        ("flash_limit", {"per_person_limit": float("nan")}),
        ("flash_countdown", {"countdown_seconds": 9}),
        ("flash_countdown", {"countdown_seconds": 301}),
        ("flash_countdown", {"countdown_seconds": 10.5}),
        ("flash_run", {"run_seconds": 59}),
        ("flash_run", {"run_seconds": 1201}),
        ("flash_run", {"run_seconds": None}),
        ("flash_window", {"opens_at": now_plus(hours=3), "closes_at": now_plus(hours=2)}),
        ("flash_window", {"closes_at": now_plus(seconds=200)}),
        ("flash_planned", {"planned_at": now_plus(seconds=-60)}),
        ("flash_planned", {"planned_at": now_plus(seconds=10)}),
        ("flash_planned", {"planned_at": now_plus(days=2)}),
        ("deal_honours_rule", {"price_fen": 4801}),
        ("deal_below_cost", {"subsidy_payer_zh": "", "price_fen": 3000}),
        ("deal_stock", {"quantity": 1001}),
        ("deal_within_festival", {"closes_at": now_plus(days=60)}),
    ],
)
def test_bad_plan_is_refused_in_words_of_both_languages(code, fields):
    show = make_show(state="live", items=1)
    said = set()
    for language in ("zh-hans", "en"):
        with translation.override(language), pytest.raises(DomainError) as refused:
            make_flash_sale(show, **fields)
        assert (refused.value.code, refused.value.status) == (code, 422)
        said.add(refused.value.message)
    assert len(said) == 2
    assert FlashSale.objects.count() == 0


def test_product_that_is_not_on_the_shelf():
    with pytest.raises(DomainError) as refused:
        make_flash_sale(product=make_product())
    assert (refused.value.code, refused.value.status) == ("not_on_shelf", 404)


def test_show_that_is_over():
    with pytest.raises(DomainError) as refused:
        make_flash_sale(make_show(state="ended", items=1))
    assert (refused.value.code, refused.value.status) == ("show_over", 409)


def test_show_outside_every_festival_has_no_rule_for_a_discount():
    show = make_show(state="live", items=1)
    with pytest.raises(DomainError) as refused:
        plan_flash_sale(
            broadcast=show,
            by=show.host.user,
            product=show.shelf.get().product,
            price_fen=4800,
            quantity=1,
        )
    assert refused.value.code == "flash_no_festival"


def test_plans_of_a_show_are_numbered():
    show = make_show(state="live", items=1)
    plans = [make_flash_sale(show, state="proposed") for _ in range(MOST_PLANS)]
    with pytest.raises(DomainError) as refused:
        make_flash_sale(show)
    assert refused.value.code == "too_many_plans"
    withdraw_flash_sale(sale=plans[0], by=show.host.user)
    make_flash_sale(show, state="proposed")


def test_who_may_propose():
    show = make_show(state="live", items=1)
    make_flash_sale(show)
    plan = {"product": show.shelf.get().product, "price_fen": 4800, "quantity": 1}
    for person in (make_assistant(show.host).user, make_curator(show.region.prefecture)):
        assert plan_flash_sale(broadcast=show, by=person, **plan).proposed_by == person
    for stranger in (make_user(), make_curator(make_prefecture("450100"))):
        with pytest.raises(DomainError) as refused:
            plan_flash_sale(broadcast=show, by=stranger, **plan)
        assert refused.value.status == 403


def test_who_may_approve():
    sale = make_flash_sale(state="proposed")
    host = sale.broadcast.host.user
    for person in (host, make_user(is_staff=True), make_curator(make_prefecture("450100"))):
        with pytest.raises(DomainError) as refused:
            approve_flash_sale(sale=sale, by=person)
        assert refused.value.code == "not_curator"
    curator = make_curator(sale.broadcast.region.prefecture)
    make_assistant(sale.broadcast.host, curator)
    with pytest.raises(DomainError) as refused:
        approve_flash_sale(sale=sale, by=curator)
    assert refused.value.code == "own_flash_sale"
    boss = make_user(is_superuser=True, is_staff=True)
    approve_flash_sale(sale=sale, by=boss)
    assert sale.approved_by == boss


def test_withdrawn_plan_can_neither_be_approved_nor_started():
    sale = make_flash_sale()
    withdraw_flash_sale(sale=sale, by=sale.approved_by)
    withdraw_flash_sale(sale=sale, by=sale.approved_by)
    with pytest.raises(DomainError) as refused:
        start_flash_sale(sale=sale, by=sale.broadcast.host.user)
    assert refused.value.code == "flash_state"
    with pytest.raises(DomainError) as refused:
        approve_flash_sale(sale=sale, by=sale.approved_by)
    assert refused.value.code == "flash_state"


def test_one_that_is_on_cannot_be_withdrawn():
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=sale.broadcast.host.user)
    with pytest.raises(DomainError) as refused:
        withdraw_flash_sale(sale=sale, by=sale.approved_by)
    assert (refused.value.code, refused.value.status) == ("flash_state", 409)


def test_strangers_withdraw_nothing():
    sale = make_flash_sale()
    with pytest.raises(DomainError) as refused:
        withdraw_flash_sale(sale=sale, by=make_user())
    assert refused.value.status == 403


def test_window_allows_for_a_show_that_begins_early_or_runs_over():
    sale = make_flash_sale(make_show(items=1))
    show = sale.broadcast
    opens, closes = window_of(show)
    assert opens == show.scheduled_at - timedelta(minutes=15)
    assert closes == show.scheduled_at + timedelta(minutes=60, hours=2)
