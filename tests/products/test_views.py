"""Public pages of the catalogue: right, safe, and by the same number of queries at 1 and at 30."""

import json
import re

import pytest
from django.urls import reverse

from products.domain.deals import end_deal, propose_deal, withdraw_deal
from products.models import ProductImage
from tests.factories import (
    make_category,
    make_county,
    make_deal,
    make_festival,
    make_official,
    make_prefecture,
    make_product,
    make_specialty,
)

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


def make_many(number, **fields):
    products = [make_product(**fields) for _ in range(number)]
    ProductImage.objects.bulk_create(
        [ProductImage(product=p, file="a.webp", renditions={"320": "a.webp"}) for p in products]
    )
    return products


# --- query counts ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 30])
def test_prefecture_page_takes_as_many_queries(client, number, django_assert_num_queries):
    products = make_many(number)
    for position, product in enumerate(products, start=1):
        make_specialty(product, position, note_zh="好吃")
    make_deal(products[0])
    for _ in range(number):
        make_official()
    with django_assert_num_queries(8):
        page = client.get(reverse("products:prefecture", args=["451200"]))
    assert text(page).count("product-card ") == number


@pytest.mark.parametrize("number", [1, 30])
def test_search_page_takes_as_many_queries(client, number, django_assert_num_queries):
    make_deal(make_many(number)[0])
    client.get(reverse("products:search"), {"q": "核桃"})  # what a process keeps is read now
    with django_assert_num_queries(12):
        page = client.get(reverse("products:search"), {"q": "核桃"})
    assert text(page).count("product-card ") == min(number, 24)


@pytest.mark.parametrize("number", [1, 30])
def test_festival_page_takes_as_many_queries(client, number, django_assert_num_queries):
    festival = make_festival()
    for product in make_many(number):
        make_deal(product, festival=festival)
    with django_assert_num_queries(12):
        page = client.get(reverse("products:festival"))
    assert text(page).count("product-card ") == min(number, 24)


@pytest.mark.parametrize("others", [1, 30])
def test_product_page_takes_as_many_queries(client, others, django_assert_num_queries):
    product = make_many(1 + others)[0]
    make_deal(product)
    client.get(product.get_absolute_url())  # what a process keeps for a while is read now
    with django_assert_num_queries(11):
        client.get(product.get_absolute_url())


# --- what they show ----------------------------------------------------------------------------


def test_prefecture_page_keeps_the_curators_order(client):
    first, second = make_product(name_zh="甲品"), make_product(name_zh="乙品")
    make_specialty(first, 2)
    make_specialty(second, 1, note_zh="先尝这个")
    page = text(client.get(reverse("products:prefecture", args=["451200"])))
    assert page.index("乙品") < page.index("先尝这个") < page.index("甲品")


def test_prefecture_page_without_specialties_says_so(client):
    make_prefecture()
    assert client.get(reverse("products:prefecture", args=["451200"])).status_code == 200


def test_a_county_is_no_prefecture(client):
    make_county("451223")
    assert client.get(reverse("products:prefecture", args=["451223"])).status_code == 404


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "retired"])
def test_goods_not_listed_are_not_found(client, state):
    product = make_product(state=state, name_zh="秘密")
    make_specialty(product)
    was_public = state == "retired"
    assert client.get(product.get_absolute_url()).status_code == (200 if was_public else 404)
    for url in (reverse("products:search"), reverse("products:prefecture", args=["451200"])):
        assert "秘密" not in text(client.get(url))


def test_product_page_shows_the_deal_and_its_proof(client):
    deal = make_deal(make_product(list_price_fen=9600))
    page = text(client.get(deal.product.get_absolute_url()))
    assert reverse("products:receipt", args=[deal.pk]) in page
    assert "<s>¥96</s>" in page


def test_where_the_money_goes_sums_to_the_price(client):
    deal = make_deal(make_product(list_price_fen=9600), price_fen=3500)
    split = client.get(deal.product.get_absolute_url()).context["split"]
    assert split.producer + split.packing + split.freight + split.platform == 4100
    assert split.total - split.subsidy == 3500
    assert split.payer == "县财政助农专项"


