"""Lucky draws: promised, committed to, entered once, closed by the clock, drawn by arithmetic."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce import redis_client
from livecommerce.notifications.models import Notification
from livecommerce.realtime import presence, rooms
from streams.domain import (
    chat,
    draw_entries,
    draw_plans,
    draw_proof,
    draw_watching,
    draws,
    follows,
    moderation,
    moderation_sanctions,
    snapshot,
)
from streams.models import Draw, DrawEntry, DrawWinner, RoomRole
from tests.factories import make_assistant, make_user
from tests.streams.draws import (
    enter,
    finish,
    make_draw,
    move_times,
    nonce,
    open_now,
    over_now,
    without_triggers,
)
from tests.streams.shows import make_show, told
from tests.streams.test_moderation import code_of, make_list
from tests.streams.test_snapshot import run_reducer

pytestmark = pytest.mark.django_db(transaction=True)


def refused(name, act, *args, **kwargs):
    """The database's own refusal, by name."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act(*args, **kwargs)
    assert caught.value.__cause__.diag.constraint_name == name


def write(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)


# --- the promise


def test_a_draw_is_prepared_once_for_each_key_and_only_by_those_who_may():
    show = make_show(state="live")
    assert make_draw(show, key="k") == make_draw(show, key="k")
    assistant, helper, viewer = make_assistant(show.host).user, make_user(), make_user()
    RoomRole.objects.create(broadcast=show, user=helper, role="draws")
    draw = make_draw(show)
    for nobody in (viewer, make_user()):
        assert code_of(draw_plans.withdraw_draw, draw=draw, by=nobody) == "not_your_show"
        assert code_of(draws.open_draw, draw=draw, by=nobody) == "not_your_show"
    draw_plans.withdraw_draw(draw=draw, by=helper)
    draw_plans.withdraw_draw(draw=draw, by=assistant)
    assert draw.state == "withdrawn"
    assert code_of(draws.open_draw, draw=draw, by=assistant) == "draw_state"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"prize_zh": " \u200b"}, "empty_text"),
        ({"prize_zh": "字" * 41}, "text_too_long"),
        ({"prize_zh": "假货一箱"}, "chat_refused"),
        ({"prize_fen": 0}, "prize_value"),
        ({"prize_fen": 5_000_001}, "prize_too_high"),
        ({"places": 0}, "draw_places"),
        ({"places": 51}, "draw_places"),
        ({"entry_seconds": 29}, "draw_entry_seconds"),
        ({"entry_seconds": 1801}, "draw_entry_seconds"),
        ({"min_minutes": 61}, "draw_min_minutes"),
        ({"passphrase": "加微信 abc12345"}, "draw_passphrase"),
        ({"passphrase": "真假货"}, "draw_passphrase"),
        ({"if_unclaimed": "host"}, "draw_if_unclaimed"),
    ],
)
def test_what_may_not_be_promised_is_refused(terms, code):
    make_list("假货", consequence="refuse")
    assert code_of(make_draw, **terms) == code
    assert not Draw.objects.exists()


def test_the_highest_prize_the_law_allows_is_taken_and_a_fen_more_never():
    draw = make_draw(prize_fen=50_000_00)
    values = {"broadcast": draw.broadcast, "planned_by": draw.planned_by, "terms_hash": "x"}
    refused("draw_prize_value", Draw.objects.create, key="x", prize_fen=50_000_01, **values)


def test_terms_are_never_changed_by_anybody():
    draw = make_draw()
    for change in (
        {"prize_zh": "别的"},
        {"prize_fen": 1},
        {"places": 2},
        {"must_follow": True},
        {"passphrase": "好"},
        {"min_minutes": 1},
        {"entry_seconds": 60},
        {"if_unclaimed": "lapse"},
        {"terms_hash": "0" * 64},
    ):
        refused("draw_keeps_its_terms", write, draw, **change)
    open_now(draw)
    refused("draw_keeps_its_terms", write, draw, places=2)
    refused("draw_stays", Draw.objects.filter(pk=draw.pk).delete)


# --- opening


