"""A deal whose claim stops being true is taken back and says so."""

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from products.domain import claims, prices
from products.models import Deal, DealWithdrawal, Festival, Product, StockPool
from streams.domain import shelf_events
from tests.factories import make_curator, make_deal, make_product, make_user
from tests.products.test_admin import change, form_of, sign_in
from tests.streams.shows import add_item, make_show

pytestmark = pytest.mark.django_db
SCHEMA = json.loads(Path("static/schemas/receipt-1.json").read_text())


def coming(**fields):
    """Half of 9600, to begin tomorrow."""
    now = timezone.now()
    return make_deal(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2), **fields)


def state_of(deal):
    deal.refresh_from_db()
    return deal.state


def test_a_deal_that_is_true_stays():
    deal = make_deal()
    assert claims.take_back_fallen() == 0
    assert state_of(deal) == Deal.State.APPROVED


def test_a_lower_list_price_takes_back_the_deal_it_makes_untrue():
    deal = coming()
    with pytest.raises(DomainError, match=r"撤回|承诺"):
        prices.change_list_price(product=deal.product, price_fen=6000)
    claims.change_list_price(product=deal.product, price_fen=6000)
    assert state_of(deal) == Deal.State.WITHDRAWN
    row = deal.withdrawal
    assert (row.reason, row.facts["base_price"], row.facts["max_price_bps"]) == ("rule", 6000, 5000)
    assert Product.objects.get(pk=deal.product_id).list_price_fen == 6000


def test_a_list_price_that_breaks_nothing_takes_nothing_back():
    deal = coming(price_fen=3000)
    claims.change_list_price(product=deal.product, price_fen=6000)
    assert state_of(deal) == Deal.State.APPROVED
    assert deal.base_price_fen == 6000


def test_a_corrected_history_takes_back_what_rested_on_it():
    deal, boss = make_deal(), make_user(is_staff=True)
    with pytest.raises(IntegrityError), transaction.atomic(), prices.importing_history():
        deal.product.price_points.create(
            price_fen=5000, effective_at=timezone.now() - timedelta(days=9)
        )
    at = timezone.now() - timedelta(days=9)
    with pytest.raises(DomainError):
        claims.correct_history(product=deal.product, price_fen=5000, at=at, by=boss, reason=" ")
    with prices.importing_history():  # offered at 9600 again two days later, as the book says
        deal.product.price_points.create(price_fen=9600, effective_at=at + timedelta(days=2))
    claims.correct_history(product=deal.product, price_fen=5000, at=at, by=boss, reason="旧台账")
    assert state_of(deal) == Deal.State.WITHDRAWN
    assert (deal.withdrawal.reason, deal.withdrawal.facts["base_price"]) == ("rule", 5000)


