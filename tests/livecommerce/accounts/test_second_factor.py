"""Hosts and staff sign in with two factors."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, TestCase

from tests.factories import PASSWORD
from tests.livecommerce.accounts.people import code_of, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


def give_password(client, user, **data):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, **data})


@pytest.mark.parametrize("path", ["/admin/", "/host/"])
def test_guarded_pages_lead_to_the_set_up_and_back(client, path):
    user = person(is_staff=True)
    give_password(client, user)
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/totp/activate/")
    page = client.get(answer.url, follow=True)
    if page.redirect_chain:  # the password once more
        page = client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    assert f'href="{path}"' in done.content.decode()
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    assert client.get(path).status_code != 302 or "2fa" not in client.get(path).url


def test_the_first_factor_ends_sessions_opened_with_a_password_alone(client):
    """Whoever stole the password before would otherwise be past the second factor for good."""
    user = person(is_staff=True)
    thief = Client()
    give_password(thief, user)
    give_password(client, user)
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    page = client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    with TestCase.captureOnCommitCallbacks(execute=True):
        code = code_of(page.context["form"].secret)
        client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert thief.get("/admin/").url == "/admin/login/?next=/admin/"
    assert thief.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_second_factor_is_asked_at_sign_in(client):
    user = person(second_factor=True, is_staff=True)
    answer = give_password(client, user)
    assert answer.url == "/accounts/2fa/authenticate/"
    assert client.get("/me/").status_code == 302
    wrong = client.post(answer.url, {"code": "000000"})
    assert "验证码不对" in wrong.content.decode()
    assert client.post(answer.url, {"code": code_of()}).status_code == 302
    assert client.get("/me/").status_code == 200


def test_recovery_code_works_once(client):
    user = person(second_factor=True)
    row = Authenticator.objects.get(user=user, type="recovery_codes")
    code = row.wrap().get_unused_codes()[0]
    give_password(client, user)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.get("/me/").status_code == 200
    client.logout()
    give_password(client, user)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200


def test_admin_has_no_sign_in_of_its_own(client):
    """Its form asks for a password only, which would pass by the second factor."""
    user = person(second_factor=True, is_staff=True, is_superuser=True)
    answer = client.post(
        "/admin/login/?next=/admin/", {"username": user.email, "password": PASSWORD}
    )
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/admin/")
    assert "_auth_user_id" not in client.session


def test_viewer_at_the_admins_door_is_told_so(client):
    client.force_login(person(second_factor=True))
    assert client.get("/admin/", follow=True).status_code == 403


def test_viewers_need_no_second_factor(client):
    client.force_login(person())
    assert client.get("/me/").status_code == 200


def test_demo_shows_the_code_only_in_the_demo(client, settings):
    user = person(second_factor=True, email="official@demo.livecommerce.example")
    give_password(client, user)
    assert code_of() not in client.get("/accounts/2fa/authenticate/").content.decode()
    settings.DEMO = True
    page = client.get("/accounts/2fa/authenticate/").content.decode()
    assert "演示环境" in page
    assert '<b class="digits">' in page


def test_demo_shows_no_code_of_other_accounts(client, settings):
    settings.DEMO = True
    give_password(client, person(second_factor=True))
    assert "演示环境" not in client.get("/accounts/2fa/authenticate/").content.decode()