def test_opening_commits_before_the_first_entry_and_tells_the_room():
    show = make_show(state="live")
    draw = make_draw(show, places=2)
    draws.open_draw(draw=draw, by=show.host.user)
    draws.open_draw(draw=draw, by=show.host.user)
    events = [one for one in told(show) if one["t"] == "draw"]
    (event,) = events
    assert event["draw"]["seed_hash"] == draw.seed_hash
    assert draw.opens_at - draw.announced_at == timedelta(seconds=5)
    assert draw.closes_at - draw.opens_at == timedelta(seconds=180)
    assert (draw.seed, event["draw"]["won"]) == ("", [])
    assert code_of(enter, draw) == "draw_not_open"
    lines = [one["text_en"] for one in told(show) if one["t"] == "chat"]
    assert lines[0].startswith("Lucky draw: A box of walnuts, 2 to be won.")


def test_only_a_live_show_opens_one_and_one_at_a_time():
    show = make_show(state="live")
    first, second = make_draw(show), make_draw(show)
    opened = draws.open_next(broadcast=show, by=show.host.user)
    assert opened == first
    assert code_of(draws.open_draw, draw=second, by=show.host.user) == "one_open_draw_a_show"
    planned = make_draw(make_show())
    host = planned.broadcast.host.user
    assert code_of(draws.open_draw, draw=planned, by=host) == "not_live"
    empty = make_show(state="live")
    assert code_of(draws.open_next, broadcast=empty, by=empty.host.user) == "draw_none"
    assert code_of(draw_plans.withdraw_draw, draw=first, by=show.host.user) == "draw_state"


def test_the_commitment_and_the_times_stay():
    draw = open_now(make_draw())
    for change in (
        {"seed_hash": "0" * 64},
        {"seed_sealed": "x"},
        {"closes_at": timezone.now()},
        {"opens_at": timezone.now()},
        {"beacon_round": 7},
    ):
        refused("draw_keeps_its_commitment", write, draw, **change)
    refused("draw_keeps_its_list", write, draw, entries_hash="0" * 64)
    refused("draw_keeps_its_result", write, draw, seed="0" * 64)
    refused("draw_not_over", write, draw, state="closed")
    refused("draw_state", write, draw, state="drawn")
    refused("draw_state", write, draw, state="planned")


def test_the_seal_tells_nothing_of_the_seed():
    draw = finish(open_now(make_draw()))
    assert draw.seed not in draw.seed_sealed
    assert hashlib.sha256(draw.seed.encode()).hexdigest() == draw.seed_hash


# --- taking part


def test_one_entry_a_person_whatever_the_nonce_and_one_a_browser():
    draw, viewer = open_now(make_draw()), make_user()
    first = enter(draw, viewer, device="a")
    assert enter(draw, viewer, device="b") == first
    given = f"{draw.public_id}:{viewer.pk}:{first.nonce}"
    assert first.mark == hashlib.sha256(given.encode()).hexdigest()
    assert code_of(enter, draw, device="a") == "one_draw_entry_a_browser"
    enter(draw)
    enter(draw)
    assert DrawEntry.objects.count() == 3


def test_a_mark_is_made_by_the_database_and_stays():
    draw = open_now(make_draw())
    entry = enter(draw)
    made = DrawEntry.objects.create(draw=draw, user=make_user(), nonce=nonce(), mark="0" * 64)
    made.refresh_from_db()
    assert made.mark != "0" * 64
    refused("draw_entries_stay", write, entry, mark="0" * 64)
    refused("draw_entries_stay", write, entry, user=make_user())
    refused("draw_entries_stay", DrawEntry.objects.filter(pk=entry.pk).delete)


def test_an_account_that_goes_leaves_its_mark():
    draw, viewer = open_now(make_draw()), make_user()
    mark = enter(draw, viewer).mark
    viewer.delete()
    assert DrawEntry.objects.get().mark == mark
    finish(draw)
    assert draw_proof.proof_of(draw)["winners"][0]["name"] == "*"


def test_those_who_run_the_show_and_those_who_are_banned_cannot_win():
    show = make_show(state="live")
    draw, moderator, banned = open_now(make_draw(show)), make_user(), make_user()
    RoomRole.objects.create(broadcast=show, user=moderator, role="moderator")
    for user in (show.host.user, make_assistant(show.host).user, moderator):
        assert code_of(enter, draw, user) == "runs_the_show"
    moderation_sanctions.ban(
        broadcast=show, user=banned, by=show.host.user, reason="spam", seconds=60
    )
    assert code_of(enter, draw, banned) == "banned"


