"""Coupons and freight in the back room: each prefecture's own."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.models import Coupon, FreightTemplate
from tests.factories import (
    make_county,
    make_coupon,
    make_curator,
    make_freight,
    make_prefecture,
    make_producer,
    make_product,
    make_user,
)
from tests.orders.test_admin import sign_in
from tests.orders.test_cart import place, want

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("admin:orders_coupon_changelist"), reverse("admin:orders_coupon_add")
NO_USES = {"uses-TOTAL_FORMS": 0, "uses-INITIAL_FORMS": 0}


@pytest.fixture
def curator(client):
    user = make_curator(make_prefecture("451200"))
    sign_in(client, user)
    return user


@pytest.fixture
def boss(client):
    return sign_in(client, make_user(is_staff=True, is_superuser=True))


def form(**fields):
    now = timezone.localtime()
    values = {
        "code": "SYS2026",
        "name_zh": "三月三满减",
        "name_en": "",
        "amount_fen": "10.00",
        "percent_bps": "",
        "most_fen": "",
        "minimum_fen": "50",
        "festival": "",
        "prefecture": "",
        "producer": "",
        "holder": "",
        "total_limit": "100",
        "per_person_limit": "1",
        "starts_at_0": (now - timedelta(days=1)).strftime("%Y-%m-%d"),
        "starts_at_1": "00:00:00",
        "ends_at_0": (now + timedelta(days=1)).strftime("%Y-%m-%d"),
        "ends_at_1": "00:00:00",
        "is_public": "on",
        "payer_zh": "县财政",
        "payer_en": "",
    }
    return values | NO_USES | fields


def test_a_curator_makes_coupons_for_their_own_goods_only(client, curator):
    assert client.post(ADD, form()).status_code == 302
    assert not Coupon.objects.exists()

    far = make_prefecture("450100")
    assert client.post(ADD, form(prefecture=far.code)).status_code == 200
    theirs = make_producer(make_county("450123"))
    assert client.post(ADD, form(producer=theirs.pk)).status_code == 200
    assert not Coupon.objects.exists()

    client.post(ADD, form(prefecture="451200"))
    made = Coupon.objects.get()
    assert (made.amount_fen, made.minimum_fen, made.prefecture_id) == (1000, 5000, "451200")


def test_a_curator_sees_the_coupons_of_their_region(client, curator):
    mine = make_coupon(prefecture=make_prefecture("451200"))
    near = make_coupon(producer=make_producer(make_county("451223")))
    far = make_coupon(prefecture=make_prefecture("450100"))
    everywhere = make_coupon()

    page = client.get(LIST).text

    assert mine.code in page
    assert near.code in page
    for other in (far, everywhere):
        assert other.code not in page
        url = reverse("admin:orders_coupon_change", args=[other.pk])
        assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_fen": ""},
        {"percent_bps": "1000"},
        {"amount_fen": "0"},
        {"amount_fen": "", "percent_bps": "10001"},
        {"total_limit": "0"},
        {"per_person_limit": "0"},
        {"ends_at_0": "2020-01-01"},
        {"code": "a b"},
        {"payer_zh": ""},
    ],
)
def test_a_coupon_that_means_nothing_is_said_beside_its_field(boss, wrong):
    answer = boss.post(ADD, form(**wrong))

    assert answer.status_code == 200
    assert not Coupon.objects.exists()


def test_what_somebody_has_used_keeps_its_terms(boss):
    row = make_coupon(code="TEN", total_limit=5)
    place(make_user(), [want(make_product())], 8600, codes=["TEN"])
    url = reverse("admin:orders_coupon_change", args=[row.pk])
    page = boss.get(url).text
    assert 'name="amount_fen"' not in page

    boss.post(url, form(amount_fen="99", total_limit="7", is_stopped="on"))

    row.refresh_from_db()
    assert (row.amount_fen, row.total_limit, row.is_stopped, row.used) == (1000, 7, True, 1)
    assert boss.post(url, form(total_limit="0")).status_code == 200


def zone(number, **fields):
    values = {"first_kg_fen": "5", "further_kg_fen": "1", "surcharge_fen": "0", "position": "0"}
    values |= {"is_served": "on", "takes_cold": "on", "id": "", "template": ""} | fields
    return {f"zones-{number}-{name}": value for name, value in values.items()}


def freight_form(*zones, **fields):
    values = {"name_zh": "本地模板", "name_en": "", "producer": ""} | fields
    values |= {"zones-TOTAL_FORMS": len(zones), "zones-INITIAL_FORMS": 0}
    for number, one in enumerate(zones):
        values |= zone(number, **one)
    return values


FREIGHT = reverse("admin:orders_freighttemplate_add")


def test_a_curator_sets_freight_for_their_producers_only(client, curator):
    near, far = make_producer(make_county("451223")), make_producer(make_county("450123"))

    client.post(FREIGHT, freight_form({}))
    client.post(FREIGHT, freight_form({}, producer=far.pk))
    assert not FreightTemplate.objects.exists()
    client.post(FREIGHT, freight_form({"provinces": ["西藏自治区"]}, {}, producer=near.pk))

    made = FreightTemplate.objects.get()
    assert [zone.provinces for zone in made.zones.all()] == [["西藏自治区"], []]
    assert made.zones.first().first_kg_fen == 500


def test_zones_do_not_overlap(boss):
    for zones in ([{}, {}], [{"provinces": ["西藏自治区"]}, {"provinces": ["西藏自治区"]}]):
        assert boss.post(FREIGHT, freight_form(*zones)).status_code == 200
    assert boss.post(FREIGHT, freight_form({"provinces": ["月球"]})).status_code == 200
    assert not FreightTemplate.objects.exists()


def test_the_shops_own_template_is_the_superusers(client, curator):
    own = make_freight(zones=[{}])

    url = reverse("admin:orders_freighttemplate_change", args=[own.pk])
    assert client.get(url).status_code == 403
