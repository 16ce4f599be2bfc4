"""Festivals' walls in the back room: who may look, and a new key."""

import pytest
from django.urls import reverse

from orders.models import FestivalScreen
from tests.factories import make_curator, make_festival, make_user
from tests.orders.test_admin import sign_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:orders_festivalscreen_changelist")
ADD = reverse("admin:orders_festivalscreen_add")
NEW_KEYS = {"action": "give_new_keys"}


def test_boss_closes_a_wall_and_gives_another_key(client):
    sign_in(client, make_user(is_staff=True, is_superuser=True))
    festival = make_festival()
    assert client.get(ADD).status_code == 200
    answer = client.post(ADD, {"festival": festival.pk, "access": "key"})
    assert answer.status_code == 302
    screen = FestivalScreen.objects.get(festival=festival)
    address = f"/screen/{festival.slug}/?key={screen.key}"
    assert address in client.get(LIST).content.decode()
    client.post(LIST, NEW_KEYS | {"_selected_action": screen.pk})
    assert FestivalScreen.objects.get().key != screen.key
    assert client.get(address).status_code == 200  # staff may always look
    client.logout()
    assert client.get(address).status_code == 404


def test_a_curator_looks_and_changes_nothing(client):
    sign_in(client, make_curator())
    screen = FestivalScreen.objects.create(festival=make_festival())
    assert client.get(LIST).status_code == 200
    client.post(LIST, NEW_KEYS | {"_selected_action": screen.pk})
    assert client.get(ADD).status_code == 403
    assert FestivalScreen.objects.get().key == screen.key
