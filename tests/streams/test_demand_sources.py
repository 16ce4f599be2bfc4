"""Where demands come from: only what was said in public goes along with its words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.domain import demand_reasons
from orders.models import Refund
from products.domain import stock_watch
from products.models import SearchMiss
from streams.domain import demand_sources
from streams.models import Broadcast, Demand, DemandVoice, Question
from tests.factories import make_prefecture, make_product, make_user
from tests.orders.farms import make_farm, make_goods, make_paid_order
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


def question_of(show, text, *, votes=1, state="open", **fields):
    now = timezone.now()
    times = {"taken_at": now, "answered_at": now} if state == "answered" else {}
    return Question.objects.create(
        broadcast=show,
        user=make_user(),
        key=text[:36],
        text=text,
        votes=votes,
        state=state,
        **times | fields,
    )


def test_unanswered_questions_of_shows_that_are_over():
    over, live = make_show(state="ended", items=1), make_show(state="live")
    product = over.shelf.get().product
    open_ = question_of(over, f"{product.name_zh}几天到新疆，运费多少", votes=4)
    question_of(over, "已经答过的问题", state="answered", votes=2)
    question_of(over, "大家都关心的修路问题", state="answered", votes=9)
    question_of(over, "不好的话", state="removed", votes=9)
    question_of(live, "还在播的问题")

    assert [demand_sources.hear_questions(), demand_sources.hear_questions()] == [2, 0]

    found = Demand.objects.get(product=product)
    assert (found.voices, found.votes, found.tags) == (4, 1, ["freight"])
    assert found.prefecture == over.region.prefecture
    assert DemandVoice.objects.get(demand=found).key == f"question:{open_.pk}"
    assert Demand.objects.get(product=None).tags == ["roads"]


def test_questions_of_a_rehearsal_and_of_long_ago_are_not_heard():
    show = make_show(state="ended", items=0)
    question_of(show, "很久以前的问题")
    Broadcast.objects.filter(pk=show.pk).update(ended_at=timezone.now() - timedelta(days=31))
    assert demand_sources.hear_questions() == 0


def test_a_wish_is_heard_once_and_votes_for_itself():
    user, place = make_user(), make_prefecture()
    one = demand_sources.wish(user=user, text="想要小份装的核桃", prefecture=place)
    demand_sources.wish(user=user, text="想要小份装的核桃 ", prefecture=place)
    one.refresh_from_db()
    assert (one.state, one.votes, one.voices, one.title_zh) == ("suggested", 1, 1, "")
    assert one.tags == ["variety"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_text"),
        ("嗯", "wish_too_short"),
        ("字" * 101, "text_too_long"),
        ("打 13800138000 找我买核桃", "personal"),
        ("加微信 abc12345 有优惠", "personal"),
    ],
)
def test_what_is_no_wish(text, code):
    with pytest.raises(DomainError) as error:
        demand_sources.wish(user=make_user(), text=text)
    assert error.value.code == code
    assert not Demand.objects.exists()


def test_nobody_wishes_all_day():
    user = make_user()
    for number in range(5):
        demand_sources.wish(user=user, text=f"想要第 {number} 种新的水果")
    with pytest.raises(DomainError) as error:
        demand_sources.wish(user=user, text="还想要一种新的水果")
    assert (error.value.code, error.value.status) == ("too_fast", 429)


def test_searches_of_several_people_and_no_contacts():
    heard = demand_sources.hear_searches(
        [("砂糖橘", 7), ("独一个人找的", 1), ("13800138000", 40), ("韦小山先生", 9), ("a", 50)]
    )
    assert heard == 1
    demand = Demand.objects.get()
    assert (demand.gist, demand.voices, demand.tags) == ("砂糖橘", 7, ["variety"])


def test_the_sweep_reads_the_missed_searches_of_the_catalogue():
    today = timezone.localdate()
    SearchMiss.objects.create(text="砂糖橘", day=today, searches=4, wishes=2)
    SearchMiss.objects.create(text="少人找的", day=today, searches=1, wishes=0)
    assert [demand_sources.hear_all(), demand_sources.hear_all()] == [1, 1]
    assert Demand.objects.get().voices == 6


def test_goods_that_several_people_wait_for():
    product = make_product(stock=0)
    for _ in range(2):
        stock_watch.watch(user=make_user(), product=product)
    assert demand_sources.hear_waiting() == 0
    stock_watch.watch(user=make_user(), product=product)
    assert demand_sources.hear_waiting() == 1
    stock_watch.watch(user=make_user(), product=product)
    demand_sources.hear_waiting()
    demand = Demand.objects.get()
    assert (demand.product, demand.voices, demand.tags) == (product, 4, ["supply"])
    voice = DemandVoice.objects.get()
    assert (voice.user, voice.text) == (None, "")


# --- Refund reasons, pushed down by the orders


def refund_of(goods, *, cause="bad_fruit", state="approved", words="我是李小山，电话 13800138000"):
    order = make_paid_order((goods, 1))
    payment, line = order.payments.get(), order.lines.get()
    row = Refund.objects.create(
        payment=payment,
        key=f"k:{order.number}",
        origin="request",
        producer=goods.producer,
        requested_by=order.buyer,
        amount_fen=100,
        cause=cause,
        reason=words,
        state="requested",
    )
    row.lines.create(line=line, amount_fen=100)
    Refund.objects.filter(pk=row.pk).update(state=state)
    return row


def test_refund_reasons_come_as_numbers_and_never_as_words():
    goods = make_goods(make_farm())
    other = make_goods(make_farm())
    for _ in range(3):
        refund_of(goods)
    for _ in range(3):
        refund_of(other, cause="changed_mind")
    refund_of(other, cause="damaged")
    refund_of(goods, state="requested")

    assert [demand_reasons.tell_reasons(), demand_reasons.tell_reasons()] == [1, 1]

    demand = Demand.objects.get()
    assert (demand.product, demand.tags, demand.voices, demand.votes) == (goods, ["quality"], 3, 0)
    assert demand.prefecture == goods.prefecture
    voice = DemandVoice.objects.get()
    assert (voice.source, voice.text, voice.user, voice.times) == ("refund", "", None, 3)
    kept = [demand.gist, demand.title_zh, voice.key, voice.text]
    assert not any("李小山" in text or "138" in text for text in kept)
