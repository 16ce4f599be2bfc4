"""The run's pages and the console's buttons: forms, refusals, and whose show it is."""

import json
import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from django.utils import timezone

from livecommerce import ratelimit
from streams.domain import pins
from streams.domain.run_of_show_plan import Plan, add_segment
from streams.models import Broadcast, RoomRole, RunTemplate, ScriptClearance, Segment
from tests.factories import (
    make_assistant,
    make_county,
    make_curator,
    make_official,
    make_user,
)
from tests.streams.flash import make_flash_sale
from tests.streams.shows import make_show
from tests.streams.test_run_of_show import make_run, states

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def sign_in(client):
    def act(user):
        TOTP.activate(user, generate_totp_secret())
        client.force_login(user)
        return client

    return act


def at(name, show, *more):
    return reverse(f"streams:{name}", args=[show.public_id, *more])


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def form_of(segment, **changed):
    given = {"kind": segment.kind, "planned_minutes": segment.planned_minutes}
    return given | {"version": segment.version} | changed


# --- planning -------------------------------------------------------------------------------------


def test_a_run_is_planned_by_forms_alone(sign_in):
    show = make_show(items=1)
    client = sign_in(show.host.user)
    assert at("run", show) in text_of(client.get("/host/"))
    assert "还没有安排流程" in text_of(client.get(at("run", show)))
    client.post(at("run_from_shelf", show))
    added = client.post(at("run", show), {"kind": "song", "planned_minutes": "4"})
    last = show.segments.last()
    assert (added.status_code, added.url) == (302, f"{at('run', show)}#segment-{last.pk}")
    client.post(at("run_move", show, last.pk), {"step": "up"})
    client.post(at("run_remove", show, show.segments.first().pk))
    assert list(show.segments.values_list("kind", flat=True)) == ["pitch", "song", "questions"]
    page = text_of(client.get(at("run", show)))
    assert "共 14 分钟，计划 60 分钟" in page
    saved = client.post(
        at("run_segment", show, last.pk),
        form_of(last, title_zh="山歌", script="请两位大姐来唱。"),
    )
    assert saved.url == f"{at('run', show)}#segment-{last.pk}"
    last.refresh_from_db()
    assert (last.title_zh, last.script) == ("山歌", "请两位大姐来唱。")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"planned_minutes": "0"}, "大于或等于"),
        ({"planned_minutes": "x"}, "整数"),
        ({"kind": "sermon"}, "选"),
        ({"product": "999999"}, "选"),
        ({"title_zh": "长" * 61}, "60"),
        ({"script": "字" * 4001}, "最多 4000 个字"),
    ],
)
def test_a_wrong_form_is_told_beside_its_field(given, words, sign_in):
    show = make_show()
    (segment,) = make_run(show, "talk")
    answer = sign_in(show.host.user).post(
        at("run_segment", show, segment.pk), form_of(segment, **given)
    )
    assert answer.status_code == 422
    errors = re.findall(r'class="field-error[^>]*>(.*?)</div>', text_of(answer))
    assert words in "".join(errors)
    segment.refresh_from_db()
    assert segment.version == 1


def test_a_form_that_is_too_late_is_a_conflict(sign_in):
    show = make_show()
    (segment,) = make_run(show, "talk")
    Segment.objects.filter(pk=segment.pk).update(version=2)
    client = sign_in(show.host.user)
    for version in ("1", "", "9" * 30):
        answer = client.post(at("run_segment", show, segment.pk), form_of(segment, version=version))
        assert answer.status_code == 409
        assert "别人刚改过这个环节" in text_of(answer)


def test_order_answers_with_places_and_times_or_why_not(sign_in):
    show = make_show()
    a, b = (segment.pk for segment in make_run(show, "talk", "song"))
    client = sign_in(show.host.user)
    told = client.post(at("run_order", show), {"order": f"{b},{a}"})
    assert [(row["id"], row["place"]) for row in told.json()["rows"]] == [(b, 1), (a, 2)]
    for wrong in ("", "x", f"{a}", f"{a},{b},{b}", f"{a},{'9' * 40}"):
        refused = client.post(at("run_order", show), {"order": wrong})
        assert (refused.status_code, refused.json()["code"]) == (409, "run_changed")


