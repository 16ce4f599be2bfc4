"""Polls: one vote a person, changeable till the end; counted by the database, told together."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from streams.domain import moderation_sanctions, poll_facts, poll_replay, polls, snapshot
from streams.models import Poll, PollVote, Replay, RoomRole
from tests.factories import make_assistant, make_user
from tests.streams.recorded import make_ready
from tests.streams.shows import make_show, told
from tests.streams.test_moderation import code_of, make_list
from tests.streams.test_snapshot import run_reducer

pytestmark = pytest.mark.django_db(transaction=True)


def ask(show=None, *, by=None, key="k", **asked):
    show = show or make_show(state="live")
    values = {"question": "先讲哪个？", "choices": ["核桃", "茶油", "荔枝"], "seconds": 60}
    return polls.open_poll(broadcast=show, by=by or show.host.user, key=key, **values | asked)


def vote(poll, choice, user=None, **given):
    return polls.vote(
        broadcast=poll.broadcast,
        public_id=poll.public_id,
        user=user or make_user(),
        choice=choice,
        **given,
    )


def test_asking_is_told_once_for_each_key():
    show = make_show(state="live")
    assert ask(show) == ask(show)
    (event,) = told(show)
    assert (event["t"], event["poll"]["choices"]) == ("poll", ["核桃", "茶油", "荔枝"])
    assert event["poll"]["votes"] == [0, 0, 0]
    assert code_of(ask, show, key="other") == "one_open_poll_a_show"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"question": ""}, "empty_text"),
        ({"question": "字" * 61}, "text_too_long"),
        ({"question": "假货吗"}, "chat_refused"),
        ({"choices": ["一"]}, "poll_choices"),
        ({"choices": [str(n) for n in range(7)]}, "poll_choices"),
        ({"choices": ["一", " 一 "]}, "poll_choices"),
        ({"choices": ["一", "\u202e"]}, "empty_text"),
        ({"seconds": 29}, "poll_seconds"),
        ({"seconds": 1801}, "poll_seconds"),
        ({"key": ""}, "bad_key"),
    ],
)
def test_what_is_no_poll_is_refused(asked, code):
    make_list("假货", consequence="refuse")
    assert code_of(ask, **asked) == code
    assert not Poll.objects.exists()


def test_only_those_with_the_draws_ask_and_only_on_air():
    show, helper, viewer = make_show(state="live"), make_user(), make_user()
    RoomRole.objects.create(broadcast=show, user=helper, role="draws")
    assert code_of(ask, show, by=viewer) == "not_your_show"
    poll = ask(show, by=helper)
    close = {"broadcast": show, "public_id": poll.public_id}
    assert code_of(polls.close_poll, **close, by=viewer) == "not_your_show"
    polls.close_poll(**close, by=make_assistant(show.host).user)
    assert code_of(ask, make_show()) == "not_live"
    assert code_of(ask, make_show(state="ended")) == "not_live"


def test_one_vote_a_person_and_the_last_one_counts():
    poll, viewer = ask(), make_user()
    for choice in (0, 2, 1):
        vote(poll, choice, viewer)
    vote(poll, 1)
    assert polls.count(poll) == [0, 2, 0]
    assert polls.choice_of(poll.public_id, viewer.pk) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PollVote.objects.create(poll=poll, user=viewer, choice=0)


@pytest.mark.parametrize("choice", [-1, 3, 99])
def test_what_is_no_choice_is_refused_twice(choice):
    poll = ask()
    assert code_of(vote, poll, choice) == "poll_choice"
    if choice > 0:
        with pytest.raises(IntegrityError), transaction.atomic():
            PollVote.objects.create(poll=poll, user=make_user(), choice=choice)


def test_banned_people_and_other_rooms_do_not_vote():
    poll, banned = ask(), make_user()
    show = poll.broadcast
    moderation_sanctions.ban(
        broadcast=show, user=banned, by=show.host.user, reason="spam", seconds=60
    )
    assert code_of(vote, poll, 0, banned) == "banned"
    elsewhere = {"broadcast": make_show(state="live"), "public_id": poll.public_id}
    assert code_of(polls.vote, **elsewhere, user=make_user(), choice=0) == "no_such_poll"


def test_votes_are_told_together():
    poll = ask()
    for choice in (0, 0, 2):
        vote(poll, choice)
    assert len(told(poll.broadcast)) == 1
    assert [polls.tell_votes(), polls.tell_votes()] == [1, 0]
    assert told(poll.broadcast)[-1]["poll"]["votes"] == [2, 0, 1]


def test_closing_counts_in_the_database_and_nothing_moves_afterwards():
    poll = ask()
    for choice in (1, 1, 2):
        vote(poll, choice)
    close = {"broadcast": poll.broadcast, "public_id": poll.public_id}
    polls.close_poll(**close, by=poll.opened_by)
    polls.close_poll(**close, by=poll.opened_by)
    poll.refresh_from_db()
    assert (poll.state, poll.tally) == ("closed", [0, 2, 1])
    assert code_of(vote, poll, 0) == "poll_closed"
    for change in (
        {"question": "别的"},
        {"choices": ["a", "b"]},
        {"tally": [9, 9, 9]},
        {"state": "open"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Poll.objects.filter(pk=poll.pk).update(**change)


def test_a_poll_closes_by_itself_and_with_its_show():
    late, over, open_ = ask(), ask(), ask()
    Poll.objects.filter(pk=late.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    assert code_of(vote, late, 0) == "poll_closed"
    show = over.broadcast
    show.state, show.ended_at = "ended", timezone.now()
    show.save()
    assert polls.run_due() == 2
    assert Poll.objects.get(state="open") == open_


def test_the_result_stays_pinned_until_it_is_taken_down():
    poll = ask()
    deed = {"broadcast": poll.broadcast, "public_id": poll.public_id, "by": poll.opened_by}
    assert code_of(polls.unpin_poll, **deed) == "poll_open"
    polls.close_poll(**deed)
    assert poll_facts.newest(poll.broadcast)["is_pinned"]
    polls.unpin_poll(**deed)
    polls.unpin_poll(**deed)
    assert not poll_facts.newest(poll.broadcast)["is_pinned"]


def test_shares_round_and_begin_with_nothing():
    poll = Poll(choices=["a", "b", "c"], tally=[0, 0, 0])
    assert [one.percent for one in poll_facts.shares_of(poll)] == [0, 0, 0]
    poll.tally = [1, 1, 1]
    assert [one.percent for one in poll_facts.shares_of(poll)] == [33, 33, 33]
    poll.tally = [1, 7, 0]
    assert [one.percent for one in poll_facts.shares_of(poll)] == [13, 88, 0]


def test_the_room_follows_a_poll():
    show = make_show(state="live")
    states = [snapshot.room_state(show)]
    poll = ask(show)
    states.append(snapshot.room_state(show))
    vote(poll, 1)
    polls.tell_votes()
    polls.close_poll(broadcast=show, public_id=poll.public_id, by=show.host.user)
    second = ask(show, key="2")
    events, fresh = told(show), snapshot.room_state(show)
    assert fresh["poll"]["id"] == second.public_id
    for state in states:
        for order in (events, events[::-1]):
            assert run_reducer(state=state, events=order)["state"]["poll"] == fresh["poll"]


def test_a_replay_shows_polls_and_draws_where_they_were(client):
    show = make_show(state="ended", items=1)
    make_ready(show)
    replay = Replay.objects.get(broadcast=show)
    first = replay.stretches[0]
    poll = Poll.objects.create(
        broadcast=show,
        key="k",
        question="先讲哪个？",
        choices=["核桃", "茶油"],
        tally=[3, 1],
        state="closed",
        opened_by=show.host.user,
        closes_at=timezone.now(),
        media_start_ms=first[1] + 2000,
    )
    (found,) = poll_replay.polls_in(replay)
    assert (found.poll, found.ms, found.seconds) == (poll, 2000, 2)
    page = client.get(f"/rooms/{show.public_id}/").text
    assert "先讲哪个？" in page
    assert 'href="#t=2"' in page


def test_pages_vote(client):
    poll, viewer = ask(), make_user()
    address = f"/rooms/{poll.broadcast.public_id}/polls/{poll.public_id}/vote"
    assert client.post(address, {"choice": "1"}).status_code == 302
    client.force_login(viewer)
    assert client.post(address, {"choice": "1"}).json() == {"choice": 1}
    for wrong in ("", "x", "9", "-1", "１", "10"):
        refused = client.post(address, {"choice": wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "poll_choice")
    assert client.get(address).status_code == 405
    nowhere = f"/rooms/{poll.broadcast.public_id}/polls/nothing/vote"
    assert client.post(nowhere, {"choice": "1"}).status_code == 404
    assert polls.count(poll) == [0, 1, 0]
    page = client.get(f"/rooms/{poll.broadcast.public_id}/").text
    assert f'data-mine="1" data-mine-of="{poll.public_id}"' in page
