"""The express counter gives the answer that the long way gives, or leaves it to the long way."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import reverse

from livecommerce import redis_client
from orders.domain import announcements, checkout, counter, express, freight
from orders.models import Order
from orders.views import express as views
from orders.views.express import ExpressCounter
from products.models import StockPool
from tests.factories import make_address, make_coupon, make_deal, make_freight, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "s" * 32


@pytest.fixture(autouse=True)
def _threads_end():
    counter._offers._kept.clear()
    counter._rooms._kept.clear()
    yield
    express.combiner.stop()
    checkout.combiner.stop()
    announcements.settle_down()


@pytest.fixture
def buyer():
    user = make_user()
    make_address(user)
    return user


class Answer:
    def __init__(self, status, headers, body):
        self.status = int(status.split()[0])
        self.headers = {name.lower(): value for name, value in headers}
        self.text = body.decode()


def press(application, buyer, deal, *, headers=None, cookies=None, **changes):
    """What the sheet in a room sends, to a WSGI application."""
    client = Client()
    client.force_login(buyer)
    form = {
        "key": str(uuid4()),
        "price": deal.price_fen,
        "quantity": 1,
        "room": "",
        "address": buyer.addresses.first().pk,
    }
    kept = {"sessionid": client.cookies["sessionid"].value, "csrftoken": SECRET} | (cookies or {})
    sent = {"HTTP_HX_REQUEST": "true", "HTTP_X_CSRFTOKEN": SECRET} | (headers or {})
    return post(application, deal, form | changes, kept, sent)


def post(application, deal, form, cookies, headers):
    body = urlencode({name: value for name, value in form.items() if value is not None}).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": reverse("orders:place", args=[deal.product.sku]),
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        **headers,
    }
    got = []
    chunks = application(environ, lambda status, headers: got.append((status, headers)))
    answer = Answer(*got[0], b"".join(chunks))
    if hasattr(chunks, "close"):
        chunks.close()
    return answer


class LongWay:
    """Django's application, which says that it was asked."""

    def __init__(self):
        self.django = get_wsgi_application()
        self.asked = 0

    def __call__(self, environ, start_response):
        self.asked += 1
        return self.django(environ, start_response)


@pytest.fixture
def long_way():
    return LongWay()


@pytest.fixture
def counter_(long_way):
    return ExpressCounter(long_way)


def plain(text):
    """Without what differs between any two answers."""
    text = re.sub(r"\d{6}-[0-9A-Z]{8}", "NUMBER", text)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w{64}"', "TOKEN", text)


@pytest.mark.parametrize("language", ["zh-CN,zh", "en", "fr", ""])
def test_it_answers_with_the_bytes_and_headers_of_the_long_way(counter_, long_way, buyer, language):
    deal = make_deal()
    headers = {"HTTP_ACCEPT_LANGUAGE": language}

    short = press(counter_, buyer, deal, headers=headers)
    assert long_way.asked == 0
    full = press(long_way, buyer, deal, headers=headers)

    assert short.status == full.status == 200
    assert plain(short.text) == plain(full.text)
    assert "NUMBER" in plain(short.text)
    assert "TOKEN" in plain(short.text)
    short.headers["vary"] = sorted(short.headers["vary"].split(", "))
    full.headers["vary"] = sorted(full.headers["vary"].split(", "))
    assert full.headers.pop("set-cookie").strip().startswith("csrftoken=")  # as it was
    assert short.headers == full.headers
    assert Order.objects.filter(buyer=buyer, state="placed").count() == 2


def masked():
    request = HttpRequest()
    request.META["CSRF_COOKIE"] = SECRET
    return get_token(request)


def test_a_masked_token_that_was_judged_goes_back_and_a_bare_secret_never(counter_, buyer):
    deal, of_the_form, of_the_page = make_deal(), masked(), masked()

    answer = press(
        counter_,
        buyer,
        deal,
        csrfmiddlewaretoken=of_the_form,
        headers={"HTTP_X_CSRFTOKEN": of_the_page},
    )
    assert f'name="csrfmiddlewaretoken" value="{of_the_form}"' in answer.text

    answer = press(counter_, buyer, deal, headers={"HTTP_X_CSRFTOKEN": of_the_page})
    assert f'name="csrfmiddlewaretoken" value="{of_the_page}"' in answer.text

    answer = press(counter_, buyer, deal, headers={"HTTP_X_CSRFTOKEN": SECRET})
    assert SECRET not in answer.text
    assert "TOKEN" in plain(answer.text)


def test_a_wrong_token_in_the_form_is_refused_whatever_the_header_says(counter_, long_way, buyer):
    answer = press(counter_, buyer, make_deal(), csrfmiddlewaretoken="x" * 64)

    assert (answer.status, long_way.asked) == (403, 1)
    assert not Order.objects.exists()


