"""The farm's desk: who may sit there, what stands on it, what it does."""

import io
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from orders.models import Order, Parcel, PortalVisit, Refund, ShippingSheet
from tests.factories import make_curator, make_prefecture, make_user
from tests.orders.farms import make_farm, make_goods, make_paid_order, sf, ship, units_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def farm():
    return make_farm()


@pytest.fixture
def order(farm):
    return make_paid_order((make_goods(farm), 3), (make_goods(farm, name_zh="八角"), 1))


@pytest.fixture
def at_desk(client, farm):
    client.force_login(farm.user)
    return client


@pytest.fixture
def curator(client):
    user = make_curator()
    give_second_factor(user)
    client.force_login(user)
    return user


def give_second_factor(user):
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})


def url(name, farm, *args):
    return reverse(f"orders:{name}", args=[farm.pk, *args])


def form_of(order, *quantities, **fields):
    units = {f"units-{pk}": n for pk, n in units_of(order, *quantities).items()}
    return {"carrier": "sf", "tracking_number": sf(), **units, **fields}


def upload(client, farm, text, name="发货.csv"):
    file = SimpleUploadedFile(name, text.encode(), "text/csv")
    return client.post(url("producer_sheets", farm), {"file": file})


# --- Who --------------------------------------------------------------------------------------

READING = ("producer", "producer_sent", "producer_sheets", "producer_reviews", "producer_slips")


@pytest.mark.parametrize("name", [*READING, "producer_money"])
def test_a_desk_is_unknown_to_others(client, farm, order, name):
    assert client.get(url(name, farm)).status_code == 302
    stranger = make_farm().user
    give_second_factor(stranger)
    client.force_login(stranger)
    assert client.get(url(name, farm)).status_code == 404


def test_another_farms_order_parcel_and_sheet_are_unknown(at_desk, farm, order):
    other = make_farm()
    theirs = make_paid_order((make_goods(other), 1))
    parcel = ship(theirs, other, 1)
    sheet = ShippingSheet.objects.create(producer=other, uploaded_by=other.user, file_name="x")

    assert at_desk.get(url("producer_order", farm, theirs.number)).status_code == 404
    assert (
        at_desk.post(url("producer_ship", farm, theirs.number), form_of(theirs, 1)).status_code
        == 404
    )
    for name in ("producer_correct", "producer_delivered"):
        assert at_desk.post(url(name, farm, parcel.pk), {"carrier": "sf"}).status_code == 404
    for name, method in (("producer_sheet", "get"), ("producer_sheet_apply", "post")):
        assert getattr(at_desk, method)(url(name, farm, sheet.pk)).status_code == 404


def test_an_unpaid_order_is_unknown(at_desk, farm):
    order = make_paid_order((make_goods(farm), 1), state="placed")
    Order.objects.update(paid_at=None)

    assert at_desk.get(url("producer_order", farm, order.number)).status_code == 404


def test_start_leads_to_the_only_desk_and_is_unknown_to_others(client, farm):
    client.force_login(farm.user)
    assert client.get("/producer/").url == url("producer", farm)
    client.force_login(make_user())
    assert client.get("/producer/").status_code == 404


def test_start_offers_several(client, farm):
    other = make_farm(user=farm.user)
    client.force_login(farm.user)

    page = client.get("/producer/").text
    assert url("producer", farm) in page
    assert url("producer", other) in page


def test_staff_of_the_region_looks_and_is_written_down(client, curator, farm, order):
    page = client.get(url("producer_order", farm, order.number))

    assert page.status_code == 200
    assert order.address["street"] not in page.text
    visit = PortalVisit.objects.get()
    assert (visit.user, visit.what, visit.order, visit.is_staff) == (
        curator,
        "opened",
        order,
        True,
    )
    assert url("producer", farm) in client.get("/producer/").text


def test_staff_of_the_region_takes_and_sends_nothing(client, curator, farm, order):
    assert client.get(url("producer_slips", farm)).status_code == 403
    assert client.get(url("producer_list", farm, "csv")).status_code == 403
    ship_url = url("producer_ship", farm, order.number)
    assert client.post(ship_url, form_of(order, 3, 1)).status_code == 403
    assert client.post(url("producer_prepare", farm), {"order": order.number}).status_code == 403
    assert upload(client, farm, "订单号").status_code == 403
    assert not Parcel.objects.exists()


def test_staff_with_the_right_sends_and_is_written_down(client, curator, farm, order):
    curator.user_permissions.add(Permission.objects.get(codename="ship_for_producers"))

    answer = client.post(url("producer_ship", farm, order.number), form_of(order, 3, 1))

    assert answer.status_code == 302
    assert Parcel.objects.get().events.get().actor == curator
    assert PortalVisit.objects.filter(what="shipped", order=order, user=curator).exists()


def test_staff_without_a_second_factor_sets_one_up_first(client, farm):
    client.force_login(make_curator())

    assert client.get(url("producer", farm)).url == reverse("mfa_activate_totp")


