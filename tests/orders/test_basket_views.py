"""The basket as a browser meets it, with htmx and without JavaScript."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from orders.domain import freight
from orders.domain.counter import _offers, _rooms
from orders.models import BasketLine, Order
from products.models import Product, ProductImage, StockPool
from tests.factories import (
    make_address,
    make_coupon,
    make_deal,
    make_freight,
    make_product,
    make_user,
)
from tests.orders.test_cart import make_show

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
BASKET, PLACE, SUM = (
    reverse(f"orders:{name}") for name in ("basket", "basket_place", "basket_sum")
)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    for memory in (_offers, _rooms):
        memory._kept.clear()
    freight.forget()
    yield
    freight.forget()


@pytest.fixture
def buyer(client):
    user = make_user()
    make_address(user)
    client.force_login(user)
    return user


def add(client, product, headers=None, **fields):
    url = reverse("orders:basket_add", args=[product.sku])
    return client.post(url, {"quantity": 1} | fields, headers=headers or {})


def change(client, product, quantity, headers=None):
    url = reverse("orders:basket_change", args=[product.sku])
    return client.post(url, {"quantity": quantity}, headers=headers or {})


def fields(page):
    """What the browser would send, from the page itself."""
    form = page[page.index('id="checkout"') :]
    found = {
        "key": re.search(r'name="key" value="([^"]*)"', form)[1],
        "total": re.search(r'name="total" value="([^"]*)"', form)[1],
        "line": re.findall(r'name="line" value="([^"]*)"', form),
        "code": re.findall(r'name="code" id="[^"]*" value="([^"]*)" checked', form),
        "asked": "1",
    }
    address = re.search(r'name="address" value="(\d+)" checked', form)
    return found | ({"address": address[1]} if address else {})


def place(client, **changes):
    return client.post(PLACE, fields(client.get(BASKET).text) | changes)


def test_a_small_picture_made_by_ai_says_so_in_its_lowest_line(client, buyer):
    drawn, taken = make_product(), make_product()
    for product in (drawn, taken):
        ProductImage.objects.create(product=product, file="a.webp", is_made_by_ai=product == drawn)
        add(client, product)
    assert client.get(BASKET).text.count("AI 生成") == 1


def test_from_two_products_to_one_order_without_javascript(client, buyer):
    deal, product = make_deal(), make_product(list_price_fen=5000)
    added = add(client, deal.product)
    add(client, product, quantity=2)
    assert (added.status_code, added.url) == (302, BASKET)

    answer = place(client)

    order = Order.objects.get()
    assert answer.url == reverse("orders:order", args=[order.number])
    assert (order.lines.count(), order.total_fen) == (2, deal.price_fen + 10_000)
    assert not BasketLine.objects.exists()
    assert answer.cookies["basket"].value == "0"
    page = client.get(answer.url).text
    assert deal.product.name_zh in page


def test_added_in_a_room_the_show_goes_on_and_counts_the_line(client, buyer):
    show, product = make_show(), make_product()

    answer = add(client, product, HTMX, room=show.public_id, quantity=3)

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "data-close" in answer.text
    assert answer.cookies["basket"].value == "1"
    line = BasketLine.objects.get()
    assert (line.user, line.quantity, line.broadcast) == (buyer, 3, show)
    place(client)
    assert Order.objects.get().lines.get().broadcast == show


def test_added_on_a_products_page_a_message_says_so(client, buyer):
    answer = add(client, make_product(), HTMX | {"HX-Target": "toasts"})

    assert 'class="toast' in answer.text
    assert BASKET in answer.text
    assert 'hx-swap-oob="true"' in answer.text


def test_the_same_product_again_is_more_of_it(client, buyer):
    product = make_product()
    add(client, product)
    add(client, product, quantity=2)

    assert BasketLine.objects.get().quantity == 3


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "1000", "x", "9" * 30])
def test_a_wrong_quantity_is_refused(client, buyer, quantity):
    product = make_product()

    assert add(client, product, HTMX, quantity=quantity).status_code == 422
    add(client, product, quantity=quantity)
    assert not BasketLine.objects.exists()


def test_what_cannot_be_bought_cannot_be_put_in(client, buyer):
    gone = make_product()
    Product.objects.filter(pk=gone.pk).update(state="retired")
    empty = make_product(stock=0)

    assert add(client, gone, HTMX).status_code == 409
    assert add(client, empty, HTMX).status_code == 409
    assert add(client, make_product(state="draft"), HTMX).status_code == 404


def test_a_basket_holds_so_many_kinds(client, buyer, monkeypatch):
    monkeypatch.setattr("orders.domain.basket.MOST_LINES", 1)
    add(client, make_product())

    assert add(client, make_product(), HTMX).status_code == 409
    assert BasketLine.objects.count() == 1


def test_quantities_change_and_lines_go(client, buyer):
    product = make_product(list_price_fen=1000)
    add(client, product)

    fragment = change(client, product, 4, HTMX)
    assert "<html" not in fragment.text
    assert f'value="{product.sku}:4:1000"' in fragment.text
    assert change(client, product, 2).url == BASKET
    assert BasketLine.objects.get().quantity == 2
    assert change(client, product, "-3", HTMX).status_code == 422
    change(client, product, 0)
    assert "购物车是空的" in client.get(BASKET).text
    assert not BasketLine.objects.exists()


def test_anothers_basket_is_not_mine(client, buyer):
    product = make_product()
    theirs = BasketLine.objects.create(user=make_user(), product=product, quantity=1, seen_fen=1)

    change(client, product, 5)
    change(client, product, 0)

    theirs.refresh_from_db()
    assert theirs.quantity == 1
    assert product.sku not in client.get(BASKET).text


def test_lines_that_changed_say_so_and_what_is_gone_is_left_out(client, buyer):
    dear, gone, few, limited = make_product(), make_product(), make_product(stock=9), make_deal()
    for product, quantity in ((dear, 1), (gone, 1), (few, 5), (limited.product, 3)):
        add(client, product, quantity=quantity)
    Product.objects.filter(pk=dear.pk).update(list_price_fen=9900)
    Product.objects.filter(pk=gone.pk).update(state="retired")
    StockPool.objects.filter(product=few).update(available=2, sold=7)

    page = client.get(BASKET).text

    assert "原来 ¥96" in page
    assert "现在 ¥99" in page
    assert "已下架" in page
    assert "只剩 2 件" in page
    assert "每人限购 2 件" in page
    assert fields(page)["line"] == [f"{dear.sku}:1:9900"]
    assert "原来 ¥96" not in client.get(BASKET).text  # told once


def test_a_second_click_is_the_same_order(client, buyer):
    add(client, make_product())
    sent = fields(client.get(BASKET).text)

    first, second = client.post(PLACE, sent), client.post(PLACE, sent)

    assert first.url == second.url
    assert Order.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(client, buyer):
    product = make_product()
    add(client, product)
    sent = fields(client.get(BASKET).text)
    client.post(PLACE, sent)

    answer = client.post(PLACE, sent | {"line": [f"{product.sku}:2:9600"], "total": "19200"})

    assert answer.status_code == 409
    assert Order.objects.count() == 1


def test_nothing_the_browser_says_of_money_is_believed(client, buyer):
    product = make_product()
    add(client, product)
    line = f"{product.sku}:1:1"

    assert place(client, total="1").status_code == 409
    assert place(client, line=[line], total="1").status_code == 409
    assert place(client, discount_fen="9000", state="paid", coupon="1").status_code == 302
    assert Order.objects.get().total_fen == product.list_price_fen


@pytest.mark.parametrize(
    "changes",
    [
        {"line": []},
        {"line": ["x"]},
        {"line": ["NOPE-1:1:100"]},
        {"line": ["T-1:-1:100"]},
        {"key": "x"},
        {"total": "-1"},
        {"total": ""},
        {"address": "0"},
        {"address": "999999999"},
        {"address": ""},
    ],
)
def test_a_tampered_form_is_refused(client, buyer, changes):
    add(client, make_product())

    answer = place(client, **changes)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not Order.objects.exists()


def test_a_line_twice_is_no_form_of_ours(client, buyer):
    product = make_product()
    add(client, product)

    assert place(client, line=[f"{product.sku}:1:9600"] * 2, total="19200").status_code == 422


def test_the_best_coupon_is_offered_and_can_be_left(client, buyer):
    make_coupon(code="TEN", amount_fen=1000)
    add(client, make_product())

    page = client.get(BASKET).text
    assert fields(page)["code"] == ["TEN"]
    assert fields(page)["total"] == "8600"
    left = client.post(SUM, fields(page) | {"code": []}, headers=HTMX).text
    assert 'name="total" value="9600"' in left
    assert 'value="TEN"' in left
    assert "<html" not in left

    answer = place(client)
    assert answer.status_code == 302
    assert Order.objects.get().discount_fen == 1000


def test_a_code_is_typed_and_a_wrong_one_said(client, buyer):
    make_coupon(code="SECRET5", amount_fen=500, is_public=False)
    add(client, make_product())
    sent = fields(client.get(BASKET).text)

    good = client.post(SUM, sent | {"code": ["secret-5"]}, headers=HTMX).text
    bad = client.post(SUM, sent | {"code": ["nothing"]}, headers=HTMX).text
    page = client.post(SUM, sent | {"code": ["secret-5"]})

    assert 'name="total" value="9100"' in good
    assert "没有这个优惠码" in bad
    assert "<html" in page.text


def test_a_coupon_used_up_meanwhile_is_said_and_nothing_bought(client, buyer):
    row = make_coupon(code="LAST", total_limit=1)
    add(client, make_product())
    sent = fields(client.get(BASKET).text)
    type(row).objects.filter(pk=row.pk).update(used=1)

    answer = client.post(PLACE, sent)

    assert answer.status_code == 409
    assert "领完" in answer.text or "用完" in answer.text
    assert not Order.objects.exists()


def test_freight_follows_the_address(client, buyer):
    make_freight(
        zones=[{"provinces": ["西藏自治区"], "first_kg_fen": 2500, "takes_cold": False}, {}]
    )
    far = make_address(buyer, province="西藏自治区", city="拉萨市", county="城关区")
    add(client, make_product(net_weight_g=900))
    sent = fields(client.get(BASKET).text)

    there = client.post(SUM, sent | {"address": far.pk}, headers=HTMX).text
    unseen = client.post(PLACE, sent | {"address": far.pk})
    seen = client.post(PLACE, fields(unseen.text))

    assert 'name="total" value="12100"' in there
    assert unseen.status_code == 409
    assert seen.status_code == 302
    assert Order.objects.get().freight_fen == 2500


def test_frozen_goods_are_refused_where_they_would_thaw(client, buyer):
    make_freight(zones=[{"takes_cold": False}])
    add(client, make_product(cold_chain="frozen", name_zh="环江香猪"))

    page = client.get(BASKET)
    answer = place(client)

    assert "环江香猪" in page.text
    assert "冷链" in page.text
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_fresh_goods_need_their_box_ticked(client, buyer):
    add(client, make_product(seven_day_return=False))

    assert place(client).status_code == 422
    assert place(client, perishable="1").status_code == 302


def test_without_an_address_the_way_to_one_is_shown(client):
    user = make_user()
    client.force_login(user)
    add(client, make_product())

    page = client.get(BASKET).text

    assert reverse("accounts:address_add") in page
    assert place(client).status_code == 422


def test_a_visitor_is_led_to_sign_in(client):
    product = make_product()

    assert add(client, product).status_code == 302
    assert "HX-Redirect" in add(client, product, HTMX).headers
    for url in (BASKET,):
        assert client.get(url).status_code == 302
    for url in (PLACE, SUM):
        assert client.post(url, {"key": uuid4()}).status_code == 302


def test_too_many_at_once_are_slowed_down(client, buyer):
    product = make_product()

    answers = (add(client, product, HTMX).status_code for _ in range(60))

    assert 429 in answers


def test_codes_cannot_be_guessed_without_end(client, buyer):
    add(client, make_product())
    urls = (SUM, reverse("orders:sum", args=[make_product().sku]))

    tried = (client.post(urls[n % 2], {"code": f"GUESS{n}"}, headers=HTMX) for n in range(120))

    assert 429 in (answer.status_code for answer in tried)


@pytest.mark.parametrize("length", [1, 30])
def test_the_basket_asks_as_often_for_one_as_for_many(
    client, buyer, django_assert_num_queries, length
):
    for _ in range(length):
        product = make_product()
        BasketLine.objects.create(user=buyer, product=product, quantity=1, seen_fen=9600)
    freight.quote(goods=[], province="")

    with django_assert_num_queries(8):
        page = client.get(BASKET)

    assert page.text.count('name="line"') == length


def test_put_in_from_a_room_that_is_none(client, buyer):
    assert add(client, make_product(), room="a\x00b").status_code == 302
    assert BasketLine.objects.get().broadcast is None
