"""A run on air: one segment after the other, stamped, told, and a chapter of the replay each."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from streams.domain import run_of_show, shows, snapshot
from streams.domain.replay_chapters import make_chapters
from streams.domain.replay_timeline import Timeline
from streams.domain.run_of_show_board import board_of
from streams.domain.run_of_show_plan import Plan, add_segments
from streams.media.recordings import Stretch
from streams.models import Segment
from tests.factories import make_assistant, make_official, make_user
from tests.streams.flash import make_flash_sale
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db(transaction=True)


def make_run(show, *kinds, minutes=5):
    plans = [Plan(kind=kind, planned_minutes=minutes) for kind in kinds]
    return add_segments(broadcast=show, by=show.host.user, plans=plans)


def states(show):
    return list(show.segments.values_list("state", flat=True))


def go_on(show, seen=None, by=None):
    seen = seen.pk if seen else None
    return run_of_show.next_segment(broadcast=show, by=by or show.host.user, seen=seen)


def code_of(act, *args, **kwargs):
    with pytest.raises(DomainError) as refusal:
        act(*args, **kwargs)
    return refusal.value.code, refusal.value.status


def test_going_live_begins_the_run_and_the_end_closes_it():
    show = make_show()
    first, _second = make_run(show, "talk", "song")
    shows.go_live(broadcast=show, by=show.host.user)
    assert states(show) == ["running", "planned"]
    first.refresh_from_db()
    assert first.started_at is not None
    shows.end_show(broadcast=show, by=show.host.user)
    assert states(show) == ["done", "planned"]


def test_next_ends_one_and_starts_the_other_to_the_end():
    show = make_show(state="live")
    first, second = make_run(show, "talk", "song")
    assert go_on(show)
    assert go_on(show, seen=first)
    assert states(show) == ["done", "running"]
    assert go_on(show, seen=second)
    assert states(show) == ["done", "done"]
    assert not go_on(show), "nothing is on and nothing comes"
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.ended_at == second.started_at


def test_two_presses_are_one_step():
    show = make_show(state="live")
    first, _second, _third = make_run(show, "talk", "song", "draw")
    assert go_on(show)
    assert not go_on(show)
    assert go_on(show, seen=first)
    assert not go_on(show, seen=first)
    assert states(show) == ["done", "running", "planned"]


def test_it_is_stamped_in_media_time():
    began = timezone.now() - timedelta(seconds=90)
    show = make_show(state="live", started_at=began, host_online_at=began)
    first, second = make_run(show, "talk", "song")
    at_media_start = int(timezone.now().timestamp() * 1000) - 61_000
    cache.set(f"media-clock:{show.public_id}", at_media_start, 60)  # as the engine has told
    go_on(show)
    go_on(show, seen=first)
    first.refresh_from_db()
    second.refresh_from_db()
    assert 61_000 <= first.media_start_ms <= first.media_end_ms
    assert (second.media_start_ms, second.media_end_ms) == (first.media_end_ms, None)


def test_jumping_ahead_leaves_what_lies_between_to_come():
    show = make_show(state="live")
    first, second, third, fourth = make_run(show, "talk", "song", "draw", "talk")
    go_on(show)
    assert run_of_show.start_segment(segment=third, by=show.host.user)
    assert not run_of_show.start_segment(segment=third, by=show.host.user)
    assert states(show) == ["done", "planned", "running", "planned"]
    assert board_of(show).next.segment == fourth
    done = run_of_show.start_segment
    assert code_of(done, segment=first, by=show.host.user) == ("segment_done", 409)
    assert run_of_show.start_segment(segment=second, by=show.host.user)
    assert states(show) == ["done", "running", "done", "planned"]


def test_one_step_back_undoes_the_last():
    show = make_show(state="live")
    first, second = make_run(show, "talk", "song")
    back = {"broadcast": show, "by": show.host.user}
    assert not run_of_show.step_back(**back, seen=None), "nothing has begun"
    go_on(show)
    go_on(show, seen=first)
    first.refresh_from_db()
    began = first.started_at
    assert not run_of_show.step_back(**back, seen=first.pk), "that is not what is on"
    assert run_of_show.step_back(**back, seen=second.pk)
    assert states(show) == ["running", "planned"]
    first.refresh_from_db()
    assert (first.started_at, first.ended_at, first.media_end_ms) == (began, None, None)
    assert run_of_show.step_back(**back, seen=first.pk)
    assert states(show) == ["planned", "planned"]


def test_only_those_who_run_a_show_that_is_on():
    show = make_show(state="live")
    (first,) = make_run(show, "talk")
    for nobody in (make_user(), make_official().user):
        assert code_of(go_on, show, by=nobody) == ("not_your_show", 403)
        start = {"segment": first, "by": nobody}
        assert code_of(run_of_show.start_segment, **start) == ("not_your_show", 403)
    assert go_on(show, by=make_assistant(show.host).user)
    before = make_show()
    make_run(before, "talk")
    assert code_of(go_on, before) == ("not_live", 409)
    shows.end_show(broadcast=show, by=show.host.user)
    assert code_of(go_on, show, seen=first) == ("show_over", 409)


def test_the_database_knows_one_running_segment_and_its_times():
    show = make_show(state="live", items=1)
    first, second = make_run(show, "talk", "song")
    go_on(show)
    now = timezone.now()
    rows = Segment.objects.filter(pk=second.pk)
    for wrong in (
        {"state": "running", "started_at": now},  # a second one
        {"state": "done", "started_at": now},  # without an end
        {"started_at": now},  # to come, but begun
        {"planned_minutes": 0},
        {"flash_sale": make_flash_sale(make_show(state="live", items=1))},  # another show's
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(position=first.position)


def test_the_room_hears_titles_in_both_languages_and_no_script():
    show = make_show(state="live", items=1)
    product = show.shelf.get().product
    plans = [
        Plan(kind="talk", title_zh="开场", title_en="Welcome", script="秘密台词"),
        Plan(kind="pitch", product=product),
        Plan(kind="draw"),
    ]
    first, second, third = add_segments(broadcast=show, by=show.host.user, plans=plans)
    go_on(show)
    run = told(show)[-1]["run"]
    first.refresh_from_db()
    assert run == {
        "version": 2,
        "now": {
            "id": first.pk,
            "kind": "talk",
            "title_zh": "开场",
            "title_en": "Welcome",
            "at": int(first.started_at.timestamp() * 1000),
        },
        "next": {
            "id": second.pk,
            "kind": "pitch",
            "title_zh": product.name_zh,
            "title_en": product.name_en,
            "at": None,
        },
    }
    assert "秘密台词" not in str(told(show))
    go_on(show, seen=first)
    following = told(show)[-1]["run"]["next"]
    assert (following["id"], following["title_zh"]) == (third.pk, "抽奖")
    assert following["title_en"] == "Lucky draw"
    assert snapshot.room_state(show)["run"] == told(show)[-1]["run"]


def test_lateness_is_what_took_longer_than_planned():
    show = make_show(state="live", planned_minutes=12)
    first, second, third = make_run(show, "talk", "song", "draw")
    now = timezone.now()
    Segment.objects.filter(pk=first.pk).update(
        state="done", started_at=now - timedelta(minutes=12), ended_at=now - timedelta(minutes=4)
    )
    Segment.objects.filter(pk=second.pk).update(
        state="running", started_at=now - timedelta(minutes=4)
    )
    board = board_of(show)
    assert (board.running.segment, board.next.segment) == (second, third)
    assert (board.late_ms, board.rest_ms) == (3 * 60_000, 5 * 60_000)
    assert (board.minutes, board.minutes_over) == (15, 3)
    assert board.rows[2].begins_at == now + timedelta(minutes=1)
    Segment.objects.filter(pk=second.pk).update(started_at=now - timedelta(minutes=9))
    assert board_of(show).rows[2].begins_at >= now, "not when it should have been over"


@pytest.mark.parametrize("count", [1, 30])
def test_board_asks_the_same_at_1_and_at_30(count, django_assert_num_queries):
    show = make_show(items=count)
    plans = [Plan(product=item.product, script="最好吃。") for item in show.shelf.all()]
    add_segments(broadcast=show, by=show.host.user, plans=plans)
    with django_assert_num_queries(3):
        assert board_of(show).open_marks == count


BEGAN = datetime(2026, 4, 18, 12, 0, tzinfo=UTC)


def test_segments_that_were_on_are_chapters_of_the_replay():
    show = make_show(state="ended", started_at=BEGAN, ended_at=BEGAN + timedelta(seconds=60))
    first, second, _never = make_run_of_ended(show)
    Segment.objects.filter(pk=first.pk).update(
        state="done",
        started_at=BEGAN,
        ended_at=BEGAN + timedelta(seconds=20),
        media_start_ms=1000,
        media_end_ms=21_000,
    )
    Segment.objects.filter(pk=second.pk).update(
        state="running", started_at=BEGAN + timedelta(seconds=20), title_zh="山歌", title_en="Songs"
    )
    wall = int(BEGAN.timestamp() * 1000)
    timeline = Timeline([Stretch(position_ms=0, media_ms=1000, wall_ms=wall, duration_ms=60_000)])
    chapters = make_chapters(show, timeline)
    assert [(c.kind, c.title_zh, c.title_en, c.start_ms, c.end_ms) for c in chapters] == [
        ("segment", "开场与闲聊", "Welcome and talk", 0, 20_000),
        ("segment", "山歌", "Songs", 20_000, 60_000),
    ]
    assert [chapter.product for chapter in chapters] == [None, None]


def make_run_of_ended(show):
    return Segment.objects.bulk_create(
        Segment(broadcast=show, kind=kind, position=place)
        for place, kind in enumerate(("talk", "song", "draw"), start=1)
    )