def test_marks_stand_in_the_script_with_their_rule_until_answered(sign_in):
    show = make_show()
    (segment,) = make_run(show, "talk")
    client = sign_in(show.host.user)
    script = "这是<b>最佳</b>的核桃。"
    page = at("run_segment", show, segment.pk)
    saved = client.post(page, form_of(segment, script=script))
    assert saved.url == f"{page}#marks"
    text = text_of(client.get(page))
    assert '<mark class="run-mark-word" data-level="forbidden">最佳<sup>1</sup></mark>' in text
    assert "&lt;b&gt;" in text
    assert "《广告法》第九条第（三）项" in text
    assert "台词里有 1 处标记" in text_of(client.get(at("run", show)))
    sentence = re.search(r'name="sentence" value="([^"]*)"', text)[1]
    sentence = sentence.replace("&lt;", "<").replace("&gt;", ">")
    asked = {"word": "最佳", "sentence": sentence, "reason": ""}
    assert client.post(at("run_clear", show, segment.pk), asked).status_code == 422
    asked["reason"] = "引用奖项全名"
    client.post(at("run_clear", show, segment.pk), asked)
    assert "保留：引用奖项全名" in text_of(client.get(page))
    assert "处标记" not in text_of(client.get(at("run", show)))
    client.post(at("run_clear", show, segment.pk), {"again": ScriptClearance.objects.get().pk})
    assert "台词里有 1 处标记" in text_of(client.get(at("run", show)))


def test_a_draft_is_checked_without_being_kept(sign_in):
    show = make_show()
    client = sign_in(show.host.user)
    answer = client.post(at("run_check", show), {"script": "降血压的茶"}, headers=HTMX)
    assert '<mark class="run-mark-word" data-level="forbidden">降血压' in text_of(answer)
    assert "《食品安全法》第七十三条" in text_of(answer)
    assert 'id="script-draft-said" hx-swap-oob="innerHTML">1 处' in text_of(answer), "and no more"
    page = text_of(
        client.get(
            at(
                "run_segment",
                show,
                add_segment(broadcast=show, by=show.host.user, plan=Plan(kind="song")).pk,
            )
        )
    )
    assert '<p class="visually-hidden" id="script-draft-said" role="status"></p>' in page
    assert "没有需要标记的词" in text_of(client.post(at("run_check", show), {"script": "好茶"}))


def test_templates_by_forms(sign_in):
    show, later = make_show(), None
    make_run(show, "talk", "song")
    client = sign_in(show.host.user)
    client.post(at("run_template", show), {"name": "一小时"})
    template = RunTemplate.objects.get()
    taken = client.post(at("run_template", show), {"name": "一小时"})
    assert taken.status_code == 422
    assert "已有同名模板" in text_of(taken)
    later = make_show(host=show.host)
    assert "一小时" in text_of(client.get(at("run", later)))
    client.post(at("run_use", later), {"template": template.pk})
    assert later.segments.count() == 2
    assert client.post(at("run_use", later), {"template": "x"}).status_code == 404
    client.post(at("run_forget", later), {"template": template.pk})
    assert not RunTemplate.objects.exists()


# --- whose show -----------------------------------------------------------------------------------

PAGES = [("run",), ("run_panel",), ("run_segment", "pk")]
DEEDS = [
    *[(name,) for name in ("run", "run_order", "run_check", "run_from_shelf", "run_template")],
    *[(name,) for name in ("run_use", "run_forget", "run_next", "run_back")],
    *[(name, "pk") for name in ("run_segment", "run_start", "run_remove", "run_move")],
    ("run_clear", "pk"),
]