def test_staff_of_another_region_has_no_such_desk(client, farm):
    far = make_curator(make_prefecture("450100"))
    give_second_factor(far)
    client.force_login(far)

    assert client.get(url("producer", farm)).status_code == 404


def test_money_asks_the_farm_for_a_second_factor(at_desk, farm):
    assert at_desk.get(url("producer_money", farm)).url == reverse("mfa_activate_totp")
    give_second_factor(farm.user)
    assert at_desk.get(url("producer_money", farm)).status_code == 200


# --- What stands there ------------------------------------------------------------------------


def test_the_desk_shows_what_to_pack_and_hides_who(at_desk, farm, order):
    order.address |= {"recipient": "莫青山", "province": "广东省", "city": "广州市"}
    order.save()
    page = at_desk.get(url("producer", farm))

    assert order.number in page.text
    assert "凤山核桃" in page.text
    assert "八角" in page.text
    assert "莫** · 广东省" in page.text
    for secret in ("莫青山", order.address["phone"], order.address["street"]):
        assert secret not in page.text
    assert page["Cache-Control"] == "no-store"
    work = page.context["work"]
    assert (work.orders, work.units, work.late_orders) == (1, 4, 0)


def test_only_own_lines_stand_there(at_desk, farm):
    order = make_paid_order((make_goods(farm), 1), (make_goods(make_farm(), name_zh="别家货"), 1))

    assert "别家货" not in at_desk.get(url("producer", farm)).text
    assert "别家货" not in at_desk.get(url("producer_order", farm, order.number)).text
    assert "别家货" not in at_desk.get(url("producer_slips", farm)).text
    assert "别家货" not in at_desk.get(url("producer_list", farm, "csv")).content.decode()


def test_work_is_sorted_by_due_day_and_late_is_said(at_desk, farm):
    goods = make_goods(farm)
    late = make_paid_order((goods, 2), ago=timedelta(days=5))
    fresh = make_paid_order((goods, 1))

    page = at_desk.get(url("producer", farm))
    work = page.context["work"]
    assert [day.is_late for day in work.days] == [True, False]
    assert (work.late_orders, work.picks[0].units, work.picks[0].orders) == (1, 3, 2)
    assert [order.number for order in page.context["orders"]] == [late.number, fresh.number]
    day = work.days[0].day.isoformat()
    chosen = at_desk.get(url("producer", farm), {"day": day}).context["orders"]
    assert [order.number for order in chosen] == [late.number]
    assert at_desk.get(url("producer", farm), {"by": "product"}).status_code == 200
    assert at_desk.get(url("producer", farm), {"day": "x", "sku": "\x00"}).status_code == 200


def test_money_asked_back_is_said(at_desk, farm, order):
    Refund.objects.create(
        payment=order.payments.get(), key="r", amount_fen=100, reason="坏果", state="requested"
    )

    assert "先别发" in at_desk.get(url("producer", farm)).text
    assert "申请退款" in at_desk.get(url("producer_order", farm, order.number)).text


@pytest.mark.parametrize("orders", [1, 20])
@pytest.mark.parametrize(
    ("name", "queries"), [("producer", 10), ("producer_sent", 7), ("producer_slips", 8)]
)
def test_pages_take_as_many_queries(
    at_desk, farm, orders, name, queries, django_assert_num_queries
):
    goods = make_goods(farm)
    for number in range(orders):
        made = make_paid_order((goods, 2))
        ship(made, farm, 1, number=number)
    at_desk.get(url(name, farm))

    with django_assert_num_queries(queries):
        assert at_desk.get(url(name, farm)).status_code == 200


# --- What it does -----------------------------------------------------------------------------


def test_preparing_the_chosen(at_desk, farm, order):
    other = make_paid_order((make_goods(farm), 1))

    at_desk.post(url("producer_prepare", farm), {"order": [order.number, "nothing"]})

    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.state, other.state) == ("preparing", "paid")


def test_shipping_part_and_rest(at_desk, farm, order):
    where = url("producer_ship", farm, order.number)

    at_desk.post(where, form_of(order, 2, 0))
    order.refresh_from_db()
    assert order.state == "preparing"
    page = at_desk.get(url("producer_order", farm, order.number)).text
    assert "待发 1 件" in page
    at_desk.post(where, form_of(order, 1, 1, tracking_number=sf(2)))
    order.refresh_from_db()
    assert order.state == "shipped"
    assert sf(2) in at_desk.get(url("producer_sent", farm)).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tracking_number": "SF1"}, "请再核对"),
        ({"tracking_number": ""}, 'aria-invalid="true"'),
        ({"carrier": "pigeon"}, 'aria-invalid="true"'),
    ],
)
def test_a_slip_is_said_beside_its_field(at_desk, farm, order, fields, words):
    answer = at_desk.post(url("producer_ship", farm, order.number), form_of(order, 3, 1, **fields))

    assert answer.status_code == 422
    assert words in answer.text
    assert not Parcel.objects.exists()