def test_a_stricter_rule_takes_back_those_above_it_and_no_other():
    dear = make_deal()
    cheap = make_deal(festival=dear.festival, price_fen=3000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Festival.objects.filter(pk=dear.festival_id).update(max_price_bps=4000)
    claims.change_rule(festival=dear.festival, max_price_bps=4000)
    assert (state_of(dear), state_of(cheap)) == (Deal.State.WITHDRAWN, Deal.State.APPROVED)


def test_costs_that_nobody_pays_take_the_deal_back():
    lonely = make_deal(subsidy_payer_zh="", subsidy_payer_en="")
    helped = make_deal()
    for deal in (lonely, helped):
        claims.change_costs(product=deal.product, producer_cost_fen=5200)
    assert (state_of(lonely), state_of(helped)) == (Deal.State.WITHDRAWN, Deal.State.APPROVED)
    assert lonely.withdrawal.reason == "cost"


def test_the_sweep_finds_what_was_changed_behind_its_back():
    deal = make_deal()
    Product.objects.filter(pk=deal.product_id).update(list_price_fen=4800)
    assert claims.take_back_fallen() == 1
    assert claims.take_back_fallen() == 0
    assert state_of(deal) == Deal.State.WITHDRAWN
    assert deal.withdrawal.reason == "not_lower"


def test_what_is_left_goes_home_and_who_answers_is_told_once():
    deal = make_deal(quantity=100)
    curator = make_curator(deal.product.prefecture)
    Product.objects.filter(pk=deal.product_id).update(list_price_fen=4000)
    claims.take_back_fallen()
    assert StockPool.objects.get(product=deal.product, deal=None).available == 1000
    told = Notification.objects.filter(key__startswith=f"claim:{deal.pk}:")
    assert {row.user_id for row in told} == {curator.pk, deal.approved_by_id}


def test_a_deal_that_another_took_back_is_not_taken_back_twice():
    deal = make_deal()
    Product.objects.filter(pk=deal.product_id).update(list_price_fen=4000)
    (fallen,) = claims.find_fallen([deal.pk])
    claims.take_back_fallen()
    assert claims._take_back(fallen) is False
    assert DealWithdrawal.objects.count() == 1


@pytest.mark.usefixtures("clean_cache")
def test_an_open_room_hears_of_it():
    product = make_product()
    show = make_show(state="live")
    add_item(show, product=product)
    make_deal(product)
    shelf_events.tell_changed_offers()
    assert shelf_events.tell_changed_offers() == 0
    Product.objects.filter(pk=product.pk).update(list_price_fen=4000)
    claims.take_back_fallen()
    assert shelf_events.tell_changed_offers() == 1


@pytest.mark.parametrize("number", [1, 6])
def test_looking_at_many_deals_asks_twice(django_assert_num_queries, number):
    ids = [make_deal().pk for _ in range(number)]
    with django_assert_num_queries(2):
        assert claims.take_back_fallen() == 0
    assert claims.find_fallen(ids) == []


def test_a_cost_typed_in_the_back_room_counts_at_once(client):
    deal = make_deal(subsidy_payer_zh="", subsidy_payer_en="")
    sign_in(client, make_user(is_staff=True, is_superuser=True))
    url = change(deal.product)
    answer = client.post(url, form_of(client, url) | {"producer_cost_fen": "52"})
    assert answer.status_code == 302
    assert state_of(deal) == Deal.State.WITHDRAWN


# --- the receipt -------------------------------------------------------------------------------


def test_the_receipt_goes_on_to_show_what_was_taken_back_and_why(client):
    deal = make_deal()
    claims.change_rule(festival=deal.festival, max_price_bps=4000)
    page = client.get(reverse("products:receipt", args=[deal.pk])).content.decode()
    assert "已撤回" in page
    assert "40%" in page
    data = client.get(reverse("products:receipt_json", args=[deal.pk])).json()
    jsonschema.validate(data, SCHEMA)
    assert (data["state"], data["withdrawn"]["reason"]) == ("withdrawn", "rule")
    assert data["withdrawn"]["numbers"]["max_price_bps"] == 4000
    assert client.get(deal.product.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        ("text/html,application/json;q=0.9", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
    ],
)
def test_the_same_address_speaks_to_programs(client, accept, kind):
    deal = make_deal()
    answer = client.get(reverse("products:receipt", args=[deal.pk]), headers={"accept": accept})
    assert answer["Content-Type"] == kind
    assert "Accept" in answer["Vary"].split(", ")


def test_the_numbers_of_a_receipt_add_up(client):
    deal = make_deal()
    data = client.get(reverse("products:receipt_json", args=[deal.pk])).json()
    jsonschema.validate(data, SCHEMA)
    money = data["money"]
    parts = sum(money[name] for name in ("producer", "packing", "freight", "platform"))
    assert parts == data["price"] + money["subsidy"]
    assert data["highest_price"] == data["base_price"] // 2
    assert data["approved_by"] == deal.approved_by.display_name


def test_search_engines_read_the_price_and_the_one_struck_through(client):
    deal = make_deal()
    for url in (reverse("products:receipt", args=[deal.pk]), deal.product.get_absolute_url()):
        page = client.get(url).content.decode()
        block = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
        offer = json.loads(block)["offers"]
        assert (offer["price"], offer["priceCurrency"]) == ("48.00", "CNY")
        struck = offer["priceSpecification"][1]
        assert (struck["price"], struck["priceType"].rpartition("/")[2]) == (
            "96.00",
            "StrikethroughPrice",
        )


def test_a_price_leads_to_its_receipt_and_a_list_price_to_its_product(client):
    deal, plain = make_deal(), make_product()
    there = client.get(reverse("products:receipt_now", args=[deal.product.sku]))
    assert there["Location"] == reverse("products:receipt", args=[deal.pk])
    there = client.get(reverse("products:receipt_now", args=[plain.sku]))
    assert there["Location"] == plain.get_absolute_url()
