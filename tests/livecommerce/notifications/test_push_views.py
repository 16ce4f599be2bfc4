"""The page of choices, and a browser that subscribes."""

import pytest
from django.urls import reverse

from livecommerce.notifications import choices, domain
from livecommerce.notifications.models import Choice, PushSubscription, QuietHours
from livecommerce.notifications.push_subscriptions import subscribe
from tests.factories import make_user
from tests.livecommerce.notifications.push_service import Browser

pytestmark = pytest.mark.django_db
PAGE = "/inbox/choices/"


def keys():
    browser = Browser("https://push.example.com")
    return {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth}


def test_a_browser_subscribes_and_leaves(client):
    user, told = make_user(), keys()
    assert client.post("/inbox/push/", told).status_code == 302
    client.force_login(user)
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0"
    assert client.post("/inbox/push/", told, headers={"user-agent": agent}).status_code == 201
    assert PushSubscription.objects.get().browser == "Edge · Windows"
    assert "Edge · Windows" in client.get(PAGE).text
    refused = client.post("/inbox/push/", told | {"endpoint": "https://127.0.0.1/x"})
    assert (refused.status_code, refused.json()["code"]) == (422, "push_address")
    assert client.get("/inbox/push/").status_code == 405
    client.post("/inbox/push/off", {"endpoint": told["endpoint"]})
    assert not PushSubscription.objects.exists()


def test_nobody_removes_anothers_browser(client):
    row = subscribe(user=make_user(), **keys())
    client.force_login(make_user())
    assert client.post(f"/inbox/push/{row.pk}/forget").status_code == 404
    client.post("/inbox/push/off", {"endpoint": row.endpoint})
    assert PushSubscription.objects.filter(pk=row.pk).exists()
    client.force_login(row.user)
    assert client.post(f"/inbox/push/{row.pk}/forget").status_code == 302
    assert not PushSubscription.objects.exists()


def test_what_was_chosen_is_kept_and_some_things_always_stay(client):
    user = make_user()
    client.force_login(user)
    page = client.get(PAGE)
    boxes = [name for name in page.context["form"].fields if "-" in name]
    assert "host_live-inbox" in boxes
    assert "order_paid-inbox" not in boxes
    wanted = {name: "on" for name in boxes if name not in ("host_live-inbox", "order_paid-email")}
    posted = wanted | {"begins": "23:00", "ends": "07:00", "order_paid-inbox": ""}
    assert client.post(PAGE, posted).status_code == 302
    told = choices.choices_of(user)
    assert [pair for pair, is_on in told.items() if not is_on] == [
        ("host_live", "inbox"),
        ("order_paid", "email"),
    ]
    assert QuietHours.objects.get().begins.hour == 23
    client.post(PAGE, wanted)
    assert not QuietHours.objects.exists()
    assert Choice.objects.filter(user=user, is_on=False).count() == 2


@pytest.mark.parametrize("hours", [{"begins": "23:00"}, {"begins": "7:00", "ends": "7:00"}])
def test_half_of_the_quiet_is_refused_beside_its_field(client, hours):
    client.force_login(make_user())
    answer = client.post(PAGE, hours)
    assert answer.status_code == 422
    assert "ends" in answer.context["form"].errors
    assert client.post(PAGE, {"begins": "25:00", "ends": "x"}).status_code == 422


def test_the_inbox_leaves_out_what_was_switched_off(client):
    user = make_user()
    for kind in ("host_live", "order_paid"):
        domain.notify(user=user, kind=kind, key=kind, title=f"title {kind}", body="")
    choices.choose(
        user=user, wanted={("host_live", "inbox"): False, ("order_paid", "inbox"): False}
    )
    client.force_login(user)
    page = client.get(reverse("notifications:inbox")).text
    assert "title order_paid" in page
    assert "title host_live" not in page


def test_the_page_asks_as_often_for_one_browser_as_for_ten(client, django_assert_num_queries):
    user = make_user()
    client.force_login(user)
    for number in (1, 9):
        for _ in range(number):
            subscribe(user=user, **keys())
        client.get(PAGE)
        with django_assert_num_queries(6):
            client.get(PAGE)


def test_the_service_worker_is_served_under_a_name_that_stays(client):
    answer = client.get("/inbox/push-worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert "showNotification" in answer.text
    assert client.get(PAGE).status_code == 302
