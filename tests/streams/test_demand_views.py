"""The board, the desks and the console's answers: pages, forms, and whose they are."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from django.utils import timezone

from livecommerce.audit.models import AuditEntry
from streams.models import Demand
from tests.factories import make_curator, make_official, make_prefecture, make_user
from tests.streams.demands import answered, assigned, boss, heard, overdue, published, worded
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def sign_in(client):
    def act(user):
        TOTP.activate(user, generate_totp_secret())
        client.force_login(user)
        return client

    return act


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_board_says_who_answers_and_what_is_late(client):
    late = overdue()
    hidden = worded("还没上榜的话")
    page = text_of(client.get("/voice/"))
    assert late.title_zh in page
    assert "已逾期 3 天" in page
    assert "凤山县副县长" in page
    assert hidden.title_zh not in page
    assert "登录" in page
    assert late.title_zh not in text_of(client.get("/voice/?standing=answered"))
    for nonsense in ("standing=x", "prefecture=%00", "tag=' OR 1", "page=99999", "by=x"):
        assert client.get(f"/voice/?{nonsense}").status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_the_board_asks_as_often_for_one_as_for_many(client, number, django_assert_num_queries):
    for place in range(number):
        prefecture = make_prefecture(f"45{10 + place}00")
        published(
            f"诉求{place}", demand=heard(f"诉求{place}", key=str(place), prefecture=prefecture)
        )
    client.force_login(make_user())
    client.get("/voice/")
    with django_assert_num_queries(9):
        client.get("/voice/")


def test_a_vote_by_form_and_by_htmx(client):
    demand = published()
    url = reverse("streams:demand_vote", args=[demand.pk])
    assert client.post(url).status_code == 302
    assert "login" in client.post(url).url
    client.force_login(make_user())
    pressed = client.post(url, {"wanted": "yes"}, headers=HTMX)
    assert 'aria-pressed="true"' in text_of(pressed)
    assert client.post(url, {"wanted": "no"}).url == demand.get_absolute_url()
    demand.refresh_from_db()
    assert demand.votes == 0
    assert (
        client.post(reverse("streams:demand_vote", args=[worded("没上榜").pk])).status_code == 404
    )


def test_a_wish_is_written_down_and_no_one_sees_it(client):
    client.force_login(make_user())
    sent = client.post("/voice/wish", {"text": "想要一斤装的小袋核桃"})
    assert sent.url == "/voice/"
    assert Demand.objects.get().gist == "想要一斤装的小袋核桃"
    assert "小袋核桃" not in text_of(client.get("/voice/"))
    refused = client.post("/voice/wish", {"text": "打 13800138000"})
    assert refused.status_code == 422
    assert "请不要写姓名" in text_of(refused)


def test_what_was_merged_leads_to_the_other(client):
    from streams.domain import demand_desk

    one, other = published(), published("包邮到西藏", demand=heard("包邮到西藏", key="x"))
    demand_desk.merge(demand=other, into=one, by=boss())
    assert client.get(f"/voice/{other.pk}/").url == f"/voice/{one.pk}/"
    assert client.get("/voice/999999/").status_code == 404


def test_the_desk_is_the_curators_alone(client, sign_in):
    demand = worded()
    url = reverse("streams:demand_work", args=[demand.pk])
    client.force_login(make_user())
    assert client.get("/voice/desk/").status_code in (302, 404)
    stranger = make_curator(make_prefecture("451000"))
    sign_in(stranger)
    assert demand.title_zh not in text_of(client.get("/voice/desk/"))
    assert client.get(url).status_code == 403
    assert client.post(url, {"deed": "publish"}).status_code == 403
    assert AuditEntry.objects.filter(is_refused=True, actor=stranger).count() == 2
    sign_in(make_curator(demand.prefecture))
    assert demand.title_zh in text_of(client.get("/voice/desk/"))
    assert client.post(url, {"deed": "publish"}).url == url
    demand.refresh_from_db()
    assert demand.state == "published"


def test_staff_word_publish_assign_and_decline_by_forms(sign_in):
    demand = heard("核桃运费太贵了")
    client = sign_in(boss())
    url = reverse("streams:demand_work", args=[demand.pk])
    wording = {
        "deed": "word",
        "title_zh": "降低运费",
        "tags": ["freight"],
        "prefecture": demand.prefecture_id,
    }
    bad = client.post(url, wording | {"title_zh": "问 13800138000"})
    assert bad.status_code == 422
    assert "大家都看得到" in text_of(bad)
    client.post(url, wording)
    client.post(url, {"deed": "publish"})
    office = make_official()
    later = timezone.localtime() + timedelta(days=5)
    client.post(url, {"deed": "assign", "official": office.pk, "due_at": f"{later:%Y-%m-%dT%H:%M}"})
    demand.refresh_from_db()
    assert (demand.state, demand.official) == ("assigned", office)
    assert client.post(url, {"deed": "decline", "reason": ""}).status_code == 422
    client.post(url, {"deed": "decline", "reason": "运费由快递公司定"})
    demand.refresh_from_db()
    assert demand.state == "declined"
    assert client.post(url, {"deed": "fly"}).status_code == 404
    stale = client.post(url, {"deed": "publish"})
    assert stale.status_code == 409


def test_an_office_answers_at_its_own_desk(sign_in, client):
    demand = assigned()
    url = reverse("streams:demand_answer", args=[demand.pk])
    other = make_official()
    sign_in(other.user)
    assert client.get(url).status_code == 403
    sign_in(demand.official.user)
    assert demand.title_zh in text_of(client.get("/voice/office/"))
    bad = client.post(url, {"text_zh": "加微信 abc12345"})
    assert bad.status_code == 422
    client.post(url, {"text_zh": "下月起运费减半。"})
    demand.refresh_from_db()
    assert (demand.state, demand.answer_zh) == ("answered", "下月起运费减半。")
    assert "下月起运费减半。" in text_of(client.get(demand.get_absolute_url()))
    sign_in(make_user())
    assert client.get("/voice/office/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_console_offers_the_answers_and_the_teleprompter_shows_them(sign_in):
    show = make_show(state="live", items=1)
    demand = answered(official=show.host)
    client = sign_in(show.host.user)
    console = text_of(client.get(f"/host/{show.public_id}/"))
    assert "待读的答复" in console
    assert demand.title_zh in console
    url = reverse("streams:answer_read", args=[show.public_id, demand.pk, "begin"])
    pressed = text_of(client.post(url, headers=HTMX))
    assert "hx-swap-oob" in pressed
    assert "下月起运费减半。" in pressed
    assert "<answer-card" in text_of(client.get(f"/rooms/{show.public_id}/"))
    state = client.get(f"/rooms/{show.public_id}/snapshot").json()
    assert state["answer"]["title_zh"] == demand.title_zh
    done = reverse("streams:answer_read", args=[show.public_id, demand.pk, "finish"])
    assert client.post(done).status_code == 302
    demand.refresh_from_db()
    assert demand.state == "told"
    assert client.post(url.replace("begin", "fly")).status_code == 404
    client.force_login(make_user())
    assert client.post(done).status_code in (302, 403)