def test_linked_data_is_json_and_cannot_end_its_element(client):
    product = make_product(name_zh="</script><b>核桃", description_zh="a & b")
    page = text(client.get(product.get_absolute_url()))
    block = re.search(r'ld\+json">(.*?)</script>', page, re.DOTALL).group(1)
    data = json.loads(block)
    assert (data["name"], data["offers"]["price"]) == ("</script><b>核桃", "96.00")


@pytest.mark.parametrize("typed", ["芒果", "mangguo", "mango"])
def test_search_page_finds_mango(client, typed):
    make_product()
    make_product(name_zh="百色芒果", name_en="Baise mango")
    page = client.get(reverse("products:search"), {"q": typed})
    assert [offer.product.name_zh for offer in page.context["offers"]] == ["百色芒果"]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "🥭" * 50},
        {"q": "芒 " * 1000},
        {"q": "<script>alert(1)</script>"},
        {"q": "\x00"},
        {"category": "nothing\x00"},
        {"prefecture": "xx"},
        {"page": "-1"},
        {"page": "9999"},
        {"page": "x"},
    ],
)
def test_search_page_survives_anything(client, query):
    make_product()
    answer = client.get(reverse("products:search"), query)
    assert answer.status_code == 200
    assert "<script>alert" not in text(answer)


def test_search_without_hits_suggests(client):
    make_product(name_zh="百色芒果", name_en="Baise mango")
    page = client.get(reverse("products:search"), {"q": "芒果 柚子"})
    assert page.context["offers"] == []
    assert [offer.product.name_zh for offer in page.context["suggestions"]] == ["百色芒果"]


def test_search_narrows(client):
    nuts = make_product()
    tea = make_product(
        name_zh="百色茶",
        category=make_category("tea", name_zh="茶"),
        county=make_county("451022", parent=make_prefecture("451000")),
    )
    make_deal(nuts)

    def found(**query):
        page = client.get(reverse("products:search"), query)
        return [offer.product for offer in page.context["offers"]]

    assert found(category="tea") == [tea]
    assert found(prefecture="451200") == [nuts]
    assert found(deals="1") == [nuts]


def test_festival_page_narrows_to_a_city(client):
    festival = make_festival(slug="fair")
    deal = make_deal(festival=festival)
    url = reverse("products:festival_of", args=["fair"])
    assert [o.deal for o in client.get(url, {"prefecture": "451200"}).context["offers"]] == [deal]
    assert client.get(url, {"prefecture": "450100"}).context["offers"] == []


def test_festival_page_without_any_festival_is_not_found(client):
    assert client.get(reverse("products:festival")).status_code == 404


# --- receipts ----------------------------------------------------------------------------------


def test_receipt_can_be_computed_again(client):
    deal = make_deal(make_product(list_price_fen=9600))
    data = client.get(reverse("products:receipt_json", args=[deal.pk])).json()
    assert min(span["price"] for span in data["offered"]) == data["base_price"] == 9600
    assert data["price"] * 10_000 <= data["base_price"] * data["festival"]["max_price_bps"]
    assert client.get(reverse("products:receipt", args=[deal.pk])).status_code == 200


@pytest.mark.parametrize("finish", [end_deal, withdraw_deal])
def test_receipt_of_a_finished_deal_stays(client, finish):
    deal = make_deal()
    finish(deal=deal)
    assert client.get(reverse("products:receipt", args=[deal.pk])).status_code == 200


def test_receipt_of_a_draft_is_nobodys_business(client):
    live = make_deal()
    draft = propose_deal(
        festival=live.festival,
        product=live.product,
        price_fen=1000,
        quantity=1,
        starts_at=live.ends_at,
        ends_at=live.festival.ends_at,
    )
    for name in ("products:receipt", "products:receipt_json"):
        assert client.get(reverse(name, args=[draft.pk])).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_speak_both_languages(client, language):
    deal = make_deal()
    make_specialty(deal.product)
    client.cookies["django_language"] = language
    name = "凤山核桃" if language == "zh-hans" else "Fengshan walnut"
    for url in (
        reverse("products:prefecture", args=["451200"]),
        deal.product.get_absolute_url(),
        reverse("products:receipt", args=[deal.pk]),
        reverse("products:search"),
        reverse("products:festival"),
    ):
        assert name in text(client.get(url))
