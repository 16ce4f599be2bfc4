"""Demands: from what people say to a worded demand on the board, an office and its answer."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as shop
from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce import audit
from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from streams.domain import (
    demand_board,
    demand_desk,
    demand_grouping,
    demand_office,
    demand_states,
    demand_tags,
    demand_votes,
    demand_wording,
)
from streams.domain.demand_board import Filters
from streams.domain.demand_desk import Wording
from streams.domain.demand_hearing import Source
from streams.models import Demand, DemandEvent, DemandVoice, DemandVote
from tests.factories import (
    make_county,
    make_curator,
    make_official,
    make_prefecture,
    make_product,
    make_user,
)
from tests.streams.demands import (
    answered,
    assigned,
    boss,
    heard,
    overdue,
    published,
    vote,
    worded,
)

pytestmark = pytest.mark.django_db


def refused(code, call, **fields):
    with pytest.raises(DomainError) as error:
        call(**fields)
    assert error.value.code == code
    assert error.value.message
    return error.value


def steps(demand):
    return list(demand.events.values_list("from_state", "to_state"))


# --- Hearing and grouping


def test_the_same_thing_said_twice_is_one_demand_and_each_person_votes_once():
    first, second = make_user(), make_user()
    one = heard("能不能降低到新疆的运费", user=first)
    heard("希望降低到新疆的运费", user=second)
    heard("希望降低到新疆的运费啊", user=second, key="once more")
    one.refresh_from_db()
    assert Demand.objects.count() == 1
    assert (one.voices, one.votes) == (3, 2)
    assert one.tags == ["freight"]


def test_a_voice_is_counted_once_and_only_grows():
    one = heard("sha tang ju", source=Source.SEARCH, key="search:x", times=5, text="")
    heard("sha tang ju", source=Source.SEARCH, key="search:x", times=9, text="")
    heard("sha tang ju", source=Source.SEARCH, key="search:x", times=3, text="")
    one.refresh_from_db()
    assert (one.voices, DemandVoice.objects.get().times) == (9, 9)


def test_another_place_or_other_words_are_another_demand():
    heard("降低运费")
    heard("降低运费", prefecture=make_prefecture("451000"), key="b")
    heard("桥什么时候修好", key="c")
    assert Demand.objects.count() == 3


def test_the_same_goods_and_tag_belong_together_whatever_the_words():
    product = make_product()
    one = heard("核桃坏果多", product=product)
    other = heard("打开全是霉", product=product, key="b", cause="bad_fruit")
    assert one.pk == other.pk


def test_what_is_answered_begins_anew():
    one = answered("降低运费")
    other = heard("降低运费", key="later")
    assert other.pk != one.pk


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        ("能不能包邮到新疆？", "希望包邮到新疆", True),
        ("包郵到新疆", "包邮到新疆！！", True),
        ("芒果有没有小份装", "芒果想要小份装", True),
        ("降低运费", "提高质量", False),
        ("", "", False),
    ],
)
def test_which_wordings_are_alike(one, other, are_alike):
    score = demand_grouping.likeness(demand_grouping.pairs_of(one), demand_grouping.pairs_of(other))
    assert (score >= demand_grouping.ALIKE) is are_alike


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("到新疆的运费太贵了", {"freight", "price"}),
        ("收到好多坏果，发霉了", {"quality"}),
        ("村里的公路什么时候修", {"roads"}),
        ("Is the shipping free?", {"freight"}),
        ("你好", {"other"}),
    ],
)
def test_tags_are_suggested_by_words(text, tags):
    assert set(demand_tags.tags_for(text, source="wish")) == tags


# --- Personal data


@pytest.mark.parametrize(
    "text",
    [
        "打电话给 13800138000",
        "加微信 abc12345",
        "李女士说运费贵",
        "韦小山先生的核桃",
        "住在 3 号楼的快递",
        "订单 202611230001 没到",
        "身份证 45010219900101123X",
        "写信到 someone@example.com",
        "Ask Mr Wei about it",
    ],
)
def test_what_points_at_a_person_does_not_stand_on_the_board(text):
    demand = heard("运费")
    wording = Wording(title_zh=text, tags=["freight"])
    refused("personal", demand_desk.word, demand=demand, by=boss(), wording=wording)
    assert Demand.objects.get().title_zh == ""


def test_the_names_of_those_who_asked_do_not_stand_on_the_board():
    person = make_user(display_name="石榴妹妹")
    demand = heard("石榴妹妹想要包邮", user=person)
    wording = Wording(title_zh="石榴妹妹想要包邮", tags=["freight"])
    refused("personal", demand_desk.word, demand=demand, by=boss(), wording=wording)
    worded("想要包邮", demand=demand)


def test_a_name_that_came_later_stops_the_publishing():
    demand = worded("荔枝小王子要回来")
    heard("荔枝小王子要回来，大家都这么说", user=make_user(display_name="荔枝小王子"), key="l")
    refused("personal", demand_desk.publish, demand=demand, by=boss())


def test_a_name_that_is_the_goods_own_is_none():
    product = make_product(name_zh="凤山核桃")
    demand = heard("核桃太硬", product=product, user=make_user(display_name="核桃"))
    worded("核桃太硬", demand=demand, product=product)
    assert demand.title_zh == "核桃太硬"


@pytest.mark.parametrize(
    "text", ["两斤 29.5 元包邮", "3 月 8 日前发货", "武鸣沃柑上市", "修好 212 省道"]
)
def test_prices_dates_and_places_are_nobodys(text):
    assert not demand_wording.is_personal(text)


def test_an_answer_and_a_reason_are_looked_at_too():
    demand = assigned()
    refused(
        "personal",
        demand_office.answer,
        demand=demand,
        by=demand.official.user,
        text_zh="请打 13800138000",
    )
    refused("personal", demand_desk.decline, demand=demand, by=boss(), reason="找李女士")


# --- The state machine


def test_from_a_wish_to_an_answer():
    demand = answered()
    assert steps(demand) == [
        ("", "suggested"),
        ("suggested", "published"),
        ("published", "assigned"),
        ("assigned", "answered"),
    ]
    acts = [one.action for one in audit.history(demand)][::-1]
    assert acts == ["demand.word", "demand.published", "demand.assigned", "demand.answered"]
    entry = audit.history(demand).first()
    assert (entry.before["state"], entry.after["state"]) == ("assigned", "answered")


@pytest.mark.parametrize("from_", Demand.State.values)
def test_nothing_moves_where_the_table_does_not_lead(from_):
    target = published("别的事")
    demand = answered()
    values = {"merged_into": target, "state": from_} if from_ == "merged" else {"state": from_}
    Demand.objects.filter(pk=demand.pk).update(reason="x", **values)
    for to in Demand.State.values:
        if demand_states.STEPS.can(from_, to):
            continue
        demand.refresh_from_db()
        with pytest.raises(DomainError) as error:
            demand_states.advance(demand, to, by=None)
        assert error.value.code == "demand_moved"
    demand.refresh_from_db()
    assert demand.state == from_


def test_the_diagram_in_the_docs_is_the_table():
    text = (Path(shop.BASE_DIR) / "docs" / "voice.md").read_text("utf-8")
    assert demand_states.STEPS.diagram() in text


def test_of_two_who_decide_at_once_one_is_told():
    demand = worded()
    stale = Demand.objects.get(pk=demand.pk)
    demand_desk.publish(demand=demand, by=boss())
    stale.state = "suggested"
    refused("demand_moved", demand_desk.publish, demand=stale, by=boss())
    assert DemandEvent.objects.filter(to_state="published").count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"state": "published"},
        {"state": "assigned", "published_at": timezone.now(), "title_zh": "x"},
        {"state": "declined"},
        {"state": "merged"},
    ],
)
def test_the_database_wants_what_a_state_says(values):
    demand = heard()
    with pytest.raises(IntegrityError), transaction.atomic():
        Demand.objects.filter(pk=demand.pk).update(**values)


def test_declined_with_a_reason_and_looked_at_once_more():
    demand = published()
    refused("reason", demand_desk.decline, demand=demand, by=boss(), reason="  ")
    demand_desk.decline(demand=demand, by=boss(), reason="规则不允许")
    assert demand_board.public().filter(state="declined").get().reason == "规则不允许"
    demand_desk.reconsider(demand=demand, by=boss())
    demand.refresh_from_db()
    assert (demand.state, demand.reason, demand.is_public) == ("suggested", "", False)


# --- Whose desk


def test_another_prefectures_curator_is_refused_and_written_down():
    demand = worded()
    stranger = make_curator(make_prefecture("451000"))
    error = refused("not_your_region", demand_desk.publish, demand=demand, by=stranger)
    assert error.status == 403
    entry = AuditEntry.objects.filter(is_refused=True).get()
    assert (entry.action, entry.actor_id) == ("demand.publish", stranger.pk)
    own = make_curator(demand.prefecture)
    demand_desk.publish(demand=demand, by=own)


def test_an_office_of_another_prefecture_is_not_a_curators_to_name():
    demand = published()
    curator = make_curator(demand.prefecture)
    far = make_official(region=make_county("451021"))
    due_at = timezone.now() + timedelta(days=3)
    fields = {"demand": demand, "due_at": due_at}
    refused("office", demand_desk.assign, by=curator, official=far, **fields)
    unverified = make_official(verified=False)
    refused("office", demand_desk.assign, by=boss(), official=unverified, **fields)
    demand_desk.assign(by=boss(), official=far, **fields)


@pytest.mark.parametrize("days", [-1, 91])
def test_a_deadline_lies_ahead_and_not_too_far(days):
    demand = published()
    refused(
        "deadline",
        demand_desk.assign,
        demand=demand,
        official=make_official(),
        due_at=timezone.now() + timedelta(days=days),
        by=boss(),
    )


def test_only_the_named_office_answers():
    demand = assigned()
    other = make_official()
    error = refused(
        "not_your_office", demand_office.answer, demand=demand, by=other.user, text_zh="我来答"
    )
    assert error.status == 403
    assert AuditEntry.objects.filter(is_refused=True, action="demand.answer").count() == 1


def test_an_answer_can_be_sent_back():
    demand = answered(text="知道了。")
    later = timezone.now() + timedelta(days=3)
    demand_desk.send_back(demand=demand, by=boss(), reason="说说什么时候", due_at=later)
    demand.refresh_from_db()
    assert (demand.state, demand.answer_zh, demand.due_at) == ("assigned", "", later)
    entry = audit.history(demand).first()
    assert entry.before["answer_zh"] == "知道了。"


# --- Votes


def test_one_vote_a_person_taken_back_at_will():
    demand, person = published(), make_user()
    assert demand_votes.vote(demand=demand, user=person) == 1
    assert demand_votes.vote(demand=demand, user=person) == 1
    assert demand_votes.vote(demand=demand, user=person, wanted=False) == 0
    assert demand_votes.vote(demand=demand, user=person, wanted=False) == 0
    assert demand_votes.vote(demand=demand, user=person) == 1


def test_what_is_answered_or_not_on_the_board_is_not_voted_on():
    for demand in (worded("还没上榜"), answered("已经答复")):
        refused("not_voted_on", demand_votes.vote, demand=demand, user=make_user())


def test_merged_votes_count_each_person_once():
    one, other = (
        published("包邮到新疆"),
        published("西藏也要包邮吧", demand=heard("西藏也要送到", key="x")),
    )
    both, only_other = make_user(), make_user()
    for demand in (one, other):
        demand_votes.vote(demand=demand, user=both)
    demand_votes.vote(demand=other, user=only_other)
    voices = one.voices + other.voices

    demand_desk.merge(demand=other, into=one, by=boss())

    assert (one.votes, other.votes, other.state) == (2, 0, "merged")
    assert DemandVote.objects.filter(demand=one).count() == 2
    assert one.voices == voices
    assert not DemandVoice.objects.filter(demand=other).exists()


def test_a_merge_of_merges_is_flat_and_never_with_itself():
    demands = [
        published(title, demand=heard(title, key=title))
        for title in ("修通村里的路", "果品要分级", "客服晚上在线")
    ]
    first, second, third = demands
    demand_desk.merge(demand=first, into=second, by=boss())
    demand_desk.merge(demand=second, into=third, by=boss())
    first.refresh_from_db()
    assert first.merged_into == third
    refused("itself", demand_desk.merge, demand=third, into=third, by=boss())
    refused("demand_moved", demand_desk.merge, demand=third, into=first, by=boss())


def test_who_voted_hears_of_the_answer_once():
    demand = assigned()
    people = vote(demand, 3)
    assert demand_votes.tell_voters() == 0
    demand_office.answer(demand=demand, by=demand.official.user, text_zh="下月起运费减半。")
    assert [demand_votes.tell_voters(), demand_votes.tell_voters()] == [3, 0]
    told = Notification.objects.filter(kind="voice_answered")
    assert {one.user_id for one in told} >= {one.pk for one in people}
    assert told.first().body == "下月起运费减半。"


# --- Deadlines


def test_an_office_is_told_reminded_and_late_in_public():
    demand = assigned(days=7)
    user = demand.official.user
    assert Notification.objects.filter(user=user, kind="voice_assigned").count() == 1
    assert demand_office.remind_offices() == 0
    Demand.objects.filter(pk=demand.pk).update(
        remind_at=timezone.now() - timedelta(minutes=1),
        due_at=timezone.now() - timedelta(days=2, hours=1),
    )
    assert [demand_office.remind_offices(), demand_office.remind_offices()] == [1, 0]
    newest = Notification.objects.filter(user=user).order_by("-pk").first()
    assert "3" in newest.title
    demand.refresh_from_db()
    assert demand.is_overdue
    assert demand.days_overdue == 3
    assert demand.remind_at > timezone.now() + timedelta(days=2)


def test_two_sweeps_remind_once(django_capture_on_commit_callbacks):
    demand = assigned()
    was = timezone.now() - timedelta(minutes=1)
    Demand.objects.filter(pk=demand.pk).update(remind_at=was)
    seen = [Demand.objects.select_related("official__user").get(pk=demand.pk) for _ in range(2)]
    assert [demand_office._remind(one) for one in seen] == [True, False]


# --- The board


def test_the_board_narrows_by_place_tag_and_standing():
    far = make_prefecture("451000")
    late, plain = overdue(), published("芒果标采摘日", prefecture=far, tags=["quality"])
    done = answered("换硬一点的箱子")
    hidden = worded("还没上榜的话")

    def titles(**filters):
        return {one.title_zh for one in demand_board.board(Filters(**filters))}

    assert titles() == {late.title_zh, plain.title_zh, done.title_zh}
    assert hidden.title_zh not in titles()
    assert titles(standing="overdue") == {late.title_zh}
    assert titles(standing="answered") == {done.title_zh}
    assert titles(standing="open") == {late.title_zh, plain.title_zh}
    assert titles(tag="quality") == {plain.title_zh}
    assert titles(prefecture="451000") == {plain.title_zh}
    assert titles(tag="nonsense") == titles(standing="x") == titles(prefecture="x") == set()
    assert demand_board.figures() == {"all": 3, "open": 2, "overdue": 1, "answered": 1}


def test_most_votes_come_first():
    few, many = published("修通村里的路"), published("果品分级", demand=heard("果品分级", key="y"))
    vote(many, 2)
    vote(few, 1)
    assert [one.pk for one in demand_board.board(Filters())] == [many.pk, few.pk]
    assert [one.pk for one in demand_board.board(Filters(by="new"))] == [many.pk, few.pk]