def test_the_order_is_the_buyers_with_the_address_and_the_price(counter_, long_way, buyer):
    deal = make_deal()

    press(counter_, buyer, deal, quantity=2)

    order = Order.objects.get()
    assert (order.buyer, order.total_fen) == (buyer, 2 * deal.price_fen)
    assert order.address == buyer.addresses.get().snapshot()
    assert StockPool.objects.get(deal=deal).held == 2
    assert long_way.asked == 0


def test_a_second_press_with_the_same_key_is_the_same_order(counter_, long_way, buyer):
    deal, key = make_deal(), str(uuid4())

    first = press(counter_, buyer, deal, key=key)
    second = press(counter_, buyer, deal, key=key)
    other = press(counter_, buyer, deal, key=key, quantity=2)

    assert plain(first.text) == plain(second.text)
    assert Order.objects.count() == 1
    assert other.status == 409
    assert key not in other.text


def test_without_redis_the_session_is_read_from_the_database(counter_, long_way, buyer):
    deal = make_deal()
    client = Client()
    client.force_login(buyer)
    cache.clear()

    answer = press(counter_, buyer, deal, cookies={"sessionid": client.cookies["sessionid"].value})

    assert answer.status == 200
    assert long_way.asked == 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"quantity": "0"}, 422),
        ({"quantity": "1.5"}, 422),
        ({"quantity": "-1"}, 422),
        ({"quantity": "1000"}, 422),
        ({"quantity": None}, 422),
        ({"key": "x"}, 422),
        ({"price": "-5"}, 422),
        ({"address": "1e9"}, 422),
        ({"address": ""}, 422),
        ({"room": "<b>"}, 422),
        ({"price": "1"}, 409),
        ({"quantity": "3"}, 409),
    ],
)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_the_long_way_refuses_is_refused_in_its_words(
    counter_, long_way, buyer, changes, status, language
):
    deal, headers = make_deal(per_person_limit=2), {"HTTP_ACCEPT_LANGUAGE": language}

    short = press(counter_, buyer, deal, headers=headers, **changes)
    full = press(long_way, buyer, deal, headers=headers, **changes)

    assert short.status == full.status == status
    assert 'role="alert"' in short.text
    assert _reason(short.text) == _reason(full.text)
    assert not Order.objects.exists()


def _reason(text):
    return re.search(r'role="alert">.*?<p>(.*?)</p>', text, re.DOTALL)[1]


def test_another_persons_address_is_no_address(counter_, buyer):
    stranger = make_address(make_user())

    answer = press(counter_, buyer, make_deal(), address=stranger.pk)

    assert answer.status == 422
    assert not Order.objects.exists()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_is_gone_is_told_without_the_long_way(counter_, long_way, buyer, language):
    deal, headers = make_deal(quantity=1), {"HTTP_ACCEPT_LANGUAGE": language}
    assert press(counter_, buyer, deal).status == 200
    other, key = make_user(), str(uuid4())
    make_address(other)
    counter._offers._kept.clear()

    short = press(counter_, other, deal, headers=headers, key=key)
    again = press(counter_, other, deal, headers=headers, key=key)
    assert long_way.asked == 0
    full = press(long_way, other, deal, headers=headers, key=key)

    assert short.status == again.status == full.status == 409
    assert key in short.text
    assert plain(short.text) == plain(again.text) == plain(full.text)
    assert Order.objects.count() == 1


def test_who_asks_for_too_many_gets_the_sheet_with_what_is_left(counter_, long_way, buyer):
    deal = make_deal(quantity=2, per_person_limit=9)

    answer = press(counter_, buyer, deal, quantity=3)

    assert answer.status == 409
    assert 'name="quantity" inputmode="numeric" value="2"' in answer.text
    assert buyer.addresses.get().recipient in answer.text
    assert long_way.asked == 1
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_CSRFTOKEN": "t" * 32},
        {"HTTP_X_CSRFTOKEN": ""},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_a_forged_request_is_refused(counter_, buyer, headers):
    answer = press(counter_, buyer, make_deal(), headers=headers)

    assert answer.status == 403
    assert not Order.objects.exists()


def test_a_foreign_host_is_refused(counter_, buyer):
    answer = press(counter_, buyer, make_deal(), headers={"HTTP_HOST": "evil.example"})

    assert answer.status == 400
    assert not Order.objects.exists()


def test_a_request_without_tls_is_led_to_it(counter_, long_way, buyer, settings):
    settings.SECURE_SSL_REDIRECT = True
    long_way.django = get_wsgi_application()  # its middleware reads the setting when it is made

    answer = press(counter_, buyer, make_deal())

    assert answer.status == 301
    assert not Order.objects.exists()


