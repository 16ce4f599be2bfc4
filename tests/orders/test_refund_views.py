"""The pages of money back: one's own request, the farm's desk, and photos for few eyes."""

import io
import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from orders.domain import settlement
from orders.models import Dispute, Payment, Refund, RefundPhoto
from tests.factories import (
    make_curator,
    make_deal,
    make_prefecture,
    make_producer,
    make_product,
    make_user,
)
from tests.orders.journeys import deliver, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def farmer():
    return make_user(display_name="罗山红")


@pytest.fixture
def order(client, shop, farmer):
    product = make_product(producer=make_producer(user=farmer))
    paid = shop.paid(deal=make_deal(product, quantity=80, per_person_limit=80), quantity=2)
    settlement.settle_due()
    client.force_login(paid.buyer)
    return deliver(paid)


def ask_url(order):
    return reverse("orders:refund_ask", args=[order.number])


def form_of(client, order, **fields):
    """The form as a browser fills it in: its line chosen, its key kept."""
    page = client.get(ask_url(order)).text
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    line = order.lines.get().pk
    values = {
        "key": key,
        f"line_{line}": "on",
        f"amount_{line}": "50",
        "cause": "not_as_described",
        "reason": "颜色不对",
    }
    return {name: value for name, value in (values | fields).items() if value is not None}


def ask(client, order, **fields):
    return client.post(ask_url(order), form_of(client, order, **fields))


