"""One show from plan to end, as its people meet it over HTTP."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from livecommerce.notifications.models import Notification
from streams.domain import follows
from streams.models import Broadcast
from tests.factories import make_curator, make_deal, make_official, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"Accept": "application/json"}


def _signed_in(user, *, second_factor=False):
    client = Client()
    if second_factor:
        TOTP.activate(user, generate_totp_secret())
    client.force_login(user)
    return client


def _approve(show, official):
    """The official declares and proposes, a curator approves: then it may go live."""
    page, producer = f"/host/{show.public_id}/approval/", show.shelf.get().product.producer_id
    refused = official.post(f"/host/{show.public_id}/go-live", headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "show_not_approved")
    curator = _signed_in(make_curator(), second_factor=True)
    official.post(page, {"deed": "declare", f"related-{producer}": "no"})
    assert official.post(page, {"deed": "propose"}).status_code == 302
    decision = curator.get(f"/curate/shows/{show.public_id}/")
    asked = {"deed": "approve", "seen": decision.context["seen"]}
    answer = curator.post(f"/curate/shows/{show.public_id}/", asked)
    assert answer.status_code == 302, answer.content.decode()


def test_an_evening():
    host = make_official()
    deal = make_deal(make_product(county=host.region), ends_at=timezone.now() + timedelta(days=9))
    official = _signed_in(host.user, second_factor=True)
    fan, passer_by = _signed_in(make_user()), Client()

    at = timezone.localtime() + timedelta(minutes=9)
    plan = {
        "title_zh": "核桃之夜",
        "scheduled_at": at.strftime("%Y-%m-%dT%H:%M"),
        "planned_minutes": "60",
        "products": [deal.product_id],
    }
    assert official.post("/host/new/", plan).status_code == 302
    show = Broadcast.objects.get(title_zh="核桃之夜")
    assert show.shelf.get().deal == deal, "planned with the deal that will be on"

    assert "核桃之夜" in passer_by.get("/").content.decode()
    assert "核桃之夜" in passer_by.get("/schedule/").content.decode()
    fan.post(f"/rooms/{show.public_id}/remind")
    fan.post(f"/rooms/{show.public_id}/follow")
    assert follows.send_due_reminders() == 1

    _approve(show, official)
    assert official.post(f"/host/{show.public_id}/go-live", headers=JSON).status_code == 204
    item = show.shelf.get()
    official.post(f"/host/{show.public_id}/pin", {"item": item.pk}, headers=JSON)
    assert follows.tell_followers() == 1
    room = passer_by.get(f"/rooms/{show.public_id}/").content.decode()
    assert deal.product.name_zh in room
    state = passer_by.get(f"/rooms/{show.public_id}/snapshot").json()
    assert [pin["item"] for pin in state["pins"]["open"]] == [item.pk]

    assert official.post(f"/host/{show.public_id}/end", headers=JSON).status_code == 204
    after = passer_by.get(f"/rooms/{show.public_id}/snapshot").json()
    assert (after["show"]["state"], after["pins"]["open"]) == ("ended", [])
    assert passer_by.get(f"/rooms/{show.public_id}/playback").status_code == 410
    kinds = Notification.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["show_reminder", "approval", "approval", "host_live"]
