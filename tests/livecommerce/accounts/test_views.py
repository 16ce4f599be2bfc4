"""One's own pages: the profile, the address book, light and dark."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from livecommerce.accounts.models import Address
from tests.factories import make_address, make_user

pytestmark = pytest.mark.django_db

FORM = {
    "recipient": "韦小山",
    "phone": "13912345678",
    "province": "广东省",
    "city": "广州市",
    "county": "越秀区",
    "street": "木棉街 3 号",
}


@pytest.fixture
def reader(client, clean_cache):
    user = make_user()
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", ["profile", "addresses", "address_add", "divisions"])
def test_visitor_is_sent_to_sign_in(client, name):
    answer = client.get(reverse(f"accounts:{name}"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_profile_changes_name_and_language(client, reader):
    answer = client.post("/me/", {"display_name": "阿山", "language": "en"})
    assert answer.status_code == 302
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    reader.refresh_from_db()
    assert (reader.display_name, reader.language) == ("阿山", "en")
    assert "My account" in client.get("/me/").content.decode()


def test_profile_says_what_is_wrong_and_keeps_the_name(client, reader):
    answer = client.post("/me/", {"display_name": "", "language": "en"})
    assert answer.status_code == 422
    reader.refresh_from_db()
    assert reader.display_name
    assert f"<h1>{reader.display_name}</h1>" in answer.content.decode()


def test_address_is_added_and_leads_back_only_to_ourselves(client, reader):
    answer = client.post("/me/addresses/new/", {**FORM, "next": "/me/"})
    assert (answer.status_code, answer.url) == (302, "/me/")
    answer = client.post("/me/addresses/new/", {**FORM, "next": "https://elsewhere.example/"})
    assert answer.url == "/me/addresses/"
    assert reader.addresses.count() == 2


def test_address_form_shows_the_error_beside_its_field(client, reader):
    answer = client.post("/me/addresses/new/", {**FORM, "phone": "12"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_phone_error"' in page
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in page
    assert not reader.addresses.exists()


def test_address_is_changed_put_first_and_deleted(client, reader):
    one, two = make_address(reader), make_address(reader)
    client.post(f"/me/addresses/{two.pk}/", {**FORM, "street": "新街 1 号"})
    client.post(f"/me/addresses/{two.pk}/first/")
    assert reader.addresses.first().street == "新街 1 号"
    assert client.get(f"/me/addresses/{one.pk}/delete/").status_code == 200
    client.post(f"/me/addresses/{one.pk}/delete/")
    assert list(reader.addresses.all()) == [two]


@pytest.mark.parametrize("action", ["", "delete/", "first/"])
def test_anothers_address_is_not_found(client, reader, action):
    theirs = make_address(make_user())
    before = Address.objects.values().get(pk=theirs.pk)
    assert client.post(f"/me/addresses/{theirs.pk}/{action}", FORM).status_code == 404
    assert Address.objects.values().get(pk=theirs.pk) == before


def test_without_javascript_a_button_shows_the_cities(client, reader):
    answer = client.post("/me/addresses/new/", {**FORM, "city": "", "county": "", "choose": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "广州市" in page
    assert 'value="木棉街 3 号"' in page
    assert not reader.addresses.exists()


def test_divisions_fragment_follows_the_choice(client, reader):
    page = client.get("/me/divisions/", {"province": "海南省", "city": "儋州市"}).content.decode()
    assert '<option value="儋州市" selected>' in page
    assert 'name="county"' not in page


def test_writes_are_limited(client, reader):
    statuses = {client.post("/me/", {"display_name": ""}).status_code for _ in range(40)}
    assert statuses == {422, 429}


def test_theme_is_remembered_and_forgotten(client):
    answer = client.post("/theme/", {"theme": "dark", "next": "/me/"})
    assert (answer.url, answer.cookies["theme"].value) == ("/me/", "dark")
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()
    answer = client.post("/theme/", {"theme": "auto", "next": "//elsewhere.example"})
    assert (answer.url, answer.cookies["theme"].value) == ("/", "")
    assert "data-theme" not in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("count", [1, 20])
def test_address_book_asks_the_same_few_questions(client, reader, count, django_assert_num_queries):
    for _ in range(count):
        make_address(reader)
    with django_assert_num_queries(3):  # person, addresses, unread messages
        client.get("/me/addresses/")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/me/", "private, no-store"),
        ("/me/addresses/", "private, no-store"),
        ("/orders/", "private, no-store"),
        ("/inbox/", "private, no-store"),
        ("/schedule/", "private"),
    ],
)
def test_pages_of_somebody_signed_in_are_kept_by_no_cache(client, path, said):
    client.force_login(make_user())
    assert client.get(path)["Cache-Control"] == said
    assert "private" not in Client().get("/schedule/").get("Cache-Control", "")
