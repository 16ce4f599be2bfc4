"""Signing up and in by allauth, in our words and both languages."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from livecommerce.accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


def code_in(letter):
    return re.search(r"^    (\S+)$", letter.body, re.MULTILINE)[1]


def person(**fields):
    user = make_user(password=PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, user, **headers):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, **headers)


@pytest.mark.parametrize(("name", "shown"), [("阿山", "阿山"), ("", r"观众\d{4}")])
def test_sign_up_confirms_by_code(client, name, shown):
    form = {"email": "new.person@example.com", "password1": PASSWORD, "display_name": name}
    answer = client.post("/accounts/signup/", form)
    assert answer.url == "/accounts/confirm-email/"
    assert "八桂好物" in mail.outbox[0].subject
    page = client.get(answer.url).content.decode()
    assert "new.person@example.com" in page
    client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[0])})
    user = User.objects.get(email="new.person@example.com")
    assert re.fullmatch(shown, user.display_name)  # nothing of the e-mail, which is not public
    assert EmailAddress.objects.get(user=user).verified
    assert client.get("/me/").status_code == 200


def test_letters_speak_the_readers_language(client):
    client.cookies["django_language"] = "en"
    client.post(
        "/accounts/signup/",
        {"email": "e@example.com", "password1": PASSWORD, "display_name": "Em"},
    )
    assert mail.outbox[0].subject == "Confirm your e-mail for Bagui Fair"
    assert "Kind regards from Bagui Fair" in mail.outbox[0].body
    assert User.objects.get(email="e@example.com").language == "en"


def test_password_signs_in_and_a_wrong_one_is_said(client):
    user = person()
    wrong = client.post("/accounts/login/", {"login": user.email, "password": "guess"})
    assert "邮箱或密码不对" in wrong.content.decode()
    assert sign_in(client, user).url == "/"
    assert client.get("/me/").status_code == 200


def test_code_signs_in_without_a_password(client):
    user = person()
    answer = client.post("/accounts/login/code/", {"email": user.email})
    assert answer.url == "/accounts/login/code/confirm/"
    code = code_in(mail.outbox[0])
    assert mail.outbox[0].subject == f"{code} 是你的八桂好物登录验证码"
    assert client.post(answer.url, {"code": code}).status_code == 302
    assert client.get("/me/").status_code == 200


def test_unknown_address_gets_a_letter_and_no_hint(client):
    known = client.post("/accounts/login/code/", {"email": person().email})
    unknown = client.__class__().post("/accounts/login/code/", {"email": "nobody@example.com"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [letter.to for letter in mail.outbox[1:]] == [["nobody@example.com"]]
    assert "还没有" in mail.outbox[1].subject


def test_new_device_speaks_the_persons_language(client):
    user = person(language="en")
    answer = sign_in(client, user)
    assert answer.cookies["django_language"].value == "en"
    client.logout()
    client.cookies["django_language"] = "zh-hans"
    assert "django_language" not in sign_in(client, user).cookies


def test_password_is_reset_by_letter(client):
    user = person()
    client.post("/accounts/password/reset/", {"email": user.email})
    link = re.search(r"https?://\S+", mail.outbox[0].body)[0]
    page = client.get(link, follow=True)
    form_address = page.redirect_chain[-1][0]
    client.post(form_address, {"password1": "a-new-mango-8", "password2": "a-new-mango-8"})
    user.refresh_from_db()
    assert user.check_password("a-new-mango-8")
    assert client.get(link).status_code == 200
    assert "这个链接已失效" in client.get(link, follow=True).content.decode()


def test_signing_out_elsewhere_ends_the_other_session(client):
    user = person()
    other = client.__class__()
    sign_in(other, user)
    sign_in(client, user)
    assert other.get("/me/").status_code == 200
    page = client.get("/accounts/sessions/", follow=True).content.decode()
    assert page.count("<li") >= 2
    client.post("/me/devices/others/end/")
    assert other.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_too_many_guesses_are_stopped(client):
    user = person()
    form = {"login": user.email, "password": "guess"}
    pages = [client.post("/accounts/login/", form).content.decode() for _ in range(12)]
    assert "失败次数太多了" in pages[-1] or "请稍等一下" in pages[-1]


def test_demo_people_are_listed_only_in_the_demo(client, settings):
    assert "third-of-march" not in client.get("/accounts/login/").content.decode()
    settings.DEMO = True
    page = client.get("/accounts/login/").content.decode()
    assert "third-of-march" in page
    assert page.index("viewer@demo") < page.index("admin@demo")
