"""Pages about officials."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from officials.models import Assistant, Official
from tests.factories import make_assistant, make_county, make_official, make_prefecture, make_user
from tests.livecommerce.accounts.people import give_factor

pytestmark = pytest.mark.django_db


def picture(name="me.png", size=(800, 600)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def application(**changes):
    values = {
        "name_zh": "韦稻香",
        "region": make_county().code,
        "post_zh": "副县长",
        "intro_zh": "常年跑乡镇。",
    }
    return values | changes


@pytest.mark.parametrize("number", [1, 30])
def test_directory_takes_two_queries(client, number, django_assert_num_queries):
    make_prefecture("450100")
    for _ in range(number):
        make_official()
    with django_assert_num_queries(2):
        page = client.get(reverse("officials:directory"))
    assert page.content.decode().count("韦稻香") == number


def test_official_page_shows_the_verified(client):
    official = make_official(slug="wei")
    page = client.get(reverse("officials:official", args=["wei"]))
    assert official.catchphrase in page.content.decode()


@pytest.mark.parametrize("state", ["applied", "suspended"])
def test_official_page_hides_the_others(client, state):
    make_official(slug="wei", verified=False, state=state)
    assert client.get(reverse("officials:official", args=["wei"])).status_code == 404


def test_applying_asks_to_sign_in(client):
    assert client.get(reverse("officials:apply")).status_code == 302


def test_applying_with_a_portrait_stores_it_re_encoded(client):
    user = make_user()
    client.force_login(user)
    answer = client.post(reverse("officials:apply"), application(portrait=picture()))
    assert answer.status_code == 302
    official = Official.objects.get(user=user)
    with official.portrait.open() as file, Image.open(file) as image:
        assert (image.format, image.size) == ("WEBP", (640, 480))
    assert "me" not in official.portrait.name


def test_applying_with_a_wrong_picture_says_so_beside_it(client):
    client.force_login(make_user())
    fake = SimpleUploadedFile("me.png", b"<svg onload=alert(1)>", "image/png")
    answer = client.post(reverse("officials:apply"), application(portrait=fake))
    assert answer.status_code == 415
    assert answer.context["form"].errors["portrait"]
    assert not Official.objects.exists()


def test_applying_with_nothing_says_what_is_missing(client):
    client.force_login(make_user())
    answer = client.post(reverse("officials:apply"), {})
    assert answer.status_code == 422
    assert {"name_zh", "region", "post_zh", "intro_zh"} <= set(answer.context["form"].errors)


@pytest.mark.parametrize("state", ["applied", "suspended", "verified"])
def test_an_applicant_sees_where_it_stands(client, state):
    official = make_official(
        verified=state == "verified", **({} if state == "verified" else {"state": state})
    )
    client.force_login(official.user)
    assert client.get(reverse("officials:apply")).status_code == 200


def test_naming_and_removing_an_assistant(client):
    official, person = make_official(), make_user("helper@example.com")
    client.force_login(give_factor(official.user))
    url = reverse("officials:assistants")
    assert client.post(url, {"email": person.email}).status_code == 302
    assistant = Assistant.objects.get()
    assert person.email in client.get(url).content.decode()
    client.post(reverse("officials:drop_assistant", args=[assistant.pk]))
    assert not Assistant.objects.exists()


def test_naming_nobody_says_so(client):
    client.force_login(give_factor(make_official().user))
    answer = client.post(reverse("officials:assistants"), {"email": "nobody@example.com"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]


def test_another_officials_assistant_is_not_found(client):
    assistant = make_assistant(make_official())
    client.force_login(give_factor(make_official().user))
    url = reverse("officials:drop_assistant", args=[assistant.pk])
    assert client.post(url).status_code == 404
    assert Assistant.objects.exists()


def test_assistants_page_is_for_verified_officials(client):
    client.force_login(make_user())
    assert client.get(reverse("officials:assistants")).status_code == 404
