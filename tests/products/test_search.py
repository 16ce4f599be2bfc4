"""Search finds goods however their name is typed."""

import pytest

from products.domain.search import index_products, search_products, suggest_products
from products.lexemes import index_words, query_literal, query_words
from products.models import Product
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def mango():
    make_product(name_zh="南宁沃柑", name_en="Nanning Wokan mandarin")
    product = make_product(name_zh="百色芒果", name_en="Baise mango", aliases="桂七芒 杧果")
    index_products(Product.objects.all())
    return product


@pytest.mark.parametrize(
    "typed",
    [
        "芒果",
        "mangguo",
        "mg",
        "mango",
        "mangoes",
        "MANG",
        "百色芒果",
        "bsmg",
        "桂七",
        "芒",
        "百色 mango",
    ],
)
def test_search_finds_mango(mango, typed):
    assert list(search_products(typed, among=Product.objects.all())) == [mango]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "🥭🥭",
        "'; DROP TABLE products_product; --",
        "& | ! ( )",
        "\x00",
        "%%%",
        "a:*b\\'",
        "柚子",
        "zzz",
    ],
)
def test_search_survives_anything(mango, typed):
    assert list(search_products(typed, among=Product.objects.all())) == []


def test_search_of_a_thousand_words_is_bounded(mango):
    assert len(query_words("芒果 mango " * 1000)) <= 12
    assert len(query_literal(query_words("芒果柚子荔枝龙眼" * 1000))) < 200
    assert list(search_products("芒果 " * 1000, among=Product.objects.all())) == [mango]


def test_names_rank_before_places():
    by_place = make_product(name_zh="核桃", name_en="Walnut")
    by_name = make_product(name_zh="凤山蜂蜜", name_en="Honey")
    index_products(Product.objects.all())
    assert list(search_products("凤山", among=Product.objects.all())) == [by_name, by_place]


def test_suggestions_take_any_word(mango):
    assert list(search_products("芒果 柚子", among=Product.objects.all())) == []
    assert list(suggest_products("芒果 柚子", among=Product.objects.all())) == [mango]


def test_index_words_of_mixed_text():
    words = index_words("Rong'an 金桔")
    assert {"rongan", "金桔", "金", "jinju", "jj", "ju"} <= words
    assert not any("'" in word for word in words)
