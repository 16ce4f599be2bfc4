"""The console's buttons, the form, the back room and what the public pages show."""

import json
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from django.utils import timezone

from products.models import StockPool
from streams.domain import flash_facts, pins, snapshot
from streams.domain.flash_sales import run_due, start_flash_sale, stop_flash_sale
from streams.models import Broadcast, FlashSale
from tests.factories import (
    make_assistant,
    make_curator,
    make_festival,
    make_official,
    make_prefecture,
    make_user,
)
from tests.streams.flash import begin, let_pass, make_flash_sale
from tests.streams.shows import make_show
from tests.streams.test_snapshot import run_reducer

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def sign_in(client):
    def act(user):
        TOTP.activate(user, generate_totp_secret())
        client.force_login(user)
        return client

    return act


def at(name, sale):
    return reverse(f"streams:flash_{name}", args=[sale.broadcast.public_id, sale.pk])


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


# --- the console -------------------------------------------------------------------------------


def test_host_starts_calls_off_and_stops(sign_in):
    sale = make_flash_sale()
    client = sign_in(sale.broadcast.host.user)
    answer = client.post(at("start", sale), headers=HTMX)
    assert answer.status_code == 200
    assert "取消这次" in text_of(answer)
    client.post(at("cancel", sale), headers=HTMX)
    sale.refresh_from_db()
    assert sale.state == "cancelled"
    client.post(at("start", sale), headers=HTMX)
    begin(sale)
    run_due()
    StockPool.objects.filter(deal=sale.deal).update(available=13, held=4, sold=3)
    panel = reverse("streams:flash_panel", args=[sale.broadcast.public_id])
    assert re.findall(r'<dd class="digits"[^>]*>(\d+)', text_of(client.get(panel))) == [
        "3",
        "4",
        "13",
    ]
    client.post(at("stop", sale), headers=HTMX)
    sale.refresh_from_db()
    assert (sale.state, sale.reason, sale.units_taken) == ("ended", "stopped", 7)
    assert "7/20 件 · 主播停止" in text_of(client.get(panel))


def test_buttons_work_without_javascript(sign_in):
    sale = make_flash_sale()
    client = sign_in(sale.broadcast.host.user)
    answer = client.post(at("start", sale))
    assert answer.status_code == 302
    assert answer.url == reverse("streams:console", args=[sale.broadcast.public_id])
    assert "取消这次" in text_of(client.get(answer.url))


@pytest.mark.parametrize("button", ["start", "cancel", "stop", "withdraw"])
def test_buttons_are_for_those_who_run_the_show(button, sign_in):
    sale = make_flash_sale()
    for stranger in (make_user(), make_official().user, sale.approved_by):
        client = sign_in(stranger)
        assert client.post(at(button, sale), headers=HTMX).status_code == 403
    sale.refresh_from_db()
    assert sale.state == "scheduled"


def test_signed_out_is_led_to_sign_in(client):
    sale = make_flash_sale()
    assert client.post(at("start", sale)).status_code == 302
    assert "/accounts/" in client.post(at("start", sale)).url


def test_another_shows_sale_is_not_found(sign_in):
    sale, other = make_flash_sale(), make_flash_sale()
    client = sign_in(sale.broadcast.host.user)
    crossed = reverse("streams:flash_start", args=[sale.broadcast.public_id, other.pk])
    assert client.post(crossed, headers=HTMX).status_code == 404
    nowhere = reverse("streams:flash_start", args=["nowhere", sale.pk])
    assert client.post(nowhere, headers=HTMX).status_code == 404


def test_assistant_may_press(sign_in):
    sale = make_flash_sale()
    client = sign_in(make_assistant(sale.broadcast.host).user)
    assert client.post(at("start", sale), headers=HTMX).status_code == 200


def test_refusal_is_said_in_words(sign_in):
    sale = make_flash_sale()
    Broadcast.objects.filter(pk=sale.broadcast_id).update(state="scheduled")
    client = sign_in(sale.broadcast.host.user)
    answer = client.post(at("start", sale), headers=HTMX)
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#toasts"
    assert "直播" in text_of(answer)


def test_pressing_too_often_is_refused(sign_in):
    sale = make_flash_sale()
    client = sign_in(sale.broadcast.host.user)
    answers = [client.post(at("stop", sale), headers=HTMX).status_code for _ in range(12)]
    assert answers[-1] == 429


def test_get_changes_nothing(sign_in):
    sale = make_flash_sale()
    client = sign_in(sale.broadcast.host.user)
    assert client.get(at("start", sale)).status_code == 405


@pytest.mark.parametrize("count", [1, 8])
def test_list_asks_the_same_however_long_it_is(count, sign_in, django_assert_num_queries):
    show = make_show(state="live", items=1)
    for _ in range(count):
        make_flash_sale(show)
    client = sign_in(show.host.user)
    panel = reverse("streams:flash_panel", args=[show.public_id])
    client.get(panel)
    with django_assert_num_queries(5):
        assert client.get(panel).status_code == 200


