"""Flash sales tried out in a rehearsal: the same steps as on air, and nothing is sold."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.models import Hold, Order
from products.models import Deal, StockPool
from streams.domain import (
    flash_board,
    flash_plans,
    offers,
    rehearsal_flash,
    rehearsal_orders,
    rehearsals,
    shows,
)
from streams.domain.snapshot import room_state
from streams.models import ChatMessage, FlashSale, RehearsalFlash, RehearsalOrder
from tests.factories import make_festival, make_user
from tests.streams.flash import make_flash_sale
from tests.streams.shows import make_show, told
from tests.streams.test_pages import as_host

__all__ = ["as_host"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tried():
    """The show's planned flash sale (20 units at 48 yuan, two a person), being rehearsed."""
    show = make_show(items=2, festival=make_festival())
    make_flash_sale(show, state="proposed", opens_at=timezone.now() + timedelta(minutes=1))
    rehearsals.open_rehearsal(show=show, by=show.host.user, crowd=0)
    return RehearsalFlash.objects.get()


def host_of(sale):
    return sale.broadcast.host.user


def start(sale, begun=True):
    rehearsal_flash.start_rehearsal_flash(sale=sale, by=host_of(sale))
    if begun:
        let_pass(sale, timedelta(seconds=sale.countdown_seconds))
        assert rehearsal_flash.run_due() == 1
        sale.refresh_from_db()


def let_pass(sale, time):
    rows = RehearsalFlash.objects.filter(pk=sale.pk)
    rows.update(starts_at=sale.starts_at - time, ends_at=sale.ends_at - time)
    sale.refresh_from_db()


def item_of(sale):
    items = offers.shelf_items(sale.broadcast_id)
    return next(item for item in items if item.product_id == sale.plan.product_id)


def buy(sale, quantity=1, buyer=None):
    return rehearsal_orders.buy(
        broadcast=sale.broadcast,
        item=item_of(sale),
        quantity=quantity,
        key=str(uuid4()),
        buyer=buyer or make_user(),
    )


def refusal(act, **arguments):
    with pytest.raises(DomainError) as refused:
        act(**arguments)
    return refused.value.code, refused.value.status


def test_what_is_planned_can_be_tried_out_before_anybody_approved_it(tried):
    assert (tried.state, tried.plan.state, tried.left) == ("scheduled", "proposed", 20)
    [ready] = flash_board.board_of(tried.broadcast).ready
    assert (ready.sale, ready.sale.price_fen, ready.until_ms) == (tried, 4800, None)


def looks(broadcast):
    """How often its consoles were told to look at the plans anew."""
    return len([event for event in told(broadcast) if event["t"] == "flash_planned"])


def test_what_is_planned_meanwhile_is_there_at_once_and_what_is_withdrawn_is_gone(tried):
    show, rehearsal = tried.plan.broadcast, tried.broadcast
    opens_at = timezone.now() + timedelta(minutes=1)
    goods = show.shelf.last().product
    plan = make_flash_sale(show, state="proposed", product=goods, opens_at=opens_at)
    late = rehearsal.rehearsal_flashes.get(plan=plan)
    assert (late.left, looks(rehearsal), looks(show)) == (20, 1, 2)
    start(late, begun=False)
    for each in (plan, tried.plan):
        flash_plans.withdraw_flash_sale(sale=each, by=show.host.user)
    assert list(rehearsal.rehearsal_flashes.all()) == [late], "what was started goes on"
    assert looks(rehearsal) == 3


def test_it_counts_down_goes_on_and_ends_by_the_clock(tried):

    start(tried, begun=False)
    assert rehearsal_flash.run_due() == 0
    [event] = [each for each in told(tried.broadcast) if each["t"] == "flash"]
    assert (event["sale"]["state"], event["sale"]["price_fen"]) == ("countdown", 4800)
    assert offers.price_at(offers.card(item_of(tried)), now_ms())["price"] != 4800

    let_pass(tried, timedelta(seconds=30))
    assert rehearsal_flash.run_due() == 1
    tried.refresh_from_db()
    assert tried.state == "running"
    assert offers.price_at(offers.card(item_of(tried)), now_ms())["price"] == 4800

    let_pass(tried, timedelta(seconds=300))
    assert rehearsal_flash.run_due() == 1
    tried.refresh_from_db()
    assert (tried.state, tried.reason) == ("ended", "time")
    assert rehearsal_flash.run_due() == 0
    lines = ChatMessage.objects.filter(broadcast=tried.broadcast, badge=ChatMessage.SYSTEM)
    said = [line.text_en for line in lines.order_by("pk")]
    assert len(said) == 3
    assert all(text.startswith("Practice: ") for text in said)


def now_ms():
    return offers.epoch_ms(timezone.now())