def sign_in(client, user):
    """With a second factor, as those need who decide about money."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)


def test_asking_leads_to_the_requests_own_page(client, order):
    answer = ask(client, order, photos=[picture(), picture("b.jpg")])

    made = Refund.objects.get()
    page = client.get(answer.url)
    assert answer.url == reverse("orders:refund", args=[order.number, made.pk])
    assert (made.amount_fen, made.photos.count()) == (5000, 2)
    assert "颜色不对" in page.text
    assert page.text.count("refunds/photos/") == 4


def test_sending_the_form_twice_is_one_request(client, order):
    form = form_of(client, order)

    first, second = client.post(ask_url(order), form), client.post(ask_url(order), form)

    assert first.url == second.url
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    "amount",
    ["0", "-5", "1e2", "12.345", "9999999", "96.01", "NaN", "٣", "1,000", "", "0x10", "12."],
)
def test_an_amount_that_makes_no_sense_is_said_in_words(client, order, amount):
    name = f"amount_{order.lines.get().pk}"

    answer = ask(client, order, **{name: amount})

    assert answer.status_code == 422
    assert "field-error" in answer.text or 'role="alert"' in answer.text
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"cause": "greed"}, {"cause": None}, {"key": "x"}, {"cause": "damaged"}]
)
def test_a_form_that_makes_no_sense_is_refused(client, order, fields):
    assert ask(client, order, **fields).status_code == 422
    assert not Refund.objects.exists()


def test_nothing_chosen_is_said(client, order):
    answer = ask(client, order, **{f"line_{order.lines.get().pk}": None})

    assert answer.status_code == 422


def test_what_the_browser_says_of_state_and_price_is_not_read(client, order):
    ask(client, order, state="done", amount_fen="1", decided_by="1", payment="1", refunded="1")

    made = Refund.objects.get()
    assert (made.state, made.amount_fen, made.decided_by) == ("requested", 5000, None)


def test_a_file_that_is_no_picture_is_said_beside_the_field(client, order):
    fake = picture()
    fake.file = io.BytesIO(b"<svg onload=alert(1)>")
    fake.size = 21

    answer = ask(client, order, photos=[fake])

    assert answer.status_code == 415
    assert "field-error" in answer.text
    assert not Refund.objects.exists()


def test_a_picture_that_is_too_large_is_said(client, order, settings):
    settings.MAX_UPLOAD_BYTES = 100

    assert ask(client, order, photos=[picture()]).status_code == 413


def test_an_order_with_nothing_to_claim_says_why(client, shop):
    paid = shop.paid()
    client.force_login(paid.buyer)

    page = client.get(ask_url(paid))

    assert page.status_code == 200
    assert "<textarea" not in page.text
    assert client.post(ask_url(paid), {}).status_code == 409


# --- Photos -----------------------------------------------------------------------------------


@pytest.fixture
def photo(client, order):
    ask(client, order, photos=[picture()])
    return RefundPhoto.objects.get()


def photo_url(photo, size="large"):
    return reverse("orders:refund_photo", args=[photo.pk, size])


def test_a_photo_is_drawn_anew_without_the_place_it_was_taken(client, photo):
    answer = client.get(photo_url(photo))

    image = Image.open(io.BytesIO(answer.content))
    assert (answer["Content-Type"], image.format, dict(image.getexif())) == (
        "image/webp",
        "WEBP",
        {},
    )
    assert "private" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_who_may_see_a_photo(client, photo, order, farmer):
    boss = make_user(is_staff=True, is_superuser=True)
    others = (make_curator(make_prefecture("450100")), make_user(), make_producer(user=make_user()))
    seen = []
    for user in (order.buyer, farmer, boss, make_curator(), others[0], others[1], others[2].user):
        sign_in(client, user)
        seen.append(client.get(photo_url(photo, "small")).status_code)
    client.logout()

    assert seen == [200, 200, 200, 200, 404, 404, 404]
    assert client.get(photo_url(photo)).status_code == 302


def test_there_is_no_other_size_and_no_public_file(client, photo, settings):
    base = photo_url(photo)

    assert client.get(base.replace("large", "refund_id")).status_code == 404
    assert (
        client.get(reverse("orders:refund_photo", args=[photo.pk + 1, "small"])).status_code == 404
    )
    assert not any(settings.MEDIA_ROOT.rglob("*refund*"))


# --- Others' ----------------------------------------------------------------------------------


def test_anothers_request_is_not_there(client, order):
    ask(client, order)
    made = Refund.objects.get()
    sign_in(client, make_user())

    answers = [
        client.get(ask_url(order)),
        client.post(ask_url(order), {}),
        client.get(reverse("orders:refund", args=[order.number, made.pk])),
        client.post(reverse("orders:refund_withdraw", args=[order.number, made.pk])),
        client.post(reverse("orders:refund_sent_back", args=[order.number, made.pk])),
        client.get(reverse("orders:refund_inbox")),
        client.get(reverse("orders:refund_decide", args=[made.pk])),
        client.post(reverse("orders:refund_decide", args=[made.pk]), {"decision": "approve"}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert Refund.objects.get().state == "requested"


def test_a_request_belongs_to_its_order(client, order, shop):
    ask(client, order)
    other = shop.place(buyer=order.buyer)

    url = reverse("orders:refund", args=[other.number, Refund.objects.get().pk])

    assert client.get(url).status_code == 404


def test_the_buyer_does_not_decide(client, order):
    ask(client, order)
    sign_in(client, order.buyer)

    url = reverse("orders:refund_decide", args=[Refund.objects.get().pk])

    assert client.post(url, {"decision": "approve"}).status_code == 404


def test_without_signing_in_there_is_nothing(client, order):
    client.logout()

    for name, args in (("refund_ask", [order.number]), ("refund_inbox", [])):
        assert client.get(reverse(f"orders:{name}", args=args)).status_code == 302


# --- Deciding ---------------------------------------------------------------------------------


@pytest.fixture
def request_to_decide(client, order, farmer):
    ask(client, order)
    sign_in(client, farmer)
    return Refund.objects.get()


def decide(client, refund, **fields):
    return client.post(reverse("orders:refund_decide", args=[refund.pk]), fields)


def test_the_farm_sees_what_waits_and_grants_it(client, request_to_decide):
    inbox = client.get(reverse("orders:refund_inbox")).text
    page = client.get(reverse("orders:refund_decide", args=[request_to_decide.pk])).text
    answer = decide(client, request_to_decide, decision="approve")

    assert reverse("orders:refund_decide", args=[request_to_decide.pk]) in inbox
    assert "¥96" in page
    assert "覃小满" not in page, "a whole name is for the label only"
    assert answer.status_code == 302
    assert Refund.objects.get().state == "approved"


def test_deciding_asks_for_a_second_factor(client, request_to_decide, farmer):
    Authenticator.objects.all().delete()

    answer = decide(client, request_to_decide, decision="approve")

    assert answer.status_code == 302
    assert "2fa" in answer.url
    assert Refund.objects.get().state == "requested"


def test_refusing_without_words_stays_on_the_page(client, request_to_decide):
    assert decide(client, request_to_decide, decision="refuse").status_code == 422
    assert decide(client, request_to_decide, decision="eat").status_code == 422
    assert Refund.objects.get().state == "requested"


def test_refusing_with_words(client, request_to_decide, order):
    decide(client, request_to_decide, decision="refuse", answer="照片不清楚")
    client.force_login(order.buyer)

    page = client.get(reverse("orders:refund", args=[order.number, request_to_decide.pk])).text

    assert "照片不清楚" in page


def test_a_second_decision_is_told_that_it_is_late(client, request_to_decide):
    decide(client, request_to_decide, decision="approve")

    assert decide(client, request_to_decide, decision="refuse", answer="不").status_code == 409


def test_staff_of_the_region_decides_with_a_second_factor(client, request_to_decide):
    sign_in(client, make_curator())

    assert decide(client, request_to_decide, decision="approve").status_code == 302
    assert Refund.objects.get().decided_by.is_staff


@pytest.mark.parametrize("length", [1, 30])
def test_the_inbox_asks_as_often_for_one_as_for_many(
    client, request_to_decide, django_assert_num_queries, length
):
    payment = Payment.objects.get()
    line = payment.order.lines.get()
    for number in range(length - 1):
        row = Refund.objects.create(
            payment=payment,
            key=f"k{number}",
            amount_fen=10,
            origin="request",
            cause="damaged",
            producer=request_to_decide.producer,
            decide_by=timezone.now(),
        )
        row.lines.create(line=line, amount_fen=10)

    with django_assert_num_queries(7):
        page = client.get(reverse("orders:refund_inbox"))

    assert len(page.context["waiting"]) == length


@pytest.mark.parametrize("length", [1, 12])
def test_the_form_asks_as_often_for_one_line_as_for_many(
    client, order, django_assert_num_queries, length
):
    line, parcel = order.lines.get(), order.parcels.get()
    for _ in range(length - 1):
        line.pk = None
        line.save()
        parcel.contents.create(line=line, quantity=1)

    with django_assert_num_queries(9):
        page = client.get(ask_url(order))

    assert page.text.count('class="stack stack-tight refund-line"') == length


# --- What the buyer sees ----------------------------------------------------------------------


def test_the_order_says_until_when_goods_may_be_returned(client, order):
    page = client.get(reverse("orders:order", args=[order.number])).text

    assert "24:00" in page
    assert ask_url(order) in page


def test_a_return_asks_for_the_tracking_number(client, order):
    page = ask(client, order, cause="changed_mind").url
    made = Refund.objects.get()
    url = reverse("orders:refund_sent_back", args=[order.number, made.pk])

    assert url in client.get(page).text
    wrong = client.post(url, {"carrier": "sf", "number": "<b>"})
    right = client.post(url, {"carrier": "sf", "number": "SF1234567890"}, follow=True)

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert "SF1234567890" in right.text


def test_withdrawing(client, order):
    ask(client, order)
    made = Refund.objects.get()

    client.post(reverse("orders:refund_withdraw", args=[order.number, made.pk]))

    assert Refund.objects.get().state == "withdrawn"
    assert Payment.objects.get().asked_fen == 0


def test_a_dispute_is_shown_on_the_order(client, order):
    Dispute.objects.create(
        provider_id="du_1",
        payment=Payment.objects.get(),
        amount_fen=9600,
        reason="fraudulent",
        opened_at=timezone.now(),
    )

    assert "银行" in client.get(reverse("orders:order", args=[order.number])).text


@pytest.mark.parametrize("state", ["requested", "approved", "in_transit", "failed", "done"])
def test_the_page_of_a_refund_opens_in_every_state(client, order, state):
    ask(client, order)
    Refund.objects.update(state=state)
    made = Refund.objects.get()

    assert client.get(reverse("orders:refund", args=[order.number, made.pk])).status_code == 200


def test_a_second_press_leads_to_the_same_request(client, order):
    """All of the goods are asked for by then: the form of the first press has nothing left."""
    values = form_of(client, order, **{f"amount_{order.lines.get().pk}": "96"})
    first = client.post(ask_url(order), values)
    second = client.post(ask_url(order), values)
    other = client.post(ask_url(order), values | {"cause": "not_arrived"})

    assert (first.status_code, first.url) == (302, second.url)
    assert other.status_code == 409
    assert Refund.objects.count() == 1
