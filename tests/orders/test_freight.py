"""What carriage costs by place and weight, and what cannot go where."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from livecommerce.errors import DomainError
from orders.domain import freight
from orders.domain.freight import Zone
from orders.models import FreightTemplate, FreightZone
from tests.factories import make_freight, make_producer

GUANGDONG, TIBET, BEIJING = "广东省", "西藏自治区", "北京市"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    freight.forget()
    yield
    freight.forget()


def goods(weight=1000, producer=1, cold="none", name="凤山核桃"):
    return SimpleNamespace(name=name, producer_id=producer, net_weight_g=weight, cold_chain=cold)


def total(province, *wanted):
    return freight.quote(goods=wanted, province=province).total_fen


def test_without_a_template_freight_is_included_everywhere():
    assert total(TIBET, (goods(9000, cold="frozen"), 3)) == 0


@given(weight=st.integers(1, 50_000))
def test_each_kilogram_begun_counts(weight):
    zone = Zone(frozenset(), first_kg_fen=800, further_kg_fen=200, surcharge_fen=50)

    kilograms = (weight + 999) // 1000
    assert zone.price(weight) == 850 + (kilograms - 1) * 200


def test_the_zone_is_the_one_that_names_the_province_or_all_others():
    make_freight(
        zones=[
            {"provinces": [GUANGDONG], "first_kg_fen": 300},
            {"provinces": [], "first_kg_fen": 900, "further_kg_fen": 100},
            {"provinces": [TIBET], "first_kg_fen": 900, "surcharge_fen": 1500},
        ]
    )

    assert total(GUANGDONG, (goods(), 1)) == 300
    assert total(BEIJING, (goods(), 3)) == 1100
    assert total(TIBET, (goods(), 1)) == 2400


def test_a_producers_goods_are_one_parcel_and_each_producer_has_their_own():
    own = make_producer()
    another = own.pk + 1
    make_freight(zones=[{"first_kg_fen": 500, "further_kg_fen": 100}])
    make_freight(producer=own, zones=[{"first_kg_fen": 700}])

    found = freight.quote(
        goods=[(goods(600, another), 1), (goods(500, another), 1), (goods(500, own.pk), 1)],
        province=BEIJING,
    )

    assert found.by_producer == {another: 600, own.pk: 700}
    assert found.total_fen == 1300


def test_cold_goods_are_refused_where_no_cold_transport_goes():
    make_freight(zones=[{"provinces": [TIBET], "takes_cold": False}, {}])

    found = freight.quote(
        goods=[(goods(), 1), (goods(cold="frozen", name="环江香猪"), 1)], province=TIBET
    )

    assert list(found.refused) == [1]
    assert "环江香猪" in found.refused[1]
    assert TIBET in found.refused[1]
    with pytest.raises(DomainError) as caught:
        found.require()
    assert (caught.value.code, caught.value.status) == ("not_sent_there", 422)
    assert freight.quote(goods=[(goods(cold="frozen"), 1)], province=BEIJING).require().is_included


def test_a_place_that_is_not_served_says_why():
    make_freight(zones=[{"provinces": [TIBET], "is_served": False, "reason_zh": "雪季封路。"}, {}])

    found = freight.quote(goods=[(goods(), 1)], province=TIBET)

    assert found.refused[0].endswith("雪季封路。")


def test_a_place_no_zone_speaks_of_is_not_served():
    make_freight(zones=[{"provinces": [GUANGDONG]}])

    assert freight.quote(goods=[(goods(), 1)], province=BEIJING).refused


def test_quotes_ask_the_database_nothing_once_the_templates_are_known(django_assert_num_queries):
    make_freight(zones=[{"first_kg_fen": 500}])
    total(BEIJING, (goods(), 1))

    with django_assert_num_queries(0):
        for _ in range(50):
            total(BEIJING, (goods(), 1))


def test_there_is_one_template_of_the_shop_and_one_zone_for_everywhere_else():
    template = make_freight(zones=[{}])

    with pytest.raises(IntegrityError), transaction.atomic():
        FreightTemplate.objects.create(name_zh="又一个")
    with pytest.raises(IntegrityError), transaction.atomic():
        FreightZone.objects.create(template=template)
