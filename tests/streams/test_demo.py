import pytest

from officials.demo import OFFICIAL
from streams import demo, demo_show
from streams.domain import shows
from streams.domain.flash_sales import start_flash_sale
from streams.domain.script_check import count_open_marks
from streams.models import Broadcast, RoomRole, RunTemplate, ScriptClearance
from tests.factories import (
    make_county,
    make_deal,
    make_festival,
    make_official,
    make_prefecture,
    make_product,
)
from tests.factories import make_user as make_person
from tests.streams.shows import told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    """The demo's own official, a deputy mayor of the demo's prefecture, and some goods."""
    make_official(user=make_person(OFFICIAL), region=make_county("451223"))
    make_official(region=make_prefecture(demo.DEMO_REGION))
    make_person(demo.MODERATOR)
    for code in ("451223", "451002"):
        make_deal(make_product(county=make_county(code)))
        make_product(county=make_county(code))


def test_seed_plans_shows_and_a_second_run_changes_nothing(people):
    first = demo.seed(lambda line: None)
    rows = Broadcast.objects.count()
    again = demo.seed(lambda line: None)
    assert first["shows"] > 0
    assert again["shows"] == 0
    assert Broadcast.objects.count() == rows
    assert RoomRole.objects.filter(broadcast=None, role="moderator").count() == 1


def test_seed_leaves_the_demos_official_a_show_ready_to_go_live(people):
    demo.seed(lambda line: None)
    ready = Broadcast.objects.get(host__user__email=OFFICIAL, state="scheduled")
    assert ready.shelf.count() == 2
    assert ready.shelf.first().deal is not None
    assert not ready.is_demo


def test_ready_show_has_flash_sales_that_its_host_can_start(people):
    make_festival()
    make_person(is_superuser=True, is_staff=True)
    demo.seed(lambda line: None)
    ready = Broadcast.objects.get(host__user__email=OFFICIAL, state="scheduled")
    sales = list(ready.flash_sales.order_by("pk"))
    assert [sale.state for sale in sales] == ["scheduled", "scheduled"]
    shows.go_live(broadcast=ready, by=ready.host.user)
    start_flash_sale(sale=sales[0], by=ready.host.user)
    assert sales[0].state == "countdown"


def test_demo_show_goes_live_pins_and_speaks_as_a_demo(people):
    demo.seed(lambda line: None)
    said_at = 0.0
    for _ in range(4):
        said_at = demo_show.step(said_at)
    show = Broadcast.objects.get(title_zh=demo.DEMO_TITLE[0])
    assert show.is_live
    lines = [event for event in told(show) if event["t"] == "chat"]
    assert len(lines) == 3
    assert all(line["is_demo"] and line["badge"] == "host" for line in lines)


def test_demo_show_begins_a_new_one_after_the_end(people):
    demo.seed(lambda line: None)
    demo_show.step(0.0)
    Broadcast.objects.filter(title_zh=demo.DEMO_TITLE[0]).update(state="ended")
    demo_show.step(0.0)
    assert Broadcast.objects.filter(title_zh=demo.DEMO_TITLE[0], state="live").count() == 1
    assert Broadcast.objects.filter(title_zh=demo.DEMO_TITLE[0]).count() == 2


def test_ready_show_has_a_run_with_nothing_left_to_mark(people):
    demo.seed(lambda line: None)
    ready = Broadcast.objects.get(host__user__email=OFFICIAL, state="scheduled")
    kinds = list(ready.segments.values_list("kind", flat=True))
    assert kinds == [
        "talk",
        "pitch",
        "pitch",
        "song",
        "talent",
        "questions",
        "draw",
        "break",
        "talk",
    ]
    assert count_open_marks(ready) == 0
    assert ScriptClearance.objects.get().word == "非遗"
    assert RunTemplate.objects.get(host=ready.host).segments.count() == len(kinds)
