"""The demo's board: a handful in each state, whose numbers are those of their rows."""

import pytest

from officials.demo import OFFICIAL
from streams import demo_voice
from streams.domain import demand_board, demand_wording
from streams.domain.demand_board import Filters
from streams.models import Demand, DemandVote
from tests.factories import make_county, make_official, make_prefecture, make_user
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def official():
    for code in ("450100", "450300", "450500", "451000"):
        make_official(region=make_prefecture(code))
    return make_official(user=make_user(OFFICIAL), region=make_county("451223"))


def test_every_state_is_shown_and_a_second_run_changes_nothing(official):
    make_show(state="ended", host=official)
    assert demo_voice.seed() == len(demo_voice.EXAMPLES) + len(demo_voice.SUGGESTIONS)
    assert demo_voice.seed() == 0
    states = set(Demand.objects.values_list("state", flat=True))
    assert states == set(Demand.State.values) - {"merged"}
    assert demand_board.figures()["overdue"] == 1
    for demand in Demand.objects.all():
        assert demand.is_demo
        assert demand.votes == DemandVote.objects.filter(demand=demand).count()
        for text in (demand.title_zh, demand.title_en, demand.answer_zh, demand.reason):
            assert not demand_wording.is_personal(text), text
    assert demand_board.board(Filters(standing="open")).exists()
    late = Demand.objects.get(pk=demand_board.board(Filters(standing="overdue")).get().pk)
    assert late.official == official


def test_without_offices_only_suggestions_are_made():
    assert demo_voice.seed() == len(demo_voice.SUGGESTIONS)
