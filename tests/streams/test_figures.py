"""Likes, people watching, the ticker: numbers that pass through Redis and are kept by sweeps."""

import pytest

from livecommerce import redis_client
from livecommerce.realtime import presence, rooms
from livecommerce.realtime.publish import bump
from streams.domain import likes, ticker
from tests.factories import make_product, make_user
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.asyncio
async def test_count_likes_takes_all_or_none_and_caps_a_person():
    room = "b:likes-of-one"
    asked = {"room": room, "address": "192.0.2.1"}
    counted = [await likes.count_likes(person="u1", amount=20, **asked) for _ in range(6)]
    assert set(counted) <= {0, 20}
    assert sum(counted) <= likes.BURST + 2 * likes.MOST_AT_ONCE
    assert await likes.count_likes(person="u2", amount=999, **asked) == likes.MOST_AT_ONCE


@pytest.mark.asyncio
async def test_a_thousand_cookies_at_one_address_like_no_more_than_a_school(monkeypatch):
    monkeypatch.setattr(likes, "ADDRESS_TIMES", 2)
    asked = {"room": "b:likes-of-many", "address": "192.0.2.2", "amount": likes.MOST_AT_ONCE}
    counted = [await likes.count_likes(person=f"d{number}", **asked) for number in range(40)]
    assert 2 * likes.BURST <= sum(counted) <= 2 * likes.BURST + 5 * likes.MOST_AT_ONCE


def test_keep_figures_stores_likes_and_the_peak():
    show = make_show(state="live")
    bump(show.room, likes=30)
    redis_client.sync().hset(rooms.keys(show.room).counts, "peak", 12)
    likes.keep_all_figures()
    show.refresh_from_db()
    assert (show.likes, show.peak_viewers) == (30, 12)


def test_keep_figures_gives_back_what_redis_lost():
    show = make_show(state="live", likes=500, peak_viewers=90)
    bump(show.room, likes=3)
    likes.keep_all_figures()
    show.refresh_from_db()
    assert (show.likes, show.peak_viewers) == (500, 90)
    assert presence.figures(show.room)["likes"] == 500


def test_ticker_tells_a_batch_with_masked_names():
    show, product = make_show(state="live"), make_product()
    for name in ("李小山", "覃稻香"):
        ticker.announce_order(
            broadcast=show, buyer=make_user(display_name=name), product=product, quantity=2
        )
    assert ticker.flush() == 1
    assert ticker.flush() == 0
    (event,) = told(show)
    assert [order["name"] for order in event["orders"]] == ["李*", "覃*"]
    assert event["orders"][0]["product_zh"] == product.name_zh


def test_ticker_leaves_what_is_too_much_for_the_next_batch():
    show, product, buyer = make_show(state="live"), make_product(), make_user()
    for _ in range(ticker.MOST_IN_A_BATCH + 1):
        ticker.announce_order(broadcast=show, buyer=buyer, product=product, quantity=1)
    ticker.flush()
    ticker.flush()
    assert [len(event["orders"]) for event in told(show)] == [ticker.MOST_IN_A_BATCH, 1]
