import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from tests.factories import make_county, make_curator, make_prefecture, make_user
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sign_in(client):
    def act(user):
        TOTP.activate(user, generate_totp_secret())
        client.force_login(user)
        return client

    return act


def _change(show):
    return reverse("admin:streams_broadcast_change", args=[show.pk])


def _elsewhere(**fields):
    from tests.factories import make_official

    host = make_official(region=make_county("450123"))
    return make_show(host=host, title_zh="南宁专场", **fields)


def test_curator_sees_own_prefecture_only(sign_in):
    mine, other = make_show(items=1), _elsewhere(items=1)
    client = sign_in(make_curator(make_prefecture("451200")))
    page = client.get(reverse("admin:streams_broadcast_changelist")).content.decode()
    assert mine.title_zh in page
    assert other.title_zh not in page
    assert client.get(_change(mine)).status_code == 200
    assert client.get(_change(other)).status_code == 403


def test_viewer_has_no_back_room(sign_in):
    client = sign_in(make_user())
    assert client.get(reverse("admin:streams_broadcast_changelist")).status_code == 302


def test_curator_calls_off_own_shows_by_the_rules(sign_in):
    planned, live, other = make_show(), make_show(state="live"), _elsewhere()
    client = sign_in(make_curator(make_prefecture("451200")))
    client.post(
        reverse("admin:streams_broadcast_changelist"),
        {
            "action": "cancel_chosen",
            "_selected_action": [planned.pk, live.pk, other.pk],
        },
    )
    states = []
    for show in (planned, live, other):
        show.refresh_from_db()
        states.append(show.state)
    assert states == ["cancelled", "live", "scheduled"]


def test_superuser_opens_every_page_of_the_shows(sign_in):
    show = make_show(items=1)
    client = sign_in(make_user(is_staff=True, is_superuser=True))
    for name in ("broadcast", "roomrole", "chatmessage"):
        assert client.get(reverse(f"admin:streams_{name}_changelist")).status_code == 200
    assert client.get(_change(show)).status_code == 200
