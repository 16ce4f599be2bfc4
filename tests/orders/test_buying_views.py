"""The sheet and its answers, as htmx and as a plain browser get them."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from livecommerce import redis_client
from orders.domain import freight
from orders.domain.counter import _offers, _rooms
from orders.models import CouponUse, Order
from products.models import Product, StockPool
from tests.factories import (
    make_address,
    make_coupon,
    make_deal,
    make_freight,
    make_product,
    make_user,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _nothing_remembered():
    _offers._kept.clear()
    _rooms._kept.clear()
    freight.forget()
    yield
    freight.forget()


@pytest.fixture
def buyer(client):
    user = make_user()
    make_address(user)
    client.force_login(user)
    return user


def sheet_url(deal):
    return reverse("orders:sheet", args=[deal.product.sku])


def fields(page):
    """What the browser would send, from the page itself."""
    found = dict(re.findall(r'name="(key|price|room)" value="([^"]*)"', page))
    found |= dict(re.findall(r'name="(freight|total|asked)" value="(\d+)"', page))
    found["code"] = re.findall(r'name="code" id="[^"]*" value="([^"]*)" checked', page)
    found["address"] = re.search(r'name="address" value="(\d+)" checked', page)[1]
    return found | {"quantity": "1"}


def place(client, deal, **changes):
    page = client.get(sheet_url(deal), headers=HTMX).text
    url = reverse("orders:place", args=[deal.product.sku])
    return client.post(url, fields(page) | changes, headers=HTMX)


def test_the_sheet_is_a_fragment_in_a_room_and_a_page_of_its_own(client, buyer):
    deal = make_deal()

    fragment = client.get(sheet_url(deal), headers=HTMX).text
    page = client.get(sheet_url(deal)).text

    assert "<html" not in fragment
    assert "<html" in page
    for text in (fragment, page):
        assert deal.product.name_zh in text
        assert "48" in text


def test_a_visitor_is_asked_to_sign_in(client):
    deal = make_deal()

    fragment = client.get(sheet_url(deal), headers=HTMX)
    page = client.get(sheet_url(deal))
    sent = client.post(reverse("orders:place", args=[deal.product.sku]), {})

    assert reverse("account_login") in fragment.text
    assert page.status_code == sent.status_code == 302
    assert reverse("account_login") in page.url


def test_placing_in_a_room_leads_to_the_ways_to_pay(client, buyer):
    answer = place(client, make_deal())

    order = Order.objects.get()
    assert answer.status_code == 200
    assert reverse("orders:pay", args=[order.number]) in answer.text
    assert order.buyer == buyer


def test_placing_without_javascript_leads_to_the_order(client, buyer):
    deal = make_deal()
    page = client.get(sheet_url(deal)).text

    answer = client.post(reverse("orders:place", args=[deal.product.sku]), fields(page))

    assert answer.status_code == 302
    assert answer.url == reverse("orders:order", args=[Order.objects.get().number])


def test_a_second_click_is_the_same_order(client, buyer):
    deal = make_deal()
    sent = fields(client.get(sheet_url(deal)).text)
    url = reverse("orders:place", args=[deal.product.sku])

    first, second = client.post(url, sent), client.post(url, sent)

    assert first.url == second.url
    assert Order.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(client, buyer):
    deal = make_deal()
    sent = fields(client.get(sheet_url(deal)).text)
    url = reverse("orders:place", args=[deal.product.sku])
    client.post(url, sent)

    answer = client.post(url, sent | {"quantity": "2"}, headers=HTMX)

    assert answer.status_code == 409
    assert sent["key"] not in answer.text


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "1.5", "1e3", "", "1000", "9" * 30, "一", "1 ", "0x2", "+1"]
)
def test_a_wrong_quantity_is_told_in_words(client, buyer, quantity):
    answer = place(client, make_deal(), quantity=quantity)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"key": "x"}, {"key": ""}, {"price": ""}, {"price": "-5"}, {"address": "1e9"}]
)
def test_a_tampered_form_is_refused(client, buyer, changes):
    assert place(client, make_deal(), **changes).status_code == 422
    assert not Order.objects.exists()


def test_a_price_sent_by_the_browser_is_only_compared(client, buyer):
    deal = make_deal()

    answer = place(client, deal, price="1")

    assert answer.status_code == 409
    assert f'name="price" value="{deal.price_fen}"' in answer.text
    assert not Order.objects.exists()


def test_more_fields_than_asked_for_change_nothing(client, buyer):
    deal = make_deal()

    place(client, deal, state="paid", total_fen="1", buyer=str(make_user().pk), currency="usd")

    order = Order.objects.get()
    assert (order.state, order.total_fen, order.buyer, order.currency) == (
        "placed",
        deal.price_fen,
        buyer,
        "cny",
    )


def test_somebody_elses_address_is_none(client, buyer):
    theirs = make_address(make_user())

    answer = place(client, make_deal(), address=str(theirs.pk))

    assert answer.status_code == 422
    assert theirs.street in answer.text  # the buyer's own has the same street
    assert not Order.objects.exists()


def test_sold_out_is_said(client, buyer):
    deal = make_deal(quantity=1)
    sent = fields(client.get(sheet_url(deal)).text)
    StockPool.objects.filter(deal=deal).update(available=0, sold=1)

    answer = client.post(reverse("orders:place", args=[deal.product.sku]), sent, headers=HTMX)

    assert answer.status_code == 409
    assert 'name="quantity"' not in answer.text


def test_the_limit_is_said(client, buyer):
    answer = place(client, make_deal(per_person_limit=2), quantity="3")

    assert answer.status_code == 409
    assert 'value="2"' in answer.text


def test_fresh_goods_need_their_box_ticked(client, buyer):
    deal = make_deal(make_product(seven_day_return=False))

    refused = place(client, deal)
    taken = place(client, deal, perishable="1")

    assert (refused.status_code, taken.status_code) == (422, 200)


def test_a_deal_that_ended_while_the_offer_was_remembered_is_at_its_new_price(client, buyer):
    deal = make_deal()
    sent = fields(client.get(sheet_url(deal)).text)
    type(deal).objects.filter(pk=deal.pk).update(state="ended")

    answer = client.post(reverse("orders:place", args=[deal.product.sku]), sent, headers=HTMX)

    assert answer.status_code == 409
    assert f'name="price" value="{deal.product.list_price_fen}"' in answer.text


def test_too_many_at_once_are_slowed_down(client, buyer):
    url = reverse("orders:place", args=[make_deal().product.sku])

    answers = [client.post(url, {"key": uuid4()}, headers=HTMX) for _ in range(14)]

    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1


def test_an_unknown_product_is_not_found(client, buyer):
    assert client.get(reverse("orders:sheet", args=["nothing"])).status_code == 404
    draft = make_product(state="draft")
    assert client.get(reverse("orders:sheet", args=[draft.sku])).status_code == 404


def test_a_retired_product_is_shown_but_not_sold(client, buyer):
    product = make_product()
    Product.objects.filter(pk=product.pk).update(state="retired")

    page = client.get(reverse("orders:sheet", args=[product.sku])).text

    assert product.name_zh in page
    assert 'name="quantity"' not in page


def test_buying_goes_on_without_redis(client, buyer, settings):
    deal = make_deal()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_client.sync.cache_clear()

    answer = place(client, deal)

    redis_client.sync.cache_clear()
    assert answer.status_code == 200
    assert Order.objects.count() == 1


# --- Freight and coupons -------------------------------------------------------------------------

FAR = "西藏自治区"


def sum_up(client, deal, sent, headers=HTMX):
    return client.post(reverse("orders:sum", args=[deal.product.sku]), sent, headers=headers)


def test_freight_is_in_the_sum_before_anything_is_pressed(client, buyer):
    make_freight(zones=[{"first_kg_fen": 500, "further_kg_fen": 200}])
    deal = make_deal(make_product(net_weight_g=1500))

    page = client.get(sheet_url(deal), headers=HTMX).text
    two = sum_up(client, deal, fields(page) | {"quantity": "2"}).text
    answer = place(client, deal)

    assert fields(page)["total"] == str(deal.price_fen + 700)
    assert f'name="total" value="{2 * deal.price_fen + 900}"' in two
    assert "<html" not in two
    assert answer.status_code == 200
    order = Order.objects.get()
    assert (order.freight_fen, order.total_fen) == (700, deal.price_fen + 700)


def test_carriage_the_buyer_has_not_seen_is_not_charged(client, buyer):
    make_freight(zones=[{"provinces": [FAR], "surcharge_fen": 3000}, {}])
    far = make_address(buyer, province=FAR, city="拉萨市", county="城关区")
    deal = make_deal()

    unseen = place(client, deal, address=str(far.pk))
    seen = place(client, deal, address=str(far.pk), freight="3000")

    assert (unseen.status_code, seen.status_code) == (409, 200)
    assert 'name="freight" value="3000"' in unseen.text
    assert f'name="total" value="{deal.price_fen + 3000}"' in unseen.text
    assert Order.objects.get().freight_fen == 3000


def test_frozen_goods_are_refused_where_they_would_thaw(client, buyer):
    make_freight(zones=[{"takes_cold": False}])
    deal = make_deal(make_product(cold_chain="frozen", name_zh="环江香猪"))

    page = client.get(sheet_url(deal)).text
    answer = place(client, deal)

    assert "冷链" in page
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_the_best_coupon_is_offered_and_taken(client, buyer):
    make_coupon(code="TEN", amount_fen=1000)
    deal = make_deal()

    answer = place(client, deal)

    assert answer.status_code == 200
    order = Order.objects.get()
    assert (order.discount_fen, order.total_fen) == (1000, deal.price_fen - 1000)
    assert order.lines.get().discount_fen == 1000
    assert reverse("orders:pay", args=[order.number]) in answer.text


def test_a_coupon_may_be_left_and_another_typed(client, buyer):
    make_coupon(code="TEN", amount_fen=1000)
    make_coupon(code="SECRET5", amount_fen=500, is_public=False)
    deal = make_deal()
    sent = fields(client.get(sheet_url(deal), headers=HTMX).text)

    without = sum_up(client, deal, sent | {"code": []}).text
    typed = sum_up(client, deal, sent | {"code": [" secret-5"]})
    page = sum_up(client, deal, sent | {"code": ["nothing"]}, headers={})

    assert f'name="total" value="{deal.price_fen}"' in without
    assert f'name="total" value="{deal.price_fen - 500}"' in typed.text
    assert "<html" in page.text
    assert "没有这个优惠码" in page.text
    place(client, deal, code=["SECRET5"], total=str(deal.price_fen - 500))
    assert CouponUse.objects.get().coupon.code == "SECRET5"


def test_a_discount_the_browser_made_up_is_not_given(client, buyer):
    make_coupon(code="TEN", amount_fen=1000)
    deal = make_deal()

    for total in ("1", str(deal.price_fen - 999), str(deal.price_fen)):
        assert place(client, deal, total=total).status_code == 409
    assert place(client, deal, freight="-1000").status_code == 422
    assert not Order.objects.exists()
    place(client, deal, code=[], total=str(deal.price_fen - 1000))
    assert Order.objects.get().total_fen == deal.price_fen


def test_with_a_coupon_sold_out_and_limits_are_said_as_ever(client, buyer):
    make_coupon(code="TEN", amount_fen=1000, is_public=False, per_person_limit=9)
    deal = make_deal(per_person_limit=2, quantity=2)
    sent = {"code": ["TEN"]}

    over = place(client, deal, quantity="3", total=str(3 * deal.price_fen - 1000), **sent)
    place(client, deal, quantity="2", total=str(2 * deal.price_fen - 1000), **sent)
    gone = client.post(
        reverse("orders:place", args=[deal.product.sku]),
        {"key": uuid4(), "quantity": "1", "price": deal.price_fen, "address": "1", "room": ""}
        | {"total": str(deal.price_fen - 1000), "address": buyer.addresses.get().pk}
        | sent,
        headers=HTMX,
    )

    assert (over.status_code, gone.status_code) == (409, 409)
    assert 'value="2"' in over.text
    assert Order.objects.count() == 1


def test_a_flash_sale_takes_no_coupon(client, buyer):
    make_coupon(code="TEN", amount_fen=1000)
    deal = make_deal(is_flash=True)

    page = client.get(sheet_url(deal), headers=HTMX).text
    answer = place(client, deal, code=["TEN"], total=str(deal.price_fen - 1000))

    assert fields(page)["code"] == []
    assert answer.status_code == 422
    assert place(client, deal).status_code == 200


def test_the_sum_is_for_those_who_signed_in(client):
    deal = make_deal()

    assert sum_up(client, deal, {}, headers={}).status_code == 302
    assert sum_up(client, deal, {}).status_code == 204


def test_from_the_sheet_it_goes_into_the_basket_instead(client, buyer):
    deal = make_deal()
    page = client.get(sheet_url(deal), headers=HTMX).text
    url = reverse("orders:basket_add", args=[deal.product.sku])
    assert url in page

    answer = client.post(url, fields(page) | {"quantity": "2"}, headers=HTMX)

    assert answer.status_code == 200
    assert buyer.basket_lines.get().quantity == 2
    assert not Order.objects.exists()


def test_a_room_that_is_none_is_no_room(client, buyer):
    """Not even where the database has no word for it."""
    deal = make_deal()

    page = client.get(sheet_url(deal), {"room": "a\x00b"}, headers=HTMX)
    answer = place(client, deal, room="a\x00b")

    assert page.status_code == 200
    assert answer.status_code == 422
    assert not Order.objects.exists()
