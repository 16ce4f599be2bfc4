"""A festival's shows on its page: the relay, the places, the stage, before, during and after."""

from datetime import timedelta

import pytest
from django.utils import timezone

from streams.domain.festival import Standing, moments_of, programme_of
from streams.models import ReplayChapter, Segment
from tests.factories import (
    make_county,
    make_deal,
    make_festival,
    make_official,
    make_prefecture,
    make_product,
    make_user,
)
from tests.streams.recorded import make_ready
from tests.streams.shows import make_show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


def at(**fields):
    return timezone.now() + timedelta(**fields)


def show_in(code, festival, **fields):
    return make_show(host=make_official(region=make_county(code)), festival=festival, **fields)


def replayed(festival, **fields):
    show = make_show(state="ended", items=1, festival=festival, **fields)
    make_ready(show)
    return show


def segment(show, position=1, **fields):
    values = {"kind": "song", "title_zh": "山歌对唱", "title_en": "Hill songs"}
    return Segment.objects.create(broadcast=show, position=position, **values | fields)


def standings(festival):
    return {place.code: place.standing for place in programme_of(festival).places}


def test_a_place_is_told_by_its_most_telling_show():
    festival = make_festival()
    make_prefecture("450300")
    show_in("450123", festival, state="live")
    show_in("450123", festival)
    show_in("451223", festival)
    show_in("450223", festival, state="ended")
    replayed(festival, host=make_official(region=make_county("451023")))
    assert standings(festival) == {
        "450100": Standing.LIVE,
        "450200": Standing.BEEN,
        "450300": Standing.NONE,
        "451000": Standing.REPLAY,
        "451200": Standing.COMING,
    }


def test_a_show_that_nobody_came_to_is_not_announced_any_more():
    festival = make_festival()
    make_show(festival=festival, scheduled_at=at(minutes=-29))
    missed = make_show(festival=festival, scheduled_at=at(minutes=-31))
    programme = programme_of(festival)
    assert [stop.standing for stop in programme.stops] == [Standing.MISSED, Standing.COMING]
    assert programme.next.show != missed


def test_cancelled_shows_rehearsals_and_other_festivals_are_not_in_the_relay():
    festival = make_festival()
    make_show(festival=festival, state="cancelled")
    make_show(festival=make_festival())
    make_show()
    assert programme_of(festival).stops == []


def test_relay_joins_a_show_to_the_next_of_another_place_within_the_hour():
    festival = make_festival()
    for code, hours in (("450123", 1), ("451223", 2.5), ("451224", 4), ("450223", 9)):
        show_in(code, festival, scheduled_at=at(hours=hours))
    found = [stop.hands_over for stop in programme_of(festival).stops]
    assert found == [True, False, False, False]


def test_festival_of_some_counties_has_only_their_prefectures():
    festival = make_festival()
    make_prefecture("450300")
    festival.regions.add(make_county("451223"))
    assert list(standings(festival)) == ["451200"]


def test_stage_is_announced_with_its_time_in_the_run():
    festival = make_festival()
    show = make_show(festival=festival)
    segment(show, 1, kind="pitch", planned_minutes=7)
    segment(show, 2, kind="talk", planned_minutes=5)
    song = segment(show, 3, kind="talent", title_zh="芦笙", title_en="Lusheng")
    (moment,) = moments_of(programme_of(festival))
    assert (moment.segment, moment.standing, moment.seconds) == (song, Standing.COMING, None)
    assert moment.at == show.scheduled_at + timedelta(minutes=12)


def test_stage_of_a_replay_leads_to_its_second(client):
    festival = make_festival()
    show = replayed(festival)
    song = segment(
        show, state="done", started_at=show.started_at, ended_at=at(), media_start_ms=42_000
    )
    ReplayChapter.objects.create(
        replay=show.replay, kind="segment", title_zh="山歌", start_ms=42_000, end_ms=80_000
    )
    segment(show, 2, title_zh="没有唱的歌")
    (moment,) = moments_of(programme_of(festival))
    assert (moment.segment, moment.seconds, moment.still_ms) == (song, 42, None)
    page = client.get(f"/festival/{festival.slug}/").content.decode()
    assert f"/rooms/{show.public_id}/#t=42" in page
    assert "没有唱的歌" not in page


def test_a_hidden_replay_is_no_replay_here():
    festival = make_festival()
    show = replayed(festival)
    segment(show, state="done", started_at=show.started_at, ended_at=at(), media_start_ms=42_000)
    show.replay.is_public = False
    show.replay.save()
    programme = programme_of(festival)
    assert [stop.standing for stop in programme.stops] == [Standing.BEEN]
    assert moments_of(programme) == []


def test_what_is_on_stage_now_comes_first():
    festival = make_festival()
    show = make_show(festival=festival, state="live")
    later = segment(show, 2)
    now = segment(show, 1, state="running", started_at=at())
    found = moments_of(programme_of(festival))
    assert [(one.segment, one.standing) for one in found] == [
        (now, Standing.LIVE),
        (later, Standing.COMING),
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "phase", "said"),
    [
        (1, 9, "before", "距开幕"),
        (-1, 9, "during", "正在进行"),
        (-9, -1, "after", "已经结束"),
    ],
)
def test_page_before_during_and_after(client, begins, ends, phase, said):
    festival = make_festival(starts_at=at(days=begins), ends_at=at(days=ends))
    page = client.get(f"/festival/{festival.slug}/").content.decode()
    assert f'data-phase="{phase}"' in page
    assert said in page
    assert ("<count-down" in page) is (phase != "after")
    assert '"@type": "Event"' in page


def test_page_offers_to_remind_of_every_show_to_come(client):
    festival = make_festival()
    coming = make_show(festival=festival)
    make_show(festival=festival, state="ended")
    client.force_login(make_user())
    page = client.get(f"/festival/{festival.slug}/").content.decode()
    assert page.count(f'action="/rooms/{coming.public_id}/remind"') == 2  # the next, and its row
    assert page.count("/remind") == 4  # each with hx-post beside its action


def test_unknown_festival_is_not_found(client):
    assert client.get("/festival/nothing/").status_code == 404


@pytest.mark.parametrize("shows", [1, 30])
def test_page_asks_as_often_for_thirty_shows(client, django_assert_num_queries, shows):
    festival = make_festival()
    host, product = make_official(), make_product()
    make_deal(product, festival=festival)
    for number in range(shows):
        show = make_show(host=host, festival=festival, scheduled_at=at(hours=number + 1))
        segment(show)
    client.get(f"/festival/{festival.slug}/")  # the league is kept
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"/festival/{festival.slug}/")


PAGE_QUERIES = 12
