"""The figures of a show: who is counted, who may look, who hears of them."""

import json

import pytest
from channels.db import database_sync_to_async as in_thread
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from livecommerce import redis_client
from livecommerce.asgi import application
from livecommerce.realtime import hub, revocation
from livecommerce.realtime.presence import DEVICE_COOKIE, sign_device
from streams.domain import chat, cockpit, cockpit_clicks, pins
from streams.domain.cockpit_figures import Sales, ShowSales
from streams.models import Follow, RoomRole, ShowFigures
from tests.factories import make_assistant, make_curator, make_official, make_user
from tests.livecommerce.realtime.stage import serving
from tests.streams.shows import make_show
from tests.streams.test_consumers import _cookie, _visit
from tests.streams.test_pages import as_host

__all__ = ["as_host"]

pytestmark = pytest.mark.django_db(transaction=True)


def sold(product=None, **numbers):
    of_product = {product.pk: Sales(**numbers)} if product else {}
    return ShowSales(Sales(**numbers), of_product)


def tell(show, sales=None):
    show.refresh_from_db()
    return cockpit.tell(shows=[show], sales={show.pk: sales} if sales else {})


# --- Counting --------------------------------------------------------------------------------


def test_figures_are_counted_stored_and_told_once():
    show = make_show(state="live", items=1)
    product = show.shelf.get().product
    chat.say(broadcast=show, user=make_user(), text="甜吗", key="a")
    chat.say(broadcast=show, user=make_user(), text="演示", key="b", is_demo=True)
    Follow.objects.create(user=make_user(), official=show.host)

    assert tell(show, sold(product, orders=3, paid_orders=2, buyers=2, units=5, paid_fen=9900)) == 1

    row = ShowFigures.objects.get(broadcast=show)
    assert (row.messages, row.followers, row.orders, row.units, row.paid_fen) == (1, 1, 3, 5, 9900)
    assert row.products[0]["product"] == product.pk
    assert row.products[0]["units"] == 5
    again = sold(product, orders=3, paid_orders=2, buyers=2, units=5, paid_fen=9900)
    assert tell(show, again) == 0
    row.refresh_from_db()
    assert row.version == 1


def test_a_follower_of_before_the_show_is_not_new():
    show = make_show(state="live")
    Follow.objects.create(user=make_user(), official=show.host)
    Follow.objects.update(created_at=show.started_at - timezone.timedelta(hours=1))
    tell(show)
    assert ShowFigures.objects.get().followers == 0


def test_a_show_on_air_is_told_again_now_and_then():
    show = make_show(state="live")
    assert tell(show) == 1
    assert tell(show) == 0
    ShowFigures.objects.update(told_at=timezone.now() - cockpit.TELL_AGAIN)
    assert tell(show) == 1


def test_which_shows_are_counted():
    live, just_over = make_show(state="live"), make_show(state="ended")
    make_show()
    make_show(state="ended", ended_at=timezone.now() - 2 * cockpit.AFTERWARDS)
    assert cockpit.shows_to_count() == [live, just_over]


def test_each_person_opens_a_product_once_and_nobody_anonymous_counts():
    show = make_show(state="live", items=2)
    first, second = (item.product_id for item in show.shelf.all())
    device = {DEVICE_COOKIE: sign_device("abcd")}
    for user_id, cookies in ((1, {}), (1, {}), (2, {}), (None, device), (None, {})):
        cockpit_clicks.note_opened(
            public_id=show.public_id, product_id=first, user_id=user_id, cookies=cookies
        )
    cockpit_clicks.note_opened(public_id=show.public_id, product_id=second, user_id=1, cookies={})
    found = cockpit_clicks.count_people({show.public_id: [first, second]})[show.public_id]
    assert (found.opened, found.by_product) == (3, {first: 3, second: 1})


def test_a_redis_that_forgot_makes_no_figure_less():
    show = make_show(state="live", items=1)
    product_id = show.shelf.get().product_id
    cockpit_clicks.note_opened(
        public_id=show.public_id, product_id=product_id, user_id=1, cookies={}
    )
    tell(show)
    redis_client.sync().flushdb()
    ShowFigures.objects.update(told_at=None)
    tell(show)
    row = ShowFigures.objects.get()
    assert row.opened == 1
    assert row.products[0]["opened"] == 1


def test_the_sheet_of_a_room_counts_who_opened_it(client):
    show = make_show(state="live", items=1, deal=True)
    product = show.shelf.get().product
    client.force_login(make_user())
    for room in (show.public_id, show.public_id, "", "nowhere"):
        client.get(reverse("orders:sheet", args=[product.sku]), {"room": room})
    found = cockpit_clicks.count_people({show.public_id: [product.pk]})[show.public_id]
    assert (found.opened, found.by_product) == (1, {product.pk: 1})


@pytest.mark.parametrize("length", [1, 5])
def test_counting_asks_as_often_for_one_show_as_for_many(django_assert_num_queries, length):
    shows = [make_show(state="live", items=2, deal=True) for _ in range(length)]
    for show in shows:
        pins.pin(broadcast=show, item=show.shelf.first(), by=show.host.user)
    cockpit.tell(shows=shows, sales={})
    with django_assert_num_queries(6):
        assert cockpit.tell(shows=shows, sales={}) == 0


# --- Who may look ----------------------------------------------------------------------------