def test_list_is_not_for_strangers(sign_in):
    sale = make_flash_sale()
    panel = reverse("streams:flash_panel", args=[sale.broadcast.public_id])
    assert sign_in(make_official().user).get(panel).status_code == 403


# --- the form ----------------------------------------------------------------------------------


@pytest.fixture
def form():
    show = make_show(state="live", items=2, festival=make_festival())
    good = {
        "product": show.shelf.first().product_id,
        "price": "48.00",
        "quantity": "20",
        "per_person_limit": "2",
        "countdown_seconds": "30",
        "run_minutes": "5",
        "planned_at": "",
        "subsidy_payer_zh": "县财政",
    }
    return show, reverse("streams:flash_plan", args=[show.public_id]), good


def test_host_proposes_and_the_list_shows_it(form, sign_in):
    show, address, good = form
    client = sign_in(show.host.user)
    assert client.get(address).status_code == 200
    assert client.post(address, good).status_code == 302
    sale = FlashSale.objects.get()
    assert (sale.price_fen, sale.run_seconds, sale.state) == (4800, 300, "proposed")
    page = text_of(client.get(reverse("streams:console", args=[show.public_id])))
    assert "等待批准" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "-1"),
        ("price", "0"),
        ("price", "4.805"),
        ("price", "48.01"),
        ("price", "9e9"),
        ("price", "NaN"),
        ("price", ""),
        ("quantity", "0"),
        ("quantity", "-3"),
        ("quantity", "2.5"),
        ("quantity", "99999999999999999999"),
        ("quantity", "1e3"),
        ("quantity", "1001"),
        ("per_person_limit", "0"),
        ("per_person_limit", "21"),
        ("countdown_seconds", "9"),
        ("countdown_seconds", "301"),
        ("countdown_seconds", "ten"),
        ("run_minutes", "0"),
        ("run_minutes", "21"),
        ("run_minutes", "0.5"),
        ("planned_at", "2020-01-01T10:00"),
        ("planned_at", "soon"),
        ("product", "0"),
        ("product", "1' OR 1=1"),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_bad_input_is_refused_beside_its_field(field, value, language, form, sign_in):
    show, address, good = form
    client = sign_in(show.host.user)
    client.cookies["django_language"] = language
    answer = client.post(address, good | {field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert FlashSale.objects.count() == 0


def test_form_is_not_for_strangers(form, sign_in):
    _show, address, good = form
    assert sign_in(make_official().user).post(address, good).status_code == 403


# --- the back room -----------------------------------------------------------------------------


def test_curator_approves_in_the_back_room(sign_in):
    sale = make_flash_sale(state="proposed")
    client = sign_in(make_curator(sale.broadcast.region.prefecture))
    change = reverse("admin:streams_flashsale_change", args=[sale.pk])
    assert client.get(change).status_code == 200
    client.post(
        reverse("admin:streams_flashsale_changelist"),
        {"action": "approve_chosen", "_selected_action": [sale.pk]},
    )
    sale.refresh_from_db()
    assert (sale.state, sale.base_price_fen) == ("scheduled", 9600)
    assert client.get(change).status_code == 200


def test_curator_of_another_prefecture_is_refused(sign_in):
    sale = make_flash_sale(state="proposed")
    client = sign_in(make_curator(make_prefecture("450100")))
    change = reverse("admin:streams_flashsale_change", args=[sale.pk])
    assert client.get(change).status_code == 403
    client.post(
        reverse("admin:streams_flashsale_changelist"),
        {"action": "approve_chosen", "_selected_action": [sale.pk]},
    )
    sale.refresh_from_db()
    assert sale.state == "proposed"


def fields_of(sale, **changes):
    local = timezone.localtime
    values = {
        "broadcast": sale.broadcast_id,
        "product": sale.product_id,
        "festival": sale.festival_id,
        "price_fen": "48.00",
        "quantity": 20,
        "per_person_limit": 2,
        "countdown_seconds": 30,
        "run_seconds": 300,
        "opens_at_0": local(sale.opens_at).strftime("%Y-%m-%d"),
        "opens_at_1": local(sale.opens_at).strftime("%H:%M:%S"),
        "closes_at_0": local(sale.closes_at).strftime("%Y-%m-%d"),
        "closes_at_1": local(sale.closes_at).strftime("%H:%M:%S"),
        "planned_at_0": "",
        "planned_at_1": "",
        "subsidy_payer_zh": "县财政",
        "subsidy_payer_en": "",
    }
    return values | changes


def test_curator_plans_one_and_approves_it_at_once(sign_in):
    model = make_flash_sale(state="proposed")
    curator = make_curator(model.broadcast.region.prefecture)
    client = sign_in(curator)
    add = reverse("admin:streams_flashsale_add")
    assert client.get(add).status_code == 200
    refused = client.post(add, fields_of(model, price_fen="48.01"))
    assert refused.status_code == 200
    assert "48" in text_of(refused)
    assert client.post(add, fields_of(model)).status_code == 302
    sale = FlashSale.objects.latest("pk")
    assert (sale.proposed_by, sale.state) == (curator, "proposed")


def test_approved_terms_cannot_be_typed_over(sign_in):
    sale = make_flash_sale()
    client = sign_in(sale.approved_by)
    change = reverse("admin:streams_flashsale_change", args=[sale.pk])
    client.post(change, fields_of(sale, price_fen="1.00", quantity=999))
    sale.refresh_from_db()
    assert (sale.price_fen, sale.quantity) == (4800, 20)


# --- the public pages --------------------------------------------------------------------------


def room_page(client, sale):
    return text_of(client.get(f"/rooms/{sale.broadcast.public_id}/"))


def card_of(page):
    return re.search(r"<flash-sale.*?</flash-sale>", page)[0]


def test_room_shows_the_sale_through_its_life(client, clean_cache):
    sale = make_flash_sale()
    assert "hidden" in card_of(room_page(client, sale)).split(">")[0]
    start_flash_sale(sale=sale, by=sale.broadcast.host.user)
    card = card_of(room_page(client, sale))
    assert 'data-phase="soon"' in card
    assert 'aria-disabled="true"' in card
    assert "48" in card
    begin(sale)
    run_due()
    card = card_of(room_page(client, sale))
    assert 'data-phase="on"' in card
    assert "aria-disabled" not in card
    stop_flash_sale(sale=sale, by=sale.broadcast.host.user)
    card = card_of(room_page(client, sale))
    assert 'data-phase="over"' in card
    assert "deal-buy" not in card


def test_explained_product_is_not_shown_twice(client, clean_cache):
    sale = make_flash_sale()
    item = sale.broadcast.shelf.get(product=sale.product)
    pins.pin(broadcast=sale.broadcast, item=item, by=sale.broadcast.host.user)
    start_flash_sale(sale=sale, by=sale.broadcast.host.user)
    page = room_page(client, sale)
    pinned = re.search(r"<deal-card.*?</deal-card>", page)[0]
    assert f'data-item="{item.pk}"' not in pinned


def test_product_page_counts_down_and_then_sells_at_the_price(client):
    sale = make_flash_sale()
    address = sale.product.get_absolute_url()
    assert "sale-clock" not in text_of(client.get(address))
    start_flash_sale(sale=sale, by=sale.broadcast.host.user)
    page = text_of(client.get(address))
    starts = int(sale.deal.starts_at.timestamp() * 1000)
    assert f'until="{starts}"' in page
    assert "¥</span>96" in page
    begin(sale)
    page = text_of(client.get(address))
    assert f'until="{int(sale.deal.ends_at.timestamp() * 1000)}"' in page
    assert re.search(r"¥</span>\s*48", page)


def test_system_line_speaks_the_readers_language(client, clean_cache):
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=sale.broadcast.host.user)
    assert "限时抢购 30 秒后开始" in room_page(client, sale)
    client.cookies["django_language"] = "en"
    assert "Flash sale in 30 seconds: Fengshan walnut" in room_page(client, sale)


def test_phase_follows_the_same_rule_in_browser_and_page():
    sale = make_flash_sale()
    by = sale.broadcast.host.user
    start_flash_sale(sale=sale, by=by)
    tried = []

    def try_now():
        state = json.loads(json.dumps(snapshot.room_state(sale.broadcast)))
        known = state["flash"]
        marks = {known["starts_at"], known["ends_at"], known["closed_at"] or known["ends_at"]}
        for mark in marks:
            for step in (-1, 0, 59_999, 60_000, 60_001):
                tried.append({"sale": known, "now": mark + step})

    try_now()
    begin(sale)
    run_due()
    try_now()
    stop_flash_sale(sale=sale, by=by)
    try_now()
    stopped = tried[-1]["sale"]
    tried.append({"sale": stopped | {"state": "cancelled"}, "now": stopped["closed_at"]})
    tried.append({"sale": {**tried[-1]["sale"], "item": None}, "now": tried[0]["now"]})
    tried.append({"sale": None, "now": 1})
    told = [flash_facts.phase_at(one["sale"], one["now"]) for one in tried]
    assert run_reducer(sales=tried)["phases"] == told
    assert set(told) == {"soon", "on", "over", "off", ""}


def test_worker_that_was_away_does_not_keep_the_price_on_the_page(client, clean_cache):
    """The rows still say countdown; the clock says over."""
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=sale.broadcast.host.user)
    let_pass(sale, 400)
    assert card_of(room_page(client, sale)).startswith('<flash-sale class="flash" data-phase=""')