def test_another_hosts_show_is_not_there(sign_in):
    show = make_show(state="live")
    (segment,) = make_run(show, "talk")
    for stranger in (make_user(), make_official().user):
        client = sign_in(stranger)
        for name, *more in PAGES:
            assert client.get(at(name, show, *[segment.pk for _ in more])).status_code == 404, name
        for name, *more in DEEDS:
            answer = client.post(at(name, show, *[segment.pk for _ in more]))
            assert answer.status_code == 404, name
    assert states(show) == ["planned"]


def test_another_shows_segment_is_not_there(sign_in):
    show, other = make_show(state="live"), make_show(state="live")
    (theirs,) = make_run(other, "talk")
    client = sign_in(show.host.user)
    for pk in (theirs.pk, 10**17):
        for name, *more in DEEDS:
            if more:
                assert client.post(at(name, show, pk)).status_code == 404, name


def test_an_assistant_of_one_part_looks_on_and_the_hosts_own_may_go_on(sign_in):
    show = make_show(state="live")
    make_run(show, "talk", "song")
    pinner = make_user()
    RoomRole.objects.create(broadcast=show, user=pinner, role="pins")
    client = sign_in(pinner)
    panel = client.get(at("run_panel", show))
    assert panel.status_code == 200
    assert "run-next" not in text_of(panel)
    for name in ("run", "run_next", "run_order"):
        assert client.post(at(name, show)).status_code == 403
    client = sign_in(make_assistant(show.host).user)
    assert client.post(at("run_next", show), headers=HTMX).status_code == 200
    assert states(show) == ["running", "planned"]


def test_a_curator_looks_at_no_script(sign_in):
    show = make_show()
    curator = make_curator(show.region.prefecture)
    assert sign_in(curator).get(at("run", show)).status_code == 403


def test_every_press_is_limited(sign_in):
    show = make_show(state="live")
    (segment,) = make_run(show, "talk")
    client = sign_in(show.host.user)
    for name, rate, burst in (("run", 120, 60), ("run-step", 60, 20)):
        spent = f"{name}:u{show.host.user_id}"
        assert ratelimit.allow(spent, rate=rate, per=60, burst=burst, cost=burst)
    for name, *more in DEEDS:
        address = at(name, show, *[segment.pk for _ in more])
        answer = client.post(address, headers={"Accept": "application/json"})
        assert answer.status_code == 429, name
        assert int(answer.headers["Retry-After"]) > 0
    assert states(show) == ["planned"]


def test_get_changes_nothing(sign_in):
    show = make_show(state="live")
    (segment,) = make_run(show, "talk")
    client = sign_in(show.host.user)
    for name, *more in DEEDS:
        if name not in ("run", "run_segment"):
            answer = client.get(at(name, show, *[segment.pk for _ in more]))
            assert answer.status_code == 405, name


# --- the console ----------------------------------------------------------------------------------


def test_console_goes_through_the_run(sign_in):
    show = make_show(state="live", items=1)
    client = sign_in(show.host.user)
    console = at("console", show)
    assert "一个键往下走" in text_of(client.get(console))
    add_segment(
        broadcast=show,
        by=show.host.user,
        plan=Plan(kind="talk", title_zh="开场", script="大家好。"),
    )
    add_segment(broadcast=show, by=show.host.user, plan=Plan(kind="song", title_zh="山歌"))
    first, second = show.segments.all()
    page = text_of(client.get(console))
    assert "<kbd>N</kbd>" in page
    assert page.count('id="prompter-text"') == 1
    answer = client.post(at("run_next", show), {"seen": ""}, headers=HTMX)
    panel = text_of(answer)
    assert re.search(r'rundown-title two-lines"><b>开场', panel)
    assert 'id="prompter-text" class="prompter-text" hx-swap-oob="true"' in panel
    assert "大家好。" in panel
    assert f'name="seen" value="{first.pk}"' in panel
    client.post(at("run_next", show), {"seen": "nonsense"}, headers=HTMX)
    assert states(show) == ["running", "planned"]
    plain = client.post(at("run_next", show), {"seen": first.pk})
    assert (plain.status_code, plain.url) == (302, console)
    assert states(show) == ["done", "running"]
    client.post(at("run_back", show), {"seen": second.pk}, headers=HTMX)
    assert states(show) == ["running", "planned"]
    client.post(at("run_start", show, second.pk), headers=HTMX)
    refused = client.post(at("run_start", show, first.pk), headers=HTMX)
    assert refused.status_code == 409
    assert "已经播过了" in text_of(refused)


