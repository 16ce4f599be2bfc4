"""The wall of a festival: what it shows, what it is told, who may look."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from livecommerce import redis_client
from livecommerce.realtime import presence, rooms
from orders.domain import festival_screen, ledger
from orders.domain.festival_figures import count_figures
from orders.models import FestivalScreen
from tests.factories import make_county, make_festival, make_product, make_user
from tests.orders.fairs import sell
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db(transaction=True)
REDUCER = Path(__file__).with_name("reduce_screen.mjs")


@pytest.fixture
def fair():
    festival = make_festival()
    return festival, make_show(state="live", festival=festival)


@pytest.fixture
def watched(fair):
    """Somebody looks at the wall."""
    festival, show = fair
    presence.announce(festival_screen.room_of(festival), ["d1"], seconds=60)
    return festival, show


def told(festival):
    client = redis_client.sync()
    names = rooms.keys(festival_screen.room_of(festival))
    messages = [rooms.parse(fields[b"m"]) for _entry, fields in client.xrange(names.log)]
    return [json.loads(message.body) for message in messages]


def next_second(festival, *, counted=False):
    """As if a second had gone by, and with `counted` also the pause between two counts."""
    client = redis_client.sync()
    client.delete(redis_client.key("screens-turn"))
    if counted:
        client.delete(redis_client.key("screen", festival.pk, "resting"))


def note(order):
    lines = list(order.lines.select_related("product", "broadcast", "deal"))
    festival_screen.note_lines(buyer=order.buyer, lines=lines)


def test_figures_tell_paid_from_settled_and_whose_it_is(fair):
    festival, show = fair
    product, far = make_product(), make_product(county=make_county("450123"))
    settled = [sell(show, product, quantity=2), sell(show, far)]
    coming = sell(show, product, settled=False, ago=timedelta(minutes=1))
    sell(make_show(), product)  # of no festival
    figures = count_figures(festival)
    assert figures.places == {"450100": 1, "451200": 2}
    assert (figures.orders, figures.settled_orders) == (3, 2)
    assert figures.settled_fen == sum(sum(ledger.owed(one).values()) for one in settled)
    assert figures.coming_fen == sum(ledger.owed(coming).values())


def test_demand_counts_people_and_not_units(fair):
    festival, show = fair
    one, other, hoarder = make_product(), make_product(), make_user()
    sell(show, one, quantity=50, buyer=hoarder, ago=timedelta(hours=1))
    sell(show, one, quantity=50, buyer=hoarder, ago=timedelta(hours=2))
    for _ in range(2):
        sell(show, other, ago=timedelta(hours=3))
    sell(show, one, ago=timedelta(hours=30))
    found = [(demand.product_id, demand.buyers) for demand in count_figures(festival).goods]
    assert found == [(other.pk, 2), (one.pk, 1)]


def test_a_festival_without_orders_has_figures(fair):
    festival, _show = fair
    figures = count_figures(festival)
    assert (figures.orders, figures.places, figures.goods) == (0, {}, [])
    assert (figures.settled_fen, figures.coming_fen) == (0, 0)


def test_orders_of_a_second_are_told_together_with_masked_names(watched):
    festival, show = watched
    for name in ("李小山", "覃稻香"):
        note(sell(show, make_product(), buyer=make_user(display_name=name)))
    next_second(festival)
    assert festival_screen.tell_screens() == 1
    (event,) = told(festival)
    assert event["lit"] == {"451200": 2}
    assert [line["name"] for line in event["orders"]] == ["李*", "覃*"]
    assert set(event["orders"][0]) == {
        "id", "name", "code", "product_zh", "product_en", "quantity", "at"
    }  # fmt: skip
    assert event["figures"]["orders"] == 2


def test_a_second_tells_once_and_silence_tells_nothing(watched):
    festival, show = watched
    note(sell(show, make_product()))
    next_second(festival)
    assert festival_screen.tell_screens() == 1
    assert festival_screen.tell_screens() == 0  # within the same second
    next_second(festival, counted=True)
    assert festival_screen.tell_screens() == 0  # counted again, and nothing is different
    assert len(told(festival)) == 1


def test_a_flood_of_orders_stays_one_short_event(watched):
    festival, show = watched
    order = sell(show, make_product())
    for _ in range(50):
        note(order)
    next_second(festival)
    festival_screen.tell_screens()
    (event,) = told(festival)
    assert event["lit"] == {"451200": 50}
    assert len(event["orders"]) == festival_screen.LINES
    assert len(json.dumps(event)) < 8000


def test_nobody_looks_and_nothing_is_told_or_counted(fair, django_assert_num_queries):
    festival, show = fair
    note(sell(show, make_product()))
    next_second(festival)
    with django_assert_num_queries(1):
        assert festival_screen.tell_screens() == 0
    assert told(festival) == []
    assert len(festival_screen.snapshot(festival)["orders"]) == 1


def test_snapshot_and_events_make_a_fresh_snapshot(watched):
    festival, show = watched
    products = [make_product(), make_product(county=make_county("450123"))]
    before = festival_screen.snapshot(festival)
    for number in range(12):
        note(sell(show, products[number % 2], settled=number % 3 == 0))
        next_second(festival, counted=number % 2 == 1)
        festival_screen.tell_screens()
    fresh = festival_screen.snapshot(festival)
    events = told(festival)
    reduced = run_reducer({"state": before, "events": [*events[:4], *events]})
    for state in (reduced, fresh):
        for name in ("s", "ep", "now"):
            del state[name]
    assert reduced == fresh


def run_reducer(given):
    answer = subprocess.run(
        ["node", str(REDUCER)], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)


def test_snapshots_of_many_screens_count_once(fair, django_assert_max_num_queries):
    festival, _show = fair
    festival_screen.snapshot(festival)
    with django_assert_max_num_queries(12):
        for _ in range(3):
            festival_screen.snapshot(festival)


def test_page_and_snapshot_of_an_unknown_festival_are_not_found(client):
    assert client.get("/screen/nothing/").status_code == 404
    assert client.get("/screen/nothing/snapshot").status_code == 404


def test_wall_is_open_unless_it_was_closed(client, fair):
    festival, _show = fair
    url = f"/screen/{festival.slug}/"
    assert client.get(url).status_code == 200
    setting = FestivalScreen.objects.create(festival=festival, access="key")
    assert client.get(url).status_code == 404
    assert client.get(f"{url}?key={setting.key}x").status_code == 404
    page = client.get(f"{url}?key={setting.key}").content.decode()
    assert f"/ws/screens/{festival.slug}?key={setting.key}" in page
    assert client.get(f"{url}snapshot?key={setting.key}").status_code == 200
    FestivalScreen.objects.update(access="off")
    assert client.get(f"{url}?key={setting.key}").status_code == 404
    client.force_login(make_user(is_staff=True))
    assert client.get(url).status_code == 200


def test_language_is_remembered_and_the_key_is_kept(client, fair):
    festival, _show = fair
    url = f"/screen/{festival.slug}/"
    answer = client.get(f"{url}?lang=en&key=abc&next=//evil.example")
    assert (answer.status_code, answer.url) == (302, f"{url}?key=abc")
    page = client.get(url).content.decode()
    assert '<html lang="en" data-theme="dark">' in page
    assert client.get(f"{url}?lang=xx").status_code == 200


@pytest.mark.parametrize(("begins", "ends"), [(1, 9), (-1, 9), (-9, -1)])
def test_wall_before_during_and_after(client, begins, ends):
    now = timezone.now()
    festival = make_festival(
        starts_at=now + timedelta(days=begins), ends_at=now + timedelta(days=ends)
    )
    make_show(festival=festival, items=1)
    make_show(festival=festival, state="ended")
    page = client.get(f"/screen/{festival.slug}/")
    assert page.status_code == 200
    pictures = festival_screen.snapshot(festival)["figures"]["shows"]["pictures"]
    assert [one["standing"] for one in pictures] == (["been"] if ends < 0 else ["coming", "been"])