def test_units_go_and_come_back_and_no_stock_moves(tried):
    before = list(StockPool.objects.order_by("pk").values())
    start(tried)
    order = buy(tried, 2)
    assert (order.unit_price_fen, order.flash) == (4800, tried)
    tried.refresh_from_db()
    assert (tried.left, tried.taken) == (18, 2)
    stock = [each for each in told(tried.broadcast) if each["t"] == "stock"]
    assert (stock[-1]["pool"], stock[-1]["left"], stock[-1]["total"]) == (tried.pool, 18, 20)

    late = timezone.now() - rehearsal_orders.LAPSES_AFTER - timedelta(seconds=1)
    RehearsalOrder.objects.filter(pk=order.pk).update(at=late)
    assert rehearsal_orders.lapse_due(tried.broadcast) == 1
    tried.refresh_from_db()
    assert tried.left == 20
    assert list(StockPool.objects.order_by("pk").values()) == before
    assert not Order.objects.exists()
    assert not Hold.objects.exists()
    assert not Deal.objects.filter(is_flash=True).exists()


def test_nobody_takes_more_than_their_share_and_what_is_gone_is_gone(tried):
    start(tried)
    buyer = make_user()
    buy(tried, 2, buyer)
    assert refusal(buy, sale=tried, buyer=buyer) == ("flash_limit", 409)
    RehearsalFlash.objects.filter(pk=tried.pk).update(taken=19)
    assert refusal(buy, sale=tried, quantity=2) == ("sold_out", 409)
    buy(tried, 1)
    assert rehearsal_flash.run_due() == 1
    tried.refresh_from_db()
    assert (tried.state, tried.reason, tried.left) == ("ended", "sold_out", 0)


def test_the_same_key_takes_its_units_once(tried):
    start(tried)
    again = {
        "broadcast": tried.broadcast,
        "item": item_of(tried),
        "quantity": 2,
        "key": str(uuid4()),
        "buyer": make_user(),
    }
    assert rehearsal_orders.buy(**again) == rehearsal_orders.buy(**again)
    tried.refresh_from_db()
    assert tried.taken == 2


def test_it_is_called_off_before_and_stopped_after_it_began(tried):
    by = host_of(tried)
    assert refusal(rehearsal_flash.stop_rehearsal_flash, sale=tried, by=by)[0] == "flash_state"
    start(tried, begun=False)
    rehearsal_flash.start_rehearsal_flash(sale=tried, by=by)  # a second press
    assert refusal(rehearsal_flash.stop_rehearsal_flash, sale=tried, by=by)[0] == "flash_state"
    rehearsal_flash.cancel_rehearsal_flash(sale=tried, by=by)
    assert tried.state == "cancelled"
    start(tried)
    refused = refusal(rehearsal_flash.cancel_rehearsal_flash, sale=tried, by=by)
    assert refused == ("flash_has_begun", 409)
    rehearsal_flash.stop_rehearsal_flash(sale=tried, by=by)
    rehearsal_flash.stop_rehearsal_flash(sale=tried, by=by)
    assert (tried.state, tried.reason) == ("ended", "stopped")
    assert refusal(rehearsal_flash.start_rehearsal_flash, sale=tried, by=by)[1] == 409


def test_it_ends_with_its_rehearsal(tried):
    start(tried)
    shows.end_show(broadcast=tried.broadcast, by=host_of(tried))
    assert rehearsal_flash.run_due() == 1
    tried.refresh_from_db()
    assert (tried.state, tried.reason) == ("ended", "show_over")
    assert tried.plan.state == "proposed"


def test_one_at_a_time(tried):
    other = RehearsalFlash.objects.create(
        broadcast=tried.broadcast, plan=tried.plan, quantity=1, base_price_fen=9600
    )
    start(tried)
    by = host_of(tried)
    refused = refusal(rehearsal_flash.start_rehearsal_flash, sale=other, by=by)
    assert refused == ("flash_other_on", 409)


def test_only_who_runs_the_show_presses(tried):
    refused = refusal(rehearsal_flash.start_rehearsal_flash, sale=tried, by=make_user())
    assert refused[1] in (403, 404)


def test_no_show_can_have_one(tried):
    for change in ({"broadcast": tried.broadcast.rehearsal_of_id}, {"taken": 21}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RehearsalFlash.objects.filter(pk=tried.pk).update(**change)


def test_the_console_starts_it_and_the_snapshot_knows_it(as_host, tried):
    client = as_host(host_of(tried))
    page = client.get(reverse("streams:console", args=[tried.broadcast.public_id]))
    address = reverse("streams:flash_start", args=[tried.broadcast.public_id, tried.pk])
    assert address in page.content.decode()
    answer = client.post(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "flash-cancel" in answer.content.decode()
    tried.refresh_from_db()
    assert tried.state == FlashSale.State.COUNTDOWN
    state = room_state(tried.broadcast)
    assert (state["flash"]["state"], state["flash"]["pool"]) == ("countdown", tried.pool)
    assert state["stock"][tried.pool]["left"] == 20
    withdraw = reverse("streams:flash_withdraw", args=[tried.broadcast.public_id, tried.pk])
    assert client.post(withdraw).status_code == 404


def test_a_shows_shelf_asks_nothing_more():
    show = make_show(items=2, deal=True)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        offers.shelf_items(show.pk)
    assert not [each for each in queries if "rehearsalflash" in each["sql"]]
