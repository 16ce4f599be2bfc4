"""The search pages: they always answer, suggest while one types, and take wishes."""

import pytest
from django.urls import reverse

from products.models import SearchMiss
from tests.factories import make_county, make_curator, make_prefecture, make_product, make_user
from tests.products.test_admin import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?q=%F0%9F%A5%AD",
        "?q=" + "%26%7C!()" * 20,
        "?q=" + "a%20" * 1000,
        "?page=zz&sort=x&season=99",
        "?q=%00",
    ],
)
def test_search_always_answers(client, query):
    make_product()

    assert client.get(reverse("products:search") + query).status_code == 200


def test_search_tells_how_many_and_what_was_meant(client):
    make_product(name_zh="百色芒果", name_en="Baise mango")

    assert "1 件" in text_of(client.get("/search/?q=芒果"))
    assert "mangguo" in text_of(client.get("/search/?q=忙果"))
    assert not SearchMiss.objects.exists()


def test_a_miss_is_noted_and_a_wish_counted(client):
    answer = client.get("/search/?q=榴莲")
    client.post(reverse("products:wish"), {"q": "榴莲"})

    row = SearchMiss.objects.get()
    assert "想在这里买" in text_of(answer)
    assert (row.text, row.searches, row.wishes) == ("榴莲", 1, 1)


def test_a_miss_because_of_a_choice_is_no_miss(client):
    client.get("/search/?q=榴莲&prefecture=450100")

    assert not SearchMiss.objects.exists()


def test_list_of_any_length_takes_the_same_queries(client, django_assert_num_queries):
    make_product(name_zh="核桃")
    client.get("/search/?q=核桃")
    with django_assert_num_queries(12):
        client.get("/search/?q=核桃")
    for _ in range(29):
        make_product(name_zh="核桃")
    with django_assert_num_queries(12):
        client.get("/search/?q=核桃")


def test_suggestions_are_places_kinds_and_names(client):
    make_prefecture()
    product = make_product(name_zh="河池核桃", name_en="Hechi walnut")
    make_product(name_zh="河池核桃", name_en="Hechi walnut")

    found = text_of(client.get(reverse("products:suggestions"), {"q": "hech"}))
    assert found.count('role="option"') == 2  # one of each name
    assert "/p/451200/" in found
    assert f"/products/{product.sku}/" in found
    assert client.get(reverse("products:suggestions"), {"q": "h"}).content.strip() == b""


def test_suggestions_escape_what_goods_are_called(client):
    make_product(name_zh="<b>核桃</b>", name_en="")

    assert "<b>" not in text_of(client.get(reverse("products:suggestions"), {"q": "核桃"}))


def test_staff_search_finds_all_states_of_ones_own_places(client):
    own = make_product(state="draft", name_zh="凤山核桃")
    foreign = make_product(county=make_county("450126"), name_zh="宾阳核桃")
    sign_in(client, make_curator(own.prefecture))

    shown = text_of(client.get(reverse("products:staff_search"), {"q": "核桃"}))
    assert own.sku in shown
    assert foreign.sku not in shown
    asked = {"q": "核桃", "state": "listed", "prefecture": "450100"}
    assert foreign.sku not in text_of(client.get(reverse("products:staff_search"), asked))


def test_staff_search_is_for_staff(client):
    url = reverse("products:staff_search")
    assert client.get(url).status_code == 302
    sign_in(client, make_user())
    assert client.get(url).status_code == 403
    sign_in(client, make_user(is_staff=True, is_superuser=True))
    assert client.get(url).status_code == 200
