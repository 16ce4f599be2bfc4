"""Where a visitor begins on the ladder, and the board in words."""

import pytest

from streams.domain import pins
from streams.views.board import COSTS_MB
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return make_show(state="live", items=3, deal=True)


def room(client, show, *, rung="", **headers):
    if rung:
        client.cookies["rung"] = rung
    return client.get(f"/rooms/{show.public_id}/", headers=headers).content.decode()


def test_the_room_begins_with_the_picture(client, show):
    page = room(client, show)

    assert 'data-rung="picture"' in page
    assert 'choice="auto" first="picture">' in page
    assert page.count("css/components/rungs.css") == 1, "named for later, not loaded"
    assert "/sound.m3u8?token=" in page


def test_who_saves_data_is_sent_no_picture_unasked(client, show):
    page = room(client, show, **{"Save-Data": "on"})

    assert 'data-rung="sound"' in page
    assert 'choice="auto" first="sound"' in page
    assert 'poster="' not in page


@pytest.mark.parametrize("rung", ["picture", "sound", "text"])
def test_a_choice_is_remembered(client, show, rung):
    page = room(client, show, rung=rung, **{"Save-Data": "on"})

    assert f'data-rung="{rung}"' in page
    assert f'choice="{rung}"' in page
    assert f'value="{rung}" checked' in page


def test_a_cookie_that_makes_no_sense_is_automatic(client, show):
    assert 'data-rung="picture"' in room(client, show, rung='"><script>')


def test_the_board_comes_with_the_page_of_who_reads_only(client, show):
    item = show.shelf.first()
    page = room(client, show, rung="text")

    assert f'data-board-item="{item.pk}" hidden' in page
    assert 'data-board-item="' not in room(client, show, rung="sound")


def test_the_board_says_what_is_explained(client, show, django_assert_num_queries):
    first, second = show.shelf.all()[:2]
    pins.pin(broadcast=show, item=first, by=show.host.user)
    with django_assert_num_queries(3):
        answer = client.get(f"/rooms/{show.public_id}/board")
    text = answer.content.decode()

    assert f'data-board-item="{first.pk}">' in text
    assert f'data-board-item="{second.pk}" hidden>' in text
    assert first.product.producer.name in text
    assert "<img" not in text
    assert "<html" not in text


def test_no_board_of_a_room_that_is_not_there(client):
    assert client.get("/rooms/nosuchroom22/board").status_code == 404


def test_each_rung_costs_a_fraction_of_the_one_above():
    assert COSTS_MB["text"] * 10 < COSTS_MB["sound"]
    assert COSTS_MB["sound"] * 10 < COSTS_MB["picture"]


def test_fresh_addresses_tell_what_the_show_is_doing(client, show):
    told = client.get(f"/rooms/{show.public_id}/playback").json()

    assert told["state"] in ("live", "away")
    assert told["sound"].startswith("http")
    assert told["split"] is False
