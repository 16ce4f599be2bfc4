"""Rehearsals: as if live, for those invited, and never a show."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async as in_thread
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from livecommerce.asgi import application
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from livecommerce.realtime import hub, presence
from orders.domain import checkout
from orders.models import BasketLine, Hold, Order, OrderLine
from products.domain.offers import current_offer
from streams.domain import (
    chat,
    cockpit,
    follows,
    pins,
    queries,
    rehearsal_crowd,
    rehearsal_keeping,
    rehearsal_orders,
    rehearsals,
    replays,
    script_check,
    shows,
    tokens,
)
from streams.domain.run_of_show_plan import Plan, add_segment
from streams.models import (
    Broadcast,
    Follow,
    Rehearsal,
    RehearsalOrder,
    RoomRole,
    ShowFigures,
)
from tests.factories import (
    make_address,
    make_assistant,
    make_curator,
    make_official,
    make_user,
)
from tests.livecommerce.realtime.stage import serving
from tests.streams.shows import make_show, told
from tests.streams.test_consumers import _cookie, _visit
from tests.streams.test_pages import as_host

__all__ = ["as_host"]

pytestmark = pytest.mark.django_db(transaction=True)


def rehearse(show=None, crowd=20):
    show = show or make_show(items=2, deal=True)
    return rehearsals.open_rehearsal(show=show, by=show.host.user, crowd=crowd)


def refusal(act, **arguments):
    with pytest.raises(DomainError) as refused:
        act(**arguments)
    return refused.value.code, refused.value.status


# --- What it is --------------------------------------------------------------------------------


def test_a_rehearsal_has_the_shows_shelf_and_says_what_it_is():
    show = make_show(items=2, deal=True)
    made = rehearse(show)
    assert (made.pk < 0, made.public_id[0], made.state) == (True, "0", "rehearsing")
    assert made.title_zh.startswith("【彩排】")
    assert made.title_en.startswith("[Rehearsal] ")
    mine = list(made.shelf.values_list("product", "deal", "position"))
    assert mine == list(show.shelf.values_list("product", "deal", "position"))
    assert rehearse(show) == made
    show.refresh_from_db()
    assert show.state == "scheduled"


def test_what_was_answered_of_a_script_is_not_marked_again():
    show = make_show(items=1)
    host = show.host.user
    plan = Plan(kind="talk", script="我们拿过“年度最佳”奖。国家级好茶。")
    segment = add_segment(broadcast=show, by=host, plan=plan)
    mark, _other = script_check.check_segment(segment).marks
    answer = {"word": mark.word, "sentence": mark.sentence, "reason": "引用奖项全名"}
    script_check.clear_mark(segment=segment, by=host, **answer)
    copy = rehearse(show).segments.get()
    assert [one.is_open for one in script_check.check_segment(copy).marks] == [False, True]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "live", "started_at": timezone.now()},
        {"state": "scheduled"},
        {"rehearsal_of": None},
        {"public_id": "abcdefghjkmn"},
    ],
)
def test_the_database_keeps_a_rehearsal_what_it_is(change):
    made = rehearse()
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.filter(pk=made.pk).update(**change)


def test_the_database_keeps_a_show_what_it_is():
    show = make_show()
    for change in ({"state": "rehearsing"}, {"public_id": "0bcdefghjkmn"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Broadcast.objects.filter(pk=show.pk).update(**change)


def test_it_never_goes_live_and_the_show_still_does():
    show = make_show(items=1)
    made = rehearse(show)
    going = {"broadcast": made, "by": show.host.user}
    assert refusal(shows.go_live, **going) == ("rehearsal", 409)
    shows.go_live(broadcast=show, by=show.host.user)
    assert refusal(rehearsals.open_rehearsal, show=show, by=show.host.user) == (
        "nothing_to_rehearse",
        409,
    )
    shows.end_show(broadcast=made, by=show.host.user)
    show.refresh_from_db()
    made.refresh_from_db()
    assert (show.state, made.state) == ("live", "ended")


def test_pins_chat_and_the_console_work_as_live(as_host):
    made = rehearse()
    host = made.host.user
    pins.pin(broadcast=made, item=made.shelf.first(), by=host)
    chat.say(broadcast=made, user=host, text="听得见吗", key="k")
    page = as_host(host).get(f"/host/{made.public_id}/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "rehearsal-band" in html
    assert reverse("streams:go_live", args=[made.public_id]) not in html
    assert [event["t"] for event in told(made)][-2:] == ["pins", "chat"]


def test_another_rehearsal_after_the_first():
    show = make_show(items=1)
    first = rehearse(show)
    shows.end_show(broadcast=first, by=show.host.user)
    assert rehearse(show).pk < first.pk


# --- Who sees it ----------------------------------------------------------------------------


def test_who_comes_in(as_host):
    show = make_show(items=1)
    made = rehearse(show)
    guest, helper = make_user(), make_user()
    rehearsals.invite(show=show, by=show.host.user, email=guest.email)
    RoomRole.objects.create(broadcast=show, user=helper, role="pins")
    inside = [
        show.host.user,
        make_assistant(show.host).user,
        make_curator(show.region.prefecture),
        guest,
        helper,
    ]
    outside = [None, make_user(), make_official().user]
    for user, expected in [*((u, 200) for u in inside), *((u, 404) for u in outside)]:
        visitor = Client()
        if user:
            visitor.force_login(user)
        for page in ("", "board"):
            assert visitor.get(f"/rooms/{made.public_id}/{page}").status_code == expected


def test_nothing_below_its_address_is_found_by_others():
    made = rehearse()
    sku = made.shelf.first().product.sku
    stranger = Client()
    stranger.force_login(make_user())
    base = f"/rooms/{made.public_id}"
    gets = ("/", "/snapshot", "/playback", "/standing", "/moderation/", f"/practise/{sku}/")
    for path in gets:
        assert stranger.get(f"{base}{path}").status_code == 404, path
    for path in ("/follow", "/remind", "/hide", "/questions/", f"/practise/{sku}/"):
        assert stranger.post(f"{base}{path}", {"text": "?"}).status_code == 404, path


def test_lists_and_notifications_know_nothing_of_it(client):
    show = make_show(items=1)
    made = rehearse(show)
    Follow.objects.create(user=make_user(), official=show.host)
    follows.tell_followers()
    follows.send_due_reminders()
    assert not Notification.objects.exists()
    for path in ("/", "/schedule/", "/replays/", f"/officials/{show.host.slug}/"):
        assert made.public_id not in client.get(path).content.decode(), path
    assert made not in queries.hosted_by(show.host.user)
    assert made not in cockpit.shows_to_count()
    assert not queries.live_cards()
    shows.end_show(broadcast=made, by=show.host.user)
    assert replays.prepare_due() == 0
    assert made.public_id not in client.get("/replays/").content.decode()


def test_the_picture_is_for_those_invited(settings):
    made = rehearse()
    guest, stranger = make_user(), make_user()
    rehearsals.invite(show=made.rehearsal_of, by=made.host.user, email=guest.email)
    path = {"path": made.public_id, "action": "read"}
    tokens.authorize_media(**path, token=tokens.issue_watch_token(broadcast=made, user=guest))
    for user in (None, stranger):
        token = tokens.issue_watch_token(broadcast=made, user=user)
        assert refusal(tokens.authorize_media, **path, token=token) == ("bad_token", 401)


def test_guests_are_named_by_who_runs_the_show(as_host):
    show, guest = make_show(items=1), make_user()
    client = as_host(show.host.user)
    url = f"/host/{show.public_id}/rehearsal/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"email": "nobody@example.com"}).status_code == 422
    assert client.post(url, {"email": guest.email}).status_code == 302
    assert client.post(url, {"email": guest.email}).status_code == 302
    row = show.rehearsal_guests.get()
    assert guest.display_name in client.get(url).content.decode()
    opened = client.post(f"{url}open", {"crowd": "200"})
    made = Rehearsal.objects.get()
    assert opened["Location"] == f"/host/{made.broadcast.public_id}/"
    assert made.crowd == 200
    assert client.post(f"{url}open", {"crowd": "7"}).status_code == 422
    assert client.get(f"/host/{made.broadcast.public_id}/rehearsal/").status_code == 302
    client.post(f"{url}guests/{row.pk}")
    assert not show.rehearsal_guests.exists()


def test_the_crowd_is_changed_from_the_console(as_host):
    made = rehearse()
    client = as_host(made.host.user)
    url = f"/host/{made.public_id}/rehearsal/crowd"
    assert client.post(url, {"crowd": "200"}).status_code == 302
    assert Rehearsal.objects.get().crowd == 200
    for wrong in ("7", "x", "-1", ""):
        assert client.post(url, {"crowd": wrong}).status_code == 422, wrong
    shows.end_show(broadcast=made, by=made.host.user)
    assert client.post(url, {"crowd": "0"}).status_code == 409


@pytest.mark.asyncio
async def test_an_uninvited_guest_is_put_out_of_the_room(monkeypatch):
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.2)
    made = await in_thread(rehearse)()
    guest, stranger = await in_thread(make_user)(), await in_thread(make_user)()
    show = await in_thread(lambda: made.rehearsal_of)()
    row = await in_thread(rehearsals.invite)(show=show, by=show.host.user, email=guest.email)
    cookies = [(await _cookie(user))[0] for user in (guest, stranger)]
    async with (
        serving(application) as stage,
        _visit(stage, made.public_id, cookies[0]) as invited,
        _visit(stage, made.public_id, cookies[1]) as outside,
        _visit(stage, made.public_id) as nobody,
    ):
        await invited.greeted()
        for one in (outside, nobody):
            await one.until(lambda me: me.closed_with)
            assert one.closed_with == 4404
        await in_thread(rehearsals.uninvite)(show=show, by=show.host.user, guest_id=row.pk)
        await invited.until(lambda me: me.closed_with)
        assert invited.closed_with == 4401
        async with _visit(stage, made.public_id, cookies[0]) as again:
            await again.until(lambda me: me.closed_with)
            assert again.closed_with == 4404


# --- Nobody can be charged ----------------------------------------------------------------------


@pytest.fixture
def _end_threads():
    yield
    checkout.combiner.stop()


@pytest.mark.usefixtures("_end_threads")
def test_the_database_refuses_an_order_in_a_rehearsal():
    made = rehearse()
    buyer = make_user()
    offer = current_offer(made.shelf.first().product)
    with pytest.raises(IntegrityError, match="order_of_no_rehearsal"), transaction.atomic():
        checkout.place_order(
            buyer=buyer,
            offer=offer,
            quantity=1,
            expected_price_fen=offer.price_fen,
            address=make_address(buyer).snapshot(),
            key=uuid4(),
            broadcast=made,
        )
    assert not Order.objects.exists()
    assert not Hold.objects.exists()


@pytest.mark.usefixtures("_end_threads")
def test_the_database_refuses_lines_and_baskets_of_a_rehearsal():
    show = make_show(items=1, deal=True)
    made = rehearse(show)
    buyer = make_user()
    product = show.shelf.get().product
    offer = current_offer(product)
    placed = checkout.place_order(
        buyer=buyer,
        offer=offer,
        quantity=1,
        expected_price_fen=offer.price_fen,
        address=make_address(buyer).snapshot(),
        key=uuid4(),
        broadcast=show,
    )
    with pytest.raises(IntegrityError, match="line_of_no_rehearsal"), transaction.atomic():
        OrderLine.objects.filter(order=placed.order_id).update(broadcast=made)
    with pytest.raises(IntegrityError, match="order_of_no_rehearsal"), transaction.atomic():
        Order.objects.filter(pk=placed.order_id).update(broadcast=made)
    with pytest.raises(IntegrityError, match="basket_of_no_rehearsal"), transaction.atomic():
        BasketLine.objects.create(
            user=buyer, product=product, broadcast=made, quantity=1, seen_fen=1
        )


def test_every_way_to_buy_refuses_the_room_of_a_rehearsal():
    made = rehearse()
    guest = make_user()
    rehearsals.invite(show=made.rehearsal_of, by=made.host.user, email=guest.email)
    address = make_address(guest)
    product = made.shelf.first().product
    offer = current_offer(product)
    client = Client()
    client.force_login(guest)
    values = {
        "room": made.public_id,
        "quantity": 1,
        "price": offer.price_fen,
        "address": address.pk,
        "key": str(uuid4()),
        "freight": 0,
        "perishable": "1",
    }
    sheet = reverse("orders:sheet", args=[product.sku])
    assert client.get(sheet, {"room": made.public_id}).status_code == 409
    for headers in ({}, {"HX-Request": "true"}):
        placing = reverse("orders:place", args=[product.sku])
        assert client.post(placing, values, headers=headers).status_code == 409
        adding = reverse("orders:basket_add", args=[product.sku])
        client.post(adding, values, headers=headers)
    assert not Order.objects.exists()
    assert not BasketLine.objects.exists()


def test_the_cards_of_a_rehearsal_lead_to_practice():
    made = rehearse()
    client = Client()
    client.force_login(made.host.user)
    page = client.get(f"/rooms/{made.public_id}/").content.decode()
    sku = made.shelf.first().product.sku
    assert f"/rooms/{made.public_id}/practise/{sku}/" in page
    assert f"/buy/{sku}/" not in page


def test_practising_makes_a_row_that_is_no_order():
    made = rehearse()
    guest = make_user()
    rehearsals.invite(show=made.rehearsal_of, by=made.host.user, email=guest.email)
    client = Client()
    client.force_login(guest)
    product = made.shelf.first().product
    pool = product.pools.first()
    url = f"/rooms/{made.public_id}/practise/{product.sku}/"
    assert client.get(url).status_code == 200
    for _ in range(2):
        answer = client.post(url, {"quantity": "2", "key": "a"}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
    row = RehearsalOrder.objects.get()
    assert (row.quantity, row.buyer, row.state) == (2, guest, "waiting")
    for wrong in ("0", "100", "x", "-1", ""):
        assert client.post(url, {"quantity": wrong, "key": "b"}).status_code == 422
    assert not Order.objects.exists()
    before = (pool.available, pool.held)
    pool.refresh_from_db()
    assert (pool.available, pool.held) == before
    shows.end_show(broadcast=made, by=made.host.user)
    assert client.post(url, {"quantity": "1", "key": "c"}).status_code == 409


def test_practice_is_for_rehearsals_only(client):
    show = make_show(items=1)
    client.force_login(make_user())
    sku = show.shelf.get().product.sku
    assert client.get(f"/rooms/{show.public_id}/practise/{sku}/").status_code == 404


def test_the_database_takes_practice_orders_of_rehearsals_only():
    show = make_show(items=1)
    item = show.shelf.get()
    with pytest.raises(IntegrityError, match="rehearsal_order_is_none"), transaction.atomic():
        RehearsalOrder.objects.create(
            broadcast=show, product=item.product, key="k", quantity=1, unit_price_fen=1
        )


# --- The played crowd -------------------------------------------------------------------------


def play(made, steps):
    for _ in range(steps):
        rehearsal_crowd.step(Rehearsal.objects.select_related("broadcast__host").get(pk=made.pk))


def test_the_crowd_comes_talks_and_orders_and_all_of_it_is_marked():
    made = rehearse()
    pins.pin(broadcast=made, item=made.shelf.first(), by=made.host.user)
    play(made, 40)
    assert presence.figures(made.room)["viewers"] > 10
    lines = list(made.messages.all())
    assert lines
    assert all(line.is_demo and line.user.email.endswith(".invalid") for line in lines)
    assert RehearsalOrder.objects.filter(state="paid", buyer=None).exists()
    ticker = [event for event in told(made) if event["t"] == "ticker"]
    assert all(
        order["name"].startswith("模拟观众") for event in ticker for order in event["orders"]
    )
    assert not Order.objects.exists()


def test_an_empty_house_stays_empty():
    made = rehearse(crowd=0)
    pins.pin(broadcast=made, item=made.shelf.first(), by=made.host.user)
    play(made, 10)
    assert presence.figures(made.room)["viewers"] == 0
    assert not made.messages.exists()


def test_the_sweep_steps_tells_the_cockpit_and_ends_what_was_forgotten():
    made = rehearse()
    item = made.shelf.first()
    rehearsal_orders.buy(broadcast=made, item=_card(made, item), quantity=2, key="k", buyer=None)
    assert rehearsal_crowd.step_all() == 1
    row = ShowFigures.objects.get(broadcast=made)
    assert (row.orders, row.waiting_orders) == (1, 1)
    long_ago = timezone.now() - rehearsal_crowd.LONGEST - timedelta(minutes=1)
    Broadcast.objects.filter(pk=made.pk).update(started_at=long_ago)
    rehearsal_crowd.step_all()
    made.refresh_from_db()
    assert made.state == "ended"


def _card(made, item):
    from streams.domain import offers

    return next(one for one in offers.shelf_items(made.pk) if one.pk == item.pk)


def test_the_speakers_cannot_sign_in():
    made = rehearse()
    speaker = rehearsal_crowd._speaker(0)
    assert speaker == rehearsal_crowd._speaker(0)
    assert not speaker.has_usable_password()
    assert made


def test_no_recording_of_a_rehearsal_is_kept(settings, tmp_path):
    settings.RECORDINGS_DIR = str(tmp_path)
    made, show = rehearse(), make_show(state="ended")
    for public_id in (made.public_id, show.public_id, "0gonegonegon"):
        (tmp_path / public_id).mkdir()
    assert rehearsal_keeping.remove_recordings() == 1
    shows.end_show(broadcast=made, by=made.host.user)
    assert rehearsal_keeping.remove_recordings() == 0
    ended = timezone.now() - 2 * rehearsal_keeping.KEPT_FOR
    Broadcast.objects.filter(pk=made.pk).update(ended_at=ended)
    assert rehearsal_keeping.remove_recordings() == 1
    assert [each.name for each in Path(tmp_path).iterdir()] == [show.public_id]