def test_panel_offers_the_flash_sale_of_its_segment(sign_in):
    show = make_show(state="live", items=2)
    sale = make_flash_sale(show)
    plan = Plan(product=sale.product, flash_sale=sale)
    add_segment(broadcast=show, by=show.host.user, plan=plan)
    client = sign_in(show.host.user)
    assert "run-flash" not in text_of(client.get(at("run_panel", show)))
    client.post(at("run_next", show), headers=HTMX)
    start = reverse("streams:flash_start", args=[show.public_id, sale.pk])
    assert f'action="{start}"' in text_of(client.get(at("run_panel", show)))
    client.post(start, headers=HTMX)
    assert "run-flash" not in text_of(client.get(at("run_panel", show))), "it is on"


def test_marks_of_the_whole_run_wait_for_going_live(sign_in):
    show = make_show()
    add_segment(broadcast=show, by=show.host.user, plan=Plan(script="全网最低价，最好吃！"))
    page = text_of(sign_in(show.host.user).get(at("console", show)))
    assert 'data-marks="2"' in page
    template = re.search(r"<template data-marks-template>(.*?)</template>", page)[1]
    assert re.findall(r"<b>(.*?)</b>", template) == ["全网最低价", "最好吃"]
    assert "明码标价和禁止价格欺诈规定" in template


@pytest.mark.parametrize("count", [1, 30])
def test_panel_asks_the_same_however_long_the_run(count, sign_in, django_assert_num_queries):
    show = make_show(items=count)
    for item in show.shelf.all():
        add_segment(broadcast=show, by=show.host.user, plan=Plan(product=item.product))
    client = sign_in(show.host.user)
    client.get(at("run_panel", show))
    with django_assert_num_queries(PANEL_QUERIES):
        assert client.get(at("run_panel", show)).status_code == 200


PANEL_QUERIES = 7


# --- panic ----------------------------------------------------------------------------------------


def test_one_press_takes_every_pin_off(sign_in):
    show = make_show(state="live", items=3)
    for item in show.shelf.all():
        pins.pin(broadcast=show, item=item, by=show.host.user, keep_others=True)
    client = sign_in(show.host.user)
    assert client.post(at("unpin_all", show)).status_code == 204
    assert not show.pins.filter(unpinned_at=None).exists()
    assert show.pins.count() == 3
    before = make_show(host=show.host)
    assert client.post(at("unpin_all", before)).status_code == 409
    stranger = sign_in(make_official().user)
    refused = stranger.post(at("unpin_all", show), headers={"Accept": "application/json"})
    assert (refused.status_code, json.loads(refused.content)["code"]) == (403, "not_your_show")


# --- planning a show -----------------------------------------------------------------------------


def test_a_new_show_starts_from_a_template(sign_in):
    show = make_show(items=1)
    product = show.shelf.get().product
    add_segment(broadcast=show, by=show.host.user, plan=Plan(product=product, script="看这个。"))
    client = sign_in(show.host.user)
    client.post(at("run_template", show), {"name": "一小时"})
    template = RunTemplate.objects.get()
    assert "一小时（1 个环节，5 分钟）" in text_of(client.get("/host/new/"))
    planned = {
        "title_zh": "下一场",
        "scheduled_at": f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}",
        "planned_minutes": "60",
        "products": [product.pk],
        "run": template.pk,
    }
    client.post("/host/new/", planned)
    later = Broadcast.objects.get(title_zh="下一场")
    assert [one.script for one in later.segments.all()] == ["看这个。"]
    other = sign_in(make_official(region=make_county("450103")).user)
    assert other.post("/host/new/", planned | {"title_zh": "别人"}).status_code == 422
