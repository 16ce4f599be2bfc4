"""Where one is signed in: seen, and ended one by one or all."""

import pytest
from django.test import Client
from django.urls import reverse

from livecommerce.accounts.devices import devices_of
from tests.factories import PASSWORD
from tests.livecommerce.accounts.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0"
URL = "/me/devices/"


def sign_in(user, agent):
    client = Client(headers={"user-agent": agent})
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def owner():
    return person()


def test_devices_are_named_and_this_one_is_marked(owner):
    phone, _desk = sign_in(owner, PHONE), sign_in(owner, DESK)
    known = devices_of(owner, session_key=phone.session.session_key)
    assert [(one.is_this_one, one.is_phone) for one in known] == [(True, True), (False, False)]
    page = phone.get(URL).content.decode()
    assert page.count("badge-good") == 1
    assert page.count("/end/") == 2


def test_one_device_is_signed_out(owner):
    phone, desk = sign_in(owner, PHONE), sign_in(owner, DESK)
    known = devices_of(owner, session_key=desk.session.session_key)
    answer = phone.post(reverse("accounts:device_end", args=[known[0].pk]))
    assert answer.url == URL
    assert desk.get("/me/").status_code == 302
    assert phone.get("/me/").status_code == 200


def test_all_others_are_signed_out(owner):
    phone, desk, third = (sign_in(owner, agent) for agent in (PHONE, DESK, DESK))
    phone.post(reverse("accounts:devices_end_others"))
    assert [one.get("/me/").status_code for one in (phone, desk, third)] == [200, 302, 302]


def test_anothers_device_is_not_found(owner):
    stranger = sign_in(person(), PHONE)
    mine = sign_in(owner, DESK)
    other = devices_of(owner, session_key="")[0]
    assert stranger.post(reverse("accounts:device_end", args=[other.pk])).status_code == 404
    assert mine.get("/me/").status_code == 200


def test_the_device_in_hand_is_signed_out_elsewhere(owner):
    mine = sign_in(owner, DESK)
    this = devices_of(owner, session_key="")[0]
    assert mine.post(reverse("accounts:device_end", args=[this.pk])).status_code == 409


def test_the_old_address_leads_here(owner):
    assert sign_in(owner, PHONE).get("/accounts/sessions/").url == URL
