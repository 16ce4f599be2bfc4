"""The console's draws and polls: who may press what, and what the page says."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from streams.models import Draw, Poll, RoomRole
from tests.factories import make_assistant, make_user
from tests.streams.draws import enter, finish, make_draw, open_now
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}
DRAW = {
    "key": "k",
    "prize_zh": "凤山核桃一箱",
    "value": "99.00",
    "places": "2",
    "minutes": "3",
    "min_minutes": "0",
    "if_unclaimed": "next",
}
POLL = {
    "key": "k",
    "question": "先讲哪个？",
    "minutes": "2",
    "choice_1": "核桃",
    "choice_2": "茶油",
}


@pytest.fixture
def sign_in(client):
    def act(user):
        TOTP.activate(user, generate_totp_secret())
        client.force_login(user)
        return client

    return act


def test_a_draw_is_prepared_and_opened_from_the_console(sign_in):
    show = make_show(state="live")
    client = sign_in(show.host.user)
    base = f"/host/{show.public_id}/draws/"
    page = client.get(f"/host/{show.public_id}/").text
    assert 'id="draw-new" data-key-act="draw"' in page
    form = client.get(f"{base}new/", headers=HTMX).text
    assert "<html" not in form
    done = client.post(f"{base}new/", DRAW, headers=HTMX)
    assert done.headers["HX-Trigger-After-Settle"] == "draw-desk-look"
    draw = Draw.objects.get()
    assert (draw.prize_fen, draw.places, draw.entry_seconds) == (9900, 2, 180)
    panel = client.get(base).text
    assert re.search(rf'id="draw-open-{draw.public_id}"[^>]*data-key-act="draw"', panel)
    answer = client.post(f"{base}{draw.public_id}/open", headers=HTMX)
    assert "flash-open-clock" in answer.text
    draw.refresh_from_db()
    assert draw.state == "open"
    refused = client.post(f"{base}{draw.public_id}/withdraw", headers=HTMX)
    assert refused.status_code == 409
    assert client.post(f"{base}new/", DRAW | {"key": "l"}).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": "50000.01"}, "value"),
        ({"value": "0"}, "value"),
        ({"places": "51"}, "places"),
        ({"minutes": "4"}, "minutes"),
        ({"prize_zh": ""}, "prize_zh"),
        ({"passphrase": "加微信 abc12345"}, "passphrase"),
        ({"min_minutes": "61"}, "min_minutes"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(sign_in, wrong, field):
    show = make_show(state="live")
    answer = sign_in(show.host.user).post(f"/host/{show.public_id}/draws/new/", DRAW | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Draw.objects.exists()


def test_a_poll_is_asked_closed_and_taken_down_from_the_console(sign_in):
    show = make_show(state="live")
    client = sign_in(show.host.user)
    base = f"/host/{show.public_id}/polls/"
    assert client.post(f"{base}new/", POLL | {"choice_2": ""}).status_code == 422
    same = client.post(
        f"{base}new/", POLL | {"choice_2": "核桃"}, headers={"accept-language": "en"}
    )
    assert "Two answers are the same." in same.text
    assert client.post(f"{base}new/", POLL, headers=HTMX).status_code == 200
    poll = Poll.objects.get()
    assert poll.choices == ["核桃", "茶油"]
    early = client.post(f"{base}{poll.public_id}/unpin", headers=HTMX)
    assert early.status_code == 409
    assert 'id="poll-unpin"' in client.post(f"{base}{poll.public_id}/close", headers=HTMX).text
    client.post(f"{base}{poll.public_id}/unpin", headers=HTMX)
    poll.refresh_from_db()
    assert (poll.state, poll.is_pinned) == ("closed", False)


def test_only_who_has_the_draws_gets_there(sign_in):
    show = make_show(state="live")
    draw = make_draw(show)
    viewer, pins, drawer = make_user(), make_user(), make_user()
    RoomRole.objects.create(broadcast=show, user=pins, role="pins")
    RoomRole.objects.create(broadcast=show, user=drawer, role="draws")
    expected = {
        viewer: 404,
        pins: 403,
        drawer: 200,
        make_assistant(show.host).user: 200,
        make_show(state="live").host.user: 404,
    }
    for user, status in expected.items():
        client = sign_in(user)
        for address in ("draws/", "draws/new/", "polls/new/"):
            assert client.get(f"/host/{show.public_id}/{address}").status_code == status
        if status != 200:
            for deed in ("open", "withdraw"):
                address = f"/host/{show.public_id}/draws/{draw.public_id}/{deed}"
                assert client.post(address, headers=HTMX).status_code == status


def test_a_draw_of_another_show_is_not_found_under_this_one(sign_in):
    show, other = make_show(state="live"), make_draw()
    client = sign_in(show.host.user)
    address = f"/host/{show.public_id}/draws/{other.public_id}/open"
    assert client.post(address, headers=HTMX).status_code == 404


@pytest.mark.parametrize("number", [1, 8])
def test_the_panel_asks_as_often_for_one_as_for_many(sign_in, django_assert_num_queries, number):
    show = make_show(state="live")
    for _ in range(number):
        draw = open_now(make_draw(show, places=3))
        for _ in range(3):
            enter(draw)
        finish(draw)
    client = sign_in(show.host.user)
    address = f"/host/{show.public_id}/draws/"
    client.get(address)
    with django_assert_num_queries(6):
        client.get(address)