def test_the_host_sees_figures_and_the_worst_one_marked(as_host):
    show = make_show(state="live", items=1)
    tell(show, sold(show.shelf.get().product, orders=4, paid_orders=1, paid_fen=12300))
    page = as_host(show.host.user).get(f"/host/{show.public_id}/").content.decode()
    assert '<span data-fig="paid_fen" data-as="yuan">123</span>' in page
    assert "every 10s" not in page


def test_the_page_of_all_figures_and_who_may_open_it(as_host):
    show = make_show(state="live", items=1)
    helper = make_user()
    RoomRole.objects.create(broadcast=show, user=helper, role="pins")
    expected = {
        show.host.user: 200,
        make_assistant(show.host).user: 200,
        make_curator(show.region.prefecture): 200,
        helper: 403,
        make_official().user: 404,
        make_user(): 404,
    }
    for user, status in expected.items():
        assert as_host(user).get(f"/host/{show.public_id}/cockpit/").status_code == status


def test_the_page_of_all_figures_asks_so_often(as_host, django_assert_num_queries):
    show = make_show(state="live", items=3)
    tell(show)
    client = as_host(show.host.user)
    client.get(f"/host/{show.public_id}/cockpit/")
    cache.clear()  # the room's state is kept for two seconds
    with django_assert_num_queries(21):
        client.get(f"/host/{show.public_id}/cockpit/")


# --- Who hears of them -----------------------------------------------------------------------


@pytest.fixture
def _quick(monkeypatch):
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(revocation, "CHECK_SECONDS", 0.2)


def heard(visitor, kind):
    return [event for event in visitor.events if event["t"] == kind]


@pytest.mark.asyncio
@pytest.mark.usefixtures("_quick")
async def test_money_reaches_those_who_run_the_show_and_nobody_else():
    show = await in_thread(make_show)(state="live", items=1)
    moderator, helper = await in_thread(make_user)(), await in_thread(make_user)()
    await in_thread(RoomRole.objects.create)(broadcast=None, user=moderator, role="moderator")
    await in_thread(RoomRole.objects.create)(broadcast=show, user=helper, role="chat")
    people = [show.host.user, moderator, helper, await in_thread(make_user)()]
    cookies = [(await _cookie(user))[0] for user in people]
    async with (
        serving(application) as stage,
        _visit(stage, show.public_id, cookies[0]) as host,
        _visit(stage, show.public_id, cookies[1]) as moderating,
        _visit(stage, show.public_id, cookies[2]) as helping,
        _visit(stage, show.public_id, cookies[3]) as viewer,
        _visit(stage, show.public_id) as stranger,
    ):
        everyone = [host, moderating, helping, viewer, stranger]
        for one in everyone:
            await one.greeted()
        await in_thread(tell)(show, sold(orders=2, paid_orders=2, paid_fen=4200))
        await host.until(lambda me: heard(me, "cockpit"))
        await in_thread(chat.say)(broadcast=show, user=people[3], text="到了吗", key="k")
        for one in everyone:
            await one.until(lambda me: heard(me, "chat"))  # what was before it has arrived
        assert heard(host, "cockpit")[-1]["figures"]["paid_fen"] == 4200
        for one in everyone[1:]:
            assert not heard(one, "cockpit")
            assert "paid_fen" not in json.dumps(one.frames)


@pytest.mark.asyncio
@pytest.mark.usefixtures("_quick")
async def test_those_who_watch_are_counted_once_and_the_host_is_none():
    show = await in_thread(make_show)(state="live")
    viewer, _ = await _cookie(await in_thread(make_user)())
    host, _ = await _cookie(show.host.user)
    async with (
        serving(application) as stage,
        _visit(stage, show.public_id, viewer) as first,
        _visit(stage, show.public_id, viewer) as second,
        _visit(stage, show.public_id, host) as hosting,
    ):
        for one in (first, second, hosting):
            await one.greeted()

        for one in (first, second, hosting):  # answered only after it was counted
            await one.say(t="ping", k="p")
            await one.until(lambda me: [frame for frame in me.frames if "pong" in frame])
        found = await in_thread(cockpit_clicks.count_people)({show.public_id: []})
        assert found[show.public_id].watched == 1


@pytest.mark.asyncio
@pytest.mark.usefixtures("_quick")
async def test_the_sender_of_the_picture_tells_its_health_and_a_viewer_cannot():
    show = await in_thread(make_show)(state="live")
    assistant = await in_thread(make_assistant)(show.host)
    cookies = [
        (await _cookie(user))[0]
        for user in (show.host.user, assistant.user, await in_thread(make_user)())
    ]
    said = {"kbps": 1800, "width": 1280, "height": 720, "fps": 30, "rtt": 40, "lost": 2}
    async with (
        serving(application) as stage,
        _visit(stage, show.public_id, cookies[0]) as host,
        _visit(stage, show.public_id, cookies[1]) as helping,
        _visit(stage, show.public_id, cookies[2]) as viewer,
    ):
        for one in (host, helping, viewer):
            await one.greeted()
        await viewer.say(t="health", k="v", **said)
        await viewer.until(lambda me: [f for f in me.frames if f.get("err", {}).get("k") == "v"])
        await host.say(t="health", k="h", limited="rubbish", **said | {"fps": 10**9})
        event = (await helping.until(lambda me: heard(me, "health")))[0]
        assert event == {"t": "health", **said, "fps": 0, "limited": "none"}
        assert not heard(viewer, "health")


def test_the_cockpit_is_for_the_signed_in(client):
    show = make_show(state="live")
    assert Client().get(f"/host/{show.public_id}/cockpit/").status_code == 302
