"""One's own data: the copy, the way out, and that nothing is forgotten."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from livecommerce import audit
from livecommerce.accounts import closing, copies, holdings
from livecommerce.accounts.holdings import Fate
from livecommerce.accounts.models import ClosingRequest, DataCopy, User
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification, PushSubscription
from orders.models import Order
from streams.models import ChatMessage, Follow
from tests.factories import (
    make_address,
    make_curator,
    make_official,
    make_producer,
    make_product,
    make_user,
)
from tests.livecommerce.accounts.people import person
from tests.orders.farms import make_goods, make_paid_order
from tests.streams.shows import make_show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
OWN_APPS = ("accounts", "audit", "notifications", "officials", "products", "streams", "orders")
URL = "/me/data/"


def relations_to_people():
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in OWN_APPS
        for field in model._meta.local_concrete_fields
        if field.related_model is User
    }


def test_every_relation_to_a_person_has_a_fate():
    """Who adds one says in the app's `personal.py` what becomes of it when the person leaves."""
    told = [one.path for one in holdings.holdings()]
    assert relations_to_people() == set(told)
    assert len(told) == len(set(told))


def test_fates_are_possible():
    for one in holdings.holdings():
        field = one.model._meta.get_field(one.field)
        assert one.fate != Fate.UNLINKED or field.null, one.path
        for name in one.told:
            one.model._meta.get_field(name.partition("__")[0])


@pytest.fixture
def buyer():
    """Somebody who has done a little of everything, and whose order is over."""
    user = person(email="lan@example.com", display_name="蓝小满")
    make_address(user)
    order = make_paid_order((make_product(), 1), buyer=user, state="completed")
    show = make_show(state="ended")
    for number, visibility in enumerate(("shown", "private")):
        ChatMessage.objects.create(
            broadcast=show, user=user, key=f"k{number}", text=f"我要{number}", visibility=visibility
        )
    Follow.objects.create(user=user, official=show.host)
    PushSubscription.objects.create(
        user=user, endpoint="https://push.example/1", endpoint_hash="h", p256dh="p", auth="a"
    )
    assert order.address["phone"] == "13800138000"
    return user


def files_of(content):
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_a_copy_holds_what_we_know_and_nobody_elses(buyer):
    make_paid_order((make_product(), 2), buyer=make_user())
    files = files_of(copies.zip_of(buyer))
    assert json.loads(files["account.json"])[0]["email"] == "lan@example.com"
    [order] = json.loads(files["orders-order.json"])
    assert order["address"]["recipient"] == "覃小满"
    assert len(json.loads(files["orders-goods.json"])) == 1
    assert [row["text"] for row in json.loads(files["streams-chatmessage.json"])] == [
        "我要0",
        "我要1",
    ]
    assert "accounts-address.json" in files
    assert "p256dh" not in files["notifications-pushsubscription.json"]
    assert "README.txt" in files


def test_a_copy_is_asked_for_made_told_and_taken(client, buyer):
    client.force_login(buyer)
    assert client.post(reverse("accounts:ask_for_copy")).url == URL
    assert client.post(reverse("accounts:ask_for_copy")).status_code == 409
    assert copies.make_due() == 1
    assert copies.make_due() == 0
    [told] = Notification.objects.filter(user=buyer)
    assert told.url == URL
    row = DataCopy.objects.get()
    take = reverse("accounts:take_copy", args=[row.pk])
    assert f'href="{take}"' in client.get(URL).content.decode()
    answer = client.get(take)
    assert answer["Content-Type"] == "application/zip"
    assert "account.json" in files_of(answer.content)
    assert client.post(reverse("accounts:ask_for_copy")).status_code == 429


def test_a_copy_is_taken_by_its_owner_alone_for_a_week_and_after_a_proof(client, buyer):
    copies.ask_for_copy(user=buyer)
    copies.make_due()
    take = reverse("accounts:take_copy", args=[DataCopy.objects.get().pk])
    client.force_login(make_user())
    assert client.get(take).status_code == 404
    client.force_login(buyer)
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        assert client.get(take).url.startswith("/accounts/reauthenticate/")
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        client.force_login(buyer)
        assert client.get(take).status_code == 404