def _signs_out(buyer, key):
    Session.objects.filter(pk=key).delete()
    cache.delete(f"django.contrib.sessions.cached_db{key}")


def _changes_the_password(buyer, key):
    buyer.set_password("another-one-2026")
    buyer.save()


def _is_shut_out(buyer, key):
    buyer.is_active = False
    buyer.save()


@pytest.mark.parametrize("ends", [_signs_out, _changes_the_password, _is_shut_out])
def test_a_session_that_ended_buys_nothing(counter_, buyer, ends):
    deal = make_deal()
    client = Client()
    client.force_login(buyer)
    key = client.cookies["sessionid"].value
    ends(buyer, key)

    answer = press(counter_, buyer, deal, cookies={"sessionid": key})

    assert answer.status == 204
    assert reverse("account_login") in answer.headers["hx-redirect"]
    assert not Order.objects.exists()


def test_a_made_up_session_buys_nothing(counter_, buyer):
    answer = press(counter_, buyer, make_deal(), cookies={"sessionid": "x" * 32})

    assert answer.status == 204
    assert not Order.objects.exists()


def test_who_presses_too_often_is_told_so(counter_, buyer):
    redis_client.sync().flushdb()
    deal = make_deal(per_person_limit=50)

    statuses = [press(counter_, buyer, deal).status for _ in range(14)]

    assert statuses[:12] == [200] * 12
    assert 429 in statuses
    assert Order.objects.count() == statuses.count(200)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HX_REQUEST": ""},
        {"REQUEST_METHOD": "GET"},
        {"CONTENT_TYPE": "multipart/form-data; boundary=x"},
        {"CONTENT_LENGTH": "9999999"},
        {"CONTENT_LENGTH": "-1"},
        {"PATH_INFO": "/orders/"},
    ],
)
def test_everything_else_goes_the_long_way(counter_, long_way, buyer, headers):
    press(counter_, buyer, make_deal(), headers=headers)

    assert long_way.asked == 1


def test_those_who_press_together_share_one_look_up_and_one_commit(django_assert_max_num_queries):
    deal = make_deal(quantity=50)
    presses = []
    for _ in range(20):
        buyer = make_user()
        address = make_address(buyer)
        client = Client()
        client.force_login(buyer)
        offer = counter.offer_of(deal.product.sku)
        presses.append(
            express.Press(
                session_key=client.cookies["sessionid"].value,
                address_id=address.pk,
                offer=offer,
                quantity=1,
                price_fen=deal.price_fen,
                key=uuid4(),
                broadcast=None,
                perishable=True,
            )
        )

    freight.quote(goods=[], province="")  # the templates are kept for half a minute
    with django_assert_max_num_queries(2):
        verdicts = express._commit(presses)

    assert [verdict.verdict for verdict in verdicts] == ["placed"] * 20
    assert len({verdict.order_id for verdict in verdicts}) == 20


@pytest.fixture
def _carriage():
    make_freight(zones=[{"first_kg_fen": 700, "further_kg_fen": 100}])
    freight.forget()
    yield
    freight.forget()


@pytest.mark.usefixtures("_carriage")
def test_carriage_that_was_seen_is_charged_here_too(counter_, long_way, buyer):
    deal = make_deal()  # one and a half kilograms

    answer = press(counter_, buyer, deal, freight=800, asked="1", code="")

    assert (answer.status, long_way.asked) == (200, 0)
    order = Order.objects.get()
    assert (order.freight_fen, order.total_fen) == (800, deal.price_fen + 800)


@pytest.mark.usefixtures("_carriage")
@pytest.mark.parametrize("seen", [None, 0, 799, 801])
def test_another_carriage_is_refused_on_the_long_way(counter_, long_way, buyer, seen):
    answer = press(counter_, buyer, make_deal(), freight=seen)

    assert (answer.status, long_way.asked) == (409, 1)
    assert not Order.objects.exists()


def test_a_coupon_goes_the_long_way(counter_, long_way, buyer):
    make_coupon(code="TEN", amount_fen=1000)
    deal = make_deal()

    answer = press(counter_, buyer, deal, code="TEN", total=deal.price_fen - 1000)

    assert (answer.status, long_way.asked) == (200, 1)
    assert Order.objects.get().discount_fen == 1000


def test_threads_that_come_at_once_wait_for_one_drawing(monkeypatch):
    drawn = []

    def slowly(template, context):
        drawn.append(template)
        time.sleep(0.05)
        return f"<p>{context['name']}</p>"

    monkeypatch.setattr(views, "render_to_string", slowly)
    with ThreadPoolExecutor(16) as threads:
        texts = list(
            threads.map(
                lambda _one: views._draw(("test", "once"), "x.html", lambda: {"name": 1}),
                range(16),
            )
        )
    assert drawn == ["x.html"]
    assert set(texts) == {"<p>1</p>"}