@pytest.mark.parametrize("units", [(-1, 0), (4, 0), ("1.5", 0), ("x", 0), (10**12, 0), (0, 0)])
def test_impossible_units_are_refused(at_desk, farm, order, units):
    answer = at_desk.post(url("producer_ship", farm, order.number), form_of(order, *units))

    assert answer.status_code == 422
    assert not Parcel.objects.exists()


def test_a_cancelled_order_says_so(at_desk, farm, order):
    Order.objects.update(state="cancelled")

    assert "已取消" in at_desk.get(url("producer_order", farm, order.number)).text
    answer = at_desk.post(url("producer_ship", farm, order.number), form_of(order, 3, 1))
    assert answer.status_code == 409


def test_correcting_and_delivering(at_desk, farm, order):
    parcel = ship(order, farm, 3, 1)

    at_desk.post(
        url("producer_correct", farm, parcel.pk), {"carrier": "sf", "tracking_number": sf(7)}
    )
    at_desk.post(url("producer_delivered", farm, parcel.pk))
    parcel.refresh_from_db()
    assert (parcel.tracking_number, parcel.state) == (sf(7), "shipped")  # too soon to say so
    Parcel.objects.update(shipped_at=timezone.now() - timedelta(days=3))
    at_desk.post(url("producer_delivered", farm, parcel.pk))
    order.refresh_from_db()
    assert order.state == "delivered"


def test_slips_hold_what_the_label_needs_and_are_written_down(at_desk, farm, order):
    make_paid_order((make_goods(farm), 1))
    page = at_desk.get(url("producer_slips", farm), {"order": order.number})

    assert page.text.count('class="slip"') == 1
    for word in (order.number, order.address["phone"], order.address["street"], "<svg"):
        assert word in page.text
    assert " style=" not in page.text
    visit = PortalVisit.objects.get()
    assert (visit.what, visit.orders, visit.is_staff) == ("slips", 1, False)
    assert at_desk.get(url("producer_slips", farm)).text.count('class="slip"') == 2


def test_no_slips_of_what_was_sent(at_desk, farm, order):
    ship(order, farm, 3, 1)

    answer = at_desk.get(url("producer_slips", farm), {"order": order.number})
    assert answer.url == url("producer", farm)


def test_the_list_as_a_file(at_desk, farm, order):
    answer = at_desk.get(url("producer_list", farm, "xlsx"))

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]][:2] == [
        order.number,
        order.lines.order_by("pk").first().product.sku,
    ]
    assert "attachment" in answer["Content-Disposition"]
    assert at_desk.get(url("producer_list", farm, "exe")).status_code == 404
    assert PortalVisit.objects.get().what == "list"


def test_a_sheet_is_looked_at_and_then_applied(at_desk, farm):
    order = make_paid_order((make_goods(farm), 1))
    answer = upload(at_desk, farm, f"订单号,快递公司,快递单号\n{order.number},顺丰,{sf()}\n")

    sheet = ShippingSheet.objects.get()
    assert answer.url == url("producer_sheet", farm, sheet.pk)
    page = at_desk.get(answer.url).text
    apply = url("producer_sheet_apply", farm, sheet.pk)
    assert apply in page
    assert not Parcel.objects.exists()
    assert at_desk.post(apply).url == url("producer_sent", farm)
    assert at_desk.post(apply).url == url("producer_sent", farm)
    assert Parcel.objects.count() == 1
    assert apply not in at_desk.get(answer.url).text


def test_a_sheet_with_a_problem_cannot_be_applied(at_desk, farm, order):
    answer = upload(at_desk, farm, f"订单号,快递公司,快递单号\n{order.number},顺丰,SF1\n")

    sheet = ShippingSheet.objects.get()
    page = at_desk.get(answer.url).text
    apply = url("producer_sheet_apply", farm, sheet.pk)
    assert apply not in page
    assert "第 2 行" in page
    assert at_desk.post(apply).status_code == 409
    assert not Parcel.objects.exists()


@pytest.mark.parametrize(
    ("text", "name", "status"), [("x", "x.pdf", 415), ("", "x.csv", 422), ("a\n", "x.csv", 422)]
)
def test_a_bad_file_is_said_beside_its_field(at_desk, farm, text, name, status):
    answer = upload(at_desk, farm, text, name)

    assert answer.status_code == status
    assert 'class="field-error"' in answer.text


def test_writing_is_limited(at_desk, farm, clean_cache):
    answers = {upload(at_desk, farm, "a\n", "x.csv").status_code for _ in range(12)}

    assert answers == {422, 429}


def test_a_number_that_is_none_is_left_out(at_desk, farm, order):
    slips = at_desk.get(url("producer_slips", farm), {"order": ["x\x00", order.number]})
    begun = at_desk.post(url("producer_prepare", farm), {"order": ["x\x00", order.number]})

    assert (slips.status_code, begun.status_code) == (200, 302)
    assert Order.objects.get().state == "preparing"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "x"])
def test_a_day_that_is_none_shows_every_day(at_desk, farm, order, day):
    page = at_desk.get(url("producer", farm), {"day": day})

    assert order.number in page.text
    assert at_desk.get(url("producer_slips", farm), {"day": day}).status_code in (200, 302)