def test_an_account_with_an_open_order_is_not_closed_and_says_why(client, buyer):
    farm = make_producer()
    make_paid_order((make_goods(farm), 1), buyer=buyer, state="shipped")
    client.force_login(buyer)
    assert "有订单还没完成" in client.get(URL).content.decode()
    answer = client.post(reverse("accounts:close_account"), {"understood": "on"})
    assert answer.status_code == 409
    assert not ClosingRequest.objects.exists()


@pytest.mark.parametrize("role", ["official", "curator", "farm"])
def test_who_still_holds_a_role_is_told_to_hand_it_over(role):
    user = make_user()
    if role == "official":
        make_official(user=user)
    elif role == "curator":
        user = make_curator()
    else:
        make_producer(user=user)
    with pytest.raises(DomainError, match="account_in_use"):
        closing.ask_to_close(user=user)


def test_there_is_a_way_back(client, buyer):
    client.force_login(buyer)
    assert client.post(reverse("accounts:close_account")).status_code == 422
    client.post(reverse("accounts:close_account"), {"understood": "on"})
    asked = ClosingRequest.objects.get()
    assert asked.due_at - asked.asked_at == pytest.approx(
        timedelta(days=15), abs=timedelta(seconds=5)
    )
    assert closing.close_due() == 0
    client.post(reverse("accounts:stay"))
    assert not ClosingRequest.objects.exists()
    buyer.refresh_from_db()
    assert buyer.is_active


def close(user):
    ClosingRequest.objects.create(user=user, due_at=timezone.now())
    return closing.close_due()


def test_closing_takes_what_is_personal_and_leaves_the_trade(client, buyer):
    client.force_login(buyer)
    assert close(buyer) == 1
    buyer.refresh_from_db()
    assert (buyer.display_name, buyer.is_active, buyer.has_usable_password()) == (
        "···",
        False,
        False,
    )
    assert "lan@" not in buyer.email
    assert not buyer.emailaddress_set.exists()
    assert client.get("/me/").status_code == 302

    order = Order.objects.get()
    assert order.total_fen == 9600
    assert order.address == {
        "recipient": "",
        "phone": "",
        "province": "广西壮族自治区",
        "city": "河池市",
        "county": "凤山县",
        "street": "",
    }
    assert list(ChatMessage.objects.values_list("text", flat=True)) == ["我要0"]
    assert not buyer.addresses.exists()
    assert not Follow.objects.exists()
    assert not PushSubscription.objects.exists()
    assert audit.history(buyer).get().action == "accounts.close"


def test_nothing_of_a_closed_account_names_its_owner(buyer):
    """Every column of every table of ours is looked at."""
    close(buyer)
    found = []
    for model in apps.get_models():
        if model._meta.app_label not in OWN_APPS:
            continue
        for row in model._base_manager.all():
            values = str([getattr(row, field.attname) for field in model._meta.concrete_fields])
            if any(secret in values for secret in ("lan@example.com", "蓝小满", "13800138000")):
                found.append(f"{model._meta.label} {row.pk}")
    assert found == []


def test_whoever_bought_again_meanwhile_waits_and_is_told_once(buyer):
    make_paid_order((make_goods(make_producer()), 1), buyer=buyer)
    assert close(buyer) == 0
    row = ClosingRequest.objects.get()
    assert row.due_at > timezone.now()
    ClosingRequest.objects.update(due_at=timezone.now())
    assert closing.close_due() == 0
    assert Notification.objects.filter(user=buyer).count() == 1
    buyer.refresh_from_db()
    assert buyer.is_active


def test_the_same_address_may_sign_up_anew(buyer):
    close(buyer)
    assert make_user("lan@example.com").pk != buyer.pk
