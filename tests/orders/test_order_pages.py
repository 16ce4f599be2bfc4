"""Paying, coming back, one's own orders, and a show's money."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from orders.domain import payments
from orders.models import Order
from orders.payments import provider
from streams.models import Broadcast
from tests.factories import make_curator, make_deal, make_official, make_prefecture, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name, order):
    return reverse(f"orders:{name}", args=[order.number])


@pytest.fixture
def order(client, shop):
    placed = shop.place()
    client.force_login(placed.buyer)
    return placed


def make_show(**fields):
    values = {"title_zh": "山货专场", "scheduled_at": timezone.now(), "state": "live"}
    host = make_official()
    values |= {"host": host, "region": host.region, "started_at": timezone.now()}
    return Broadcast.objects.create(**values | fields)


@pytest.mark.parametrize("method", ["card", "alipay"])
def test_paying_leads_to_the_provider(client, order, method):
    answer = client.post(url("pay", order), {"method": method})

    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text
    assert order.payments.get().next_action["redirect"].split("?")[0] in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_wechat_shows_its_code(client, order, headers):
    answer = client.post(url("pay", order), {"method": "wechat_pay"}, headers=headers)

    assert "<svg" in answer.text
    assert url("status", order) in answer.text
    assert " style=" not in answer.text


def test_an_unknown_way_to_pay_is_refused(client, order):
    assert client.post(url("pay", order), {"method": "cash"}).status_code == 422
    assert not order.payments.exists()


def test_an_expired_order_says_so_instead_of_taking_money(client, order):
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.post(url("pay", order), {"method": "card"}).status_code == 409


def test_a_provider_that_is_away_is_said_in_the_sheet(client, order, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    provider.cache_clear()

    page = client.post(url("pay", order), {"method": "card"})
    sheet = client.post(url("pay", order), {"method": "card"}, headers=HTMX)

    assert (page.status_code, sheet.status_code) == (503, 409)
    assert 'role="alert"' in sheet.text


def test_coming_back_asks_the_provider_and_shows_the_order(client, order, shop):
    shop.pay(order)

    answer = client.get(url("confirm_return", order) + "?redirect_status=failed", follow=True)

    assert answer.redirect_chain == [(url("order", order), 302)]
    assert Order.objects.get().state == "paid"
    assert url("pay", order) not in answer.text


def test_the_sheet_that_waits_hears_of_it(client, order, shop):
    waiting = client.get(url("status", order))
    payments.check(shop.pay(order))
    paid = client.get(url("status", order))

    assert (waiting.status_code, paid.status_code) == (204, 200)
    assert url("order", order) in paid.text


def test_the_sheet_hears_of_a_refused_card_once(client, order, shop):
    payments.check(shop.pay(order, number="4000000000000002"))

    told = client.get(url("status", order))
    again = client.get(url("status", order) + "?seen=failed")

    assert (told.status_code, again.status_code) == (200, 204)
    assert url("pay", order) in told.text


@pytest.mark.parametrize("name", ["order", "pay", "cancel", "status", "confirm_return"])
def test_anothers_order_is_not_there(client, order, name):
    client.force_login(make_user())
    ask = client.post if name in ("pay", "cancel") else client.get

    assert ask(url(name, order)).status_code == 404


@pytest.mark.parametrize("name", ["order", "pay", "cancel", "status", "confirm_return"])
def test_orders_are_for_those_who_signed_in(client, order, name):
    client.logout()
    ask = client.post if name in ("pay", "cancel") else client.get

    assert ask(url(name, order)).status_code == 302


def test_a_buyer_cancels_before_paying(client, order):
    client.post(url("cancel", order))

    assert Order.objects.get().state == "cancelled"


def test_the_order_shows_where_the_money_goes(client, order):
    page = client.get(url("order", order)).text

    for part in ("35.16", "3", "6", "3.84"):
        assert f"¥{part}<" in page
    assert url("cancel", order) in page


@pytest.mark.parametrize("length", [1, 10])
def test_my_orders_ask_the_database_as_often_for_one_as_for_many(
    client, shop, django_assert_num_queries, length
):
    buyer, deal = make_user(), make_deal(quantity=40, per_person_limit=40)
    for _ in range(length):
        shop.place(buyer=buyer, deal=deal)
    client.force_login(buyer)

    with django_assert_num_queries(6):
        page = client.get(reverse("orders:orders"))

    assert page.text.count("cover-link") == length


def test_my_orders_are_mine(client, order, shop):
    other = shop.place()

    page = client.get(reverse("orders:orders")).text

    assert order.number in page
    assert other.number not in page


# --- A show's money ----------------------------------------------------------------------------


def sign_in(client, user):
    """With a second factor, as `/host/` asks for."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)


def money(client, user, show):
    sign_in(client, user)
    return client.get(reverse("orders:show_money", args=[show.public_id]))


def test_the_host_sees_the_money_of_the_show(client, shop):
    show = make_show()
    shop.paid(broadcast=show, quantity=2)
    shop.place(broadcast=show)
    shop.place()

    page = money(client, show.host.user, show)

    figures = SimpleNamespace(**page.context["figures"])
    assert (figures.orders, figures.paid_orders, figures.units, figures.buyers) == (2, 1, 2, 1)
    assert (figures.created_fen, figures.paid_fen, figures.waiting_fen) == (14400, 9600, 4800)
    assert page.context["products"][0]["units"] == 2


def test_who_may_see_the_money(client, shop):
    show = make_show()
    near = make_curator(show.region.prefecture)
    far = make_curator(make_prefecture("450100"))
    boss = make_user(is_staff=True, is_superuser=True)

    answers = [
        money(client, user, show).status_code
        for user in (near, boss, far, make_user(), make_official().user)
    ]

    assert answers == [200, 200, 403, 403, 403]


@pytest.mark.parametrize("length", [1, 30])
def test_the_money_page_asks_as_often_for_one_as_for_many(
    client, shop, django_assert_num_queries, length
):
    show, deal = make_show(), make_deal(quantity=40)
    for _ in range(length):
        shop.place(broadcast=show, deal=deal)
    sign_in(client, show.host.user)

    with django_assert_num_queries(9):
        client.get(reverse("orders:show_money", args=[show.public_id]), headers=HTMX)


# --- Paying again -----------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_after_a_refused_card_the_same_order_is_paid_by_another_way(client, order, shop, headers):
    payments.check(shop.pay(order, number="4000000000000002"))
    page = client.get(url("status", order) if headers else url("order", order), headers=headers)
    first = order.payments.get().intent_id

    answer = client.post(url("pay", order), {"method": "alipay"}, headers=headers)
    shop.post(order.payments.get().next_action["redirect"], decision="approve")
    back = client.get(url("confirm_return", order), follow=True)

    assert "没有扣款" in page.text
    assert url("pay", order) in page.text
    assert answer.status_code == 200
    assert url("pay", order) not in back.text
    payment = order.payments.get()
    assert (payment.state, payment.method, payment.intent_id) == ("succeeded", "alipay", first)
    assert Order.objects.get().state == "paid"


def test_the_sheet_of_an_order_that_closed_while_it_was_paid_promises_no_more_than_is_true(
    client, shop
):
    """The buyer may be at the provider's page at this moment."""
    order, untouched = shop.place(), shop.place()
    shop.start(order)
    Order.objects.update(state="expired")

    pages = []
    for one in (order, untouched):
        client.force_login(one.buyer)
        pages.append(client.get(reverse("orders:status", args=[one.number])).text)

    assert "自动退回" in pages[0]
    assert "没有扣款" in pages[1]