@pytest.mark.parametrize("bad", ["", "g" * 32, "a" * 31, "A" * 32, "a" * 33])
def test_a_nonce_is_32_hexadecimal_digits(bad):
    assert code_of(enter, open_now(make_draw()), nonce=bad) == "draw_nonce"


def test_follow_words_and_minutes_are_asked_for():
    show = make_show(state="live")
    draw = open_now(make_draw(show, must_follow=True, passphrase="三月三 好物", min_minutes=1))
    viewer = make_user()
    with pytest.raises(Exception, match="draw_conditions") as refusal:
        enter(draw, viewer)
    assert refusal.value.facts["missing"] == ["follow", "say", "watch"]
    follows.follow(user=viewer, official=show.host)
    line = chat.say(broadcast=show, user=viewer, text="祝大家三月三好物多多", key="1")
    moderation.hide(broadcast=show, message_id=line.pk, by=show.host.user)
    watch(show, viewer, seconds=59)
    with pytest.raises(Exception, match="draw_conditions") as refusal:
        enter(draw, viewer)
    assert refusal.value.facts["missing"] == ["watch"]
    watch(show, viewer, seconds=1)
    enter(draw, viewer)


def watch(show, user, seconds):
    name = redis_client.key("watched", show.public_id)
    redis_client.sync().hincrby(name, presence.person_of_user(user.pk), seconds)


def test_words_said_before_the_draw_was_announced_do_not_count():
    show, viewer = make_show(state="live"), make_user()
    chat.say(broadcast=show, user=viewer, text="核桃", key="1")
    draw = open_now(make_draw(show, passphrase="核桃"))
    assert [one.is_met for one in draw_entries.conditions_of(draw=draw, user=viewer)] == [False]


def test_minutes_are_counted_for_the_people_who_are_here():
    show, here, away = make_show(state="live"), make_user(), make_user()
    client, name = redis_client.sync(), redis_client.key("watched", show.public_id)
    person = presence.person_of_user(here.pk)
    client.zadd(rooms.keys(show.room).here, {person: 2**40, "dvisitor": 2**40})
    assert draw_watching.count_watching() == 1
    assert draw_watching.count_watching() == 0, "another worker has just looked"
    client.delete(f"{name}:turn")
    client.hset(name, "at", str(float(client.hget(name, "at")) - 20))
    draw_watching.count_watching()
    assert 20 <= draw_watching.seconds_watched(broadcast=show, user_id=here.pk) <= 22
    assert draw_watching.seconds_watched(broadcast=show, user_id=away.pk) == 0


def test_entries_are_told_together():
    show = make_show(state="live")
    draw = open_now(make_draw(show))
    for _ in range(3):
        enter(draw)
    known = len(told(show))
    assert draws.tell_entries() == 1
    assert draws.tell_entries() == 0
    (event,) = told(show)[known:]
    assert event["draw"]["entries"] == 3


# --- closing and drawing


def test_the_clock_closes_and_nobody_comes_late():
    draw = open_now(make_draw())
    enter(draw)
    over_now(draw)
    late = make_user()
    assert code_of(enter, draw, late) == "draw_not_open"
    refused("draw_not_open", DrawEntry.objects.create, draw=draw, user=late, nonce=nonce())
    assert draws.run_due() == 2
    draw.refresh_from_db()
    assert (draw.state, draw.entries_count) == ("drawn", 1)
    assert draws.run_due() == 0


def test_the_winners_are_the_first_of_the_order_and_are_told_once():
    show = make_show(state="live")
    draw = open_now(make_draw(show, places=3))
    people = {enter(draw, user).mark: user for user in (make_user() for _ in range(8))}
    finish(draw)
    order = draw_proof.order_of(draw, people, seed=draw.seed, beacon="")
    won = list(DrawWinner.objects.order_by("rank"))
    assert [one.entry.mark for one in won] == order[:3]
    assert [one.rank for one in won] == [1, 2, 3]
    letters = Notification.objects.filter(kind="draw_won")
    assert {one.user for one in letters} == {people[mark] for mark in order[:3]}
    event = [one for one in told(show) if one["t"] == "draw"][-1]["draw"]
    assert [one["name"] for one in event["won"]] == ["覃*"] * 3
    assert event["entries_hash"] == draw_proof.list_hash(people)


