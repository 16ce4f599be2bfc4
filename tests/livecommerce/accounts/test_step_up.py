"""Asking again: before payouts, approvals and going live, and never on the air."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from livecommerce.accounts import role_holders
from livecommerce.accounts.middleware import needs_second_factor
from orders.models import PayoutBatch
from orders.models.payouts import Method
from streams.models import RoomRole
from tests.factories import (
    PASSWORD,
    make_assistant,
    make_curator,
    make_deal,
    make_official,
    make_prefecture,
    make_user,
)
from tests.livecommerce.accounts.people import code_of, give_factor, person
from tests.streams.shows import make_show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


@pytest.fixture
def later():
    """Moves the clock; sessions and codes follow it."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        yield lambda **span: clock.shift(timedelta(**span))


@pytest.fixture
def boss(client):
    user = person(second_factor=True, is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def batch():
    return PayoutBatch.objects.create(
        number="PAY-1", method=Method.BANK, made_by=make_user(is_staff=True)
    )


def approve(client, batch):
    return client.post(reverse("orders:payout_approve", args=[batch.number]))


def test_a_fresh_sign_in_approves_at_once(client, boss, batch):
    assert approve(client, batch).url == reverse("orders:payout_batch", args=["PAY-1"])
    batch.refresh_from_db()
    assert batch.state == "approved"


def test_after_ten_minutes_the_code_is_asked_and_then_the_approval_goes_on(
    client, boss, batch, later
):
    later(minutes=11)
    asked = approve(client, batch)
    assert asked.url.startswith("/accounts/2fa/reauthenticate/")
    batch.refresh_from_db()
    assert batch.state == "draft"

    done = client.post(
        asked.url, {"code": code_of(), "next": "/admin/money/payouts/PAY-1/approve/"}
    )

    assert done.status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.approved_by_id) == ("approved", boss.pk)


def test_a_password_is_not_enough_for_who_has_a_second_factor(client, boss, batch, later):
    later(minutes=11)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert approve(client, batch).url.startswith("/accounts/2fa/reauthenticate/")
    batch.refresh_from_db()
    assert batch.state == "draft"


def test_scripts_are_told_in_words_and_htmx_is_led_there(client, boss, batch, later):
    later(minutes=11)
    url = reverse("orders:payout_approve", args=["PAY-1"])
    told = client.post(url, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (403, "step_up")
    led = client.post(
        url, headers={"hx-request": "true", "hx-current-url": "http://testserver/admin/money/"}
    )
    assert led["HX-Redirect"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Fmoney%2F"


def test_approving_in_the_back_room_asks_too(client, boss, later):
    deal = make_deal(state="submitted")
    later(minutes=11)
    url = reverse("admin:products_deal_changelist")
    asked = client.post(url, {"action": "approve_chosen", "_selected_action": [deal.pk]})
    assert asked.url.startswith("/accounts/2fa/reauthenticate/")
    other = reverse("admin:products_deal_change", args=[deal.pk])
    asked = client.post(other, {"products_deal_save_and_approve": "1"})
    assert asked.url.startswith("/accounts/2fa/reauthenticate/")
    deal.refresh_from_db()
    assert deal.state == "submitted"


@pytest.fixture
def host(client):
    official = make_official()
    give_factor(official.user)
    client.force_login(official.user)
    return official


def test_the_console_asks_before_the_show(client, host, later):
    show = make_show(host=host)
    url = reverse("streams:console", args=[show.public_id])
    later(hours=11)
    assert client.get(url).status_code == 200
    later(hours=2)
    assert client.get(url).url.startswith("/accounts/2fa/reauthenticate/?next=")


def test_whoever_has_the_console_open_goes_live_at_one_press(client, host, later):
    show = make_show(host=host)
    later(hours=20)
    answer = client.post(
        reverse("streams:go_live", args=[show.public_id]), headers={"accept": "application/json"}
    )
    assert answer.status_code == 204


def test_a_day_old_sign_in_does_not_go_live(client, host, later):
    show = make_show(host=host)
    later(hours=25)
    answer = client.post(
        reverse("streams:go_live", args=[show.public_id]), headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up")
    show.refresh_from_db()
    assert show.state == "scheduled"


def test_on_the_air_nobody_is_asked(client, host, later):
    show = make_show(host=host, state="live")
    later(hours=30)
    assert client.get(reverse("streams:console", args=[show.public_id])).status_code == 200
    end = reverse("streams:end_show", args=[show.public_id])
    assert client.post(end, headers={"accept": "application/json"}).status_code == 204


def test_who_holds_a_role_is_known_whatever_it_is():
    official = make_official()
    moderator, viewer = make_user(), make_user()
    RoomRole.objects.create(user=moderator, role=RoomRole.Role.MODERATOR)
    holders = [
        official.user,
        make_assistant(official).user,
        make_curator(make_prefecture()),
        moderator,
        make_user(is_staff=True),
    ]
    assert all(role_holders.holds_a_role(one) for one in holders)
    assert not role_holders.holds_a_role(viewer)


@pytest.mark.parametrize(
    ("path", "of_anyone"),
    [
        ("/admin/", True),
        ("/curate/", True),
        ("/host/x/", True),
        ("/reports/", True),
        ("/officials/assistants/", False),
        ("/rooms/x/moderation/", False),
        ("/rooms/x/moderation/lines/5/hide", False),
        ("/rooms/x/questions/5/answer", False),
        ("/producer/5/", False),
    ],
)
def test_pages_of_a_role_ask_those_who_hold_one(path, of_anyone):
    assert needs_second_factor(path, make_user(is_staff=True))
    assert needs_second_factor(path, make_user()) == of_anyone


@pytest.mark.parametrize("path", ["/rooms/x/", "/rooms/x/questions/5/vote", "/orders/", "/me/"])
def test_pages_of_the_public_ask_nobody(path):
    assert not needs_second_factor(path, make_user(is_staff=True))


def test_an_assistant_without_a_factor_moderates_only_after_the_set_up(client):
    show = make_show(state="live")
    assistant = make_assistant(show.host).user
    client.force_login(assistant)
    url = reverse("streams:moderation", args=[show.public_id])
    assert client.get(url).url == "/accounts/2fa/totp/activate/"
    give_factor(assistant)
    assert client.get(url).status_code == 200


def test_the_profile_says_who_still_needs_one(client):
    user = make_curator(make_prefecture())
    client.force_login(user)
    assert 'href="/accounts/2fa/"' in client.get("/me/").content.decode()
    words = "两步"
    assert words in client.get("/me/").content.decode()


def test_clock_of_the_tests_is_that_of_the_code(later):
    before = time.time()
    later(hours=1)
    assert time.time() - before >= 3600