def test_fewer_entries_than_prizes_and_none_at_all():
    draw = open_now(make_draw(places=5))
    enter(draw)
    finish(draw)
    assert DrawWinner.objects.count() == 1
    show = make_show(state="live")
    empty = finish(open_now(make_draw(show)))
    assert (empty.state, empty.entries_count) == ("drawn", 0)
    assert empty.entries_hash == hashlib.sha256(b"").hexdigest()
    last = [one for one in told(show) if one["t"] == "chat"][-1]
    assert last["text_en"].startswith("Nobody entered")


def test_a_show_that_ends_keeps_its_promise():
    draw = open_now(make_draw())
    enter(draw)
    draw.broadcast.state = "ended"
    draw.broadcast.ended_at = timezone.now()
    draw.broadcast.save()
    enter(draw)
    assert finish(draw).entries_count == 2


def test_no_hand_writes_another_winner():
    draw = open_now(make_draw())
    marks = {enter(draw).mark: None for _ in range(4)}
    entries = {one.mark: one for one in DrawEntry.objects.all()}
    refused("draw_winners_stay", DrawWinner.objects.create, draw=draw, entry_id=1, rank=1)
    over_now(draw)
    with without_triggers():  # the draw happened, and its winners were not written yet
        seed = "ab" * 32
        Draw.objects.filter(pk=draw.pk).update(
            state="drawn",
            seed=seed,
            seed_hash=hashlib.sha256(seed.encode()).hexdigest(),
            entries_hash=draw_proof.list_hash(marks),
            entries_count=4,
            drawn_at=timezone.now(),
        )
    draw.refresh_from_db()
    order = draw_proof.order_of(draw, marks, seed=draw.seed, beacon="")
    for mark in order[1:]:
        wanted = {"draw": draw, "entry": entries[mark], "rank": 1}
        refused("draw_rank", DrawWinner.objects.create, **wanted)
    second = {"draw": draw, "entry": entries[order[1]], "rank": 2}
    refused("draw_rank", DrawWinner.objects.create, **second)
    winner = DrawWinner.objects.create(draw=draw, entry=entries[order[0]], rank=1)
    refused("draw_rank", DrawWinner.objects.create, **second)
    refused("draw_winners_stay", write, winner, entry=entries[order[1]])
    refused("draw_winners_stay", write, winner, state="lapsed")
    refused("draw_winners_stay", DrawWinner.objects.filter(pk=winner.pk).delete)


def test_only_the_seed_that_was_committed_to_is_revealed():
    draw = open_now(make_draw())
    over_now(draw)
    write(draw, state="closed")
    refused("draw_reveals_its_seed", write, draw, state="drawn", seed="0" * 64)
    refused("draw_reveals_its_seed", write, draw, state="drawn", seed="")


def test_a_raw_closing_takes_the_list_as_it_is():
    draw = open_now(make_draw())
    marks = [enter(draw).mark for _ in range(3)]
    over_now(draw)
    write(draw, state="closed", entries_count=99, entries_hash="0" * 64)
    draw.refresh_from_db()
    assert (draw.entries_count, draw.entries_hash) == (3, draw_proof.list_hash(marks))


def test_the_room_follows_a_draw_from_opening_to_result():
    show = make_show(state="live")
    states = [room(show)]
    draw = make_draw(show, places=2)
    draws.open_draw(draw=draw, by=show.host.user)
    states.append(room(show))
    move_times(draw, opens_at=draw.opens_at - timedelta(seconds=6))
    enter(draw)
    draws.tell_entries()
    states.append(room(show))
    finish(draw)
    events, fresh = told(show), room(show)
    assert fresh["draw"]["state"] == "drawn"
    assert [state["draw"] and state["draw"]["state"] for state in states] == [None, "open", "open"]
    for state in states:
        assert run_reducer(state=state, events=events)["state"]["draw"] == fresh["draw"]
        late = run_reducer(state=state, events=events[::-1])["state"]
        assert late["draw"] == fresh["draw"], "in any order"


def room(show):
    show.refresh_from_db()
    return snapshot.room_state(show)
