"""Questions: once asked, once voted, one on air, and a mark in media time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from streams.domain import moderation_sanctions, question_facts, questions, snapshot
from streams.models import ModerationAction, Question, QuestionVote, RoomRole
from tests.factories import make_assistant, make_user
from tests.streams.shows import make_show, told
from tests.streams.test_moderation import code_of, make_list
from tests.streams.test_snapshot import run_reducer

pytestmark = pytest.mark.django_db(transaction=True)


def ask(show, user=None, text="能放多久？", key="k"):
    return questions.ask(broadcast=show, user=user or make_user(), text=text, key=key)


def test_asking_is_told_and_counts_as_a_vote_once_for_each_key():
    show, viewer = make_show(state="live"), make_user(display_name="李小山")
    assert ask(show, viewer) == ask(show, viewer)
    (event,) = told(show)
    assert event["question"]["text"] == "能放多久？"
    assert (event["question"]["name"], event["question"]["votes"]) == ("李小山", 1)
    assert questions.voted_by(show, viewer.pk) == [event["question"]["id"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_text"),
        ("\u200b\u202e", "empty_text"),
        ("字" * 101, "text_too_long"),
        ("加微信 abc12345 问", "no_contacts"),
        ("假货吗", "chat_refused"),
    ],
)
def test_what_is_no_question_is_refused(text, code):
    make_list("假货")
    assert code_of(ask, make_show(state="live"), text=text) == code
    assert not Question.objects.exists()


def test_one_person_asks_so_many_and_no_more():
    show, viewer = make_show(state="live"), make_user()
    for number in range(questions.MOST_OPEN_OF_ONE):
        Question.objects.create(broadcast=show, user=viewer, key=str(number), text="问")
    assert code_of(ask, show, viewer, key="more") == "asked_enough"
    Question.objects.bulk_create(
        Question(broadcast=show, user=make_user(), key="k", text="问")
        for _ in range(questions.MOST_OPEN)
    )
    assert code_of(ask, show) == "too_many_questions"


def test_a_show_that_is_over_takes_none_and_a_muted_person_asks_none():
    assert code_of(ask, make_show(state="ended")) == "show_over"
    show, viewer = make_show(state="live"), make_user()
    question = ask(show)
    moderation_sanctions.mute(
        broadcast=show, user=viewer, by=show.host.user, reason="spam", seconds=60
    )
    assert code_of(ask, show, viewer) == "muted"
    vote = {"broadcast": show, "question_id": question.pk, "user": viewer}
    assert code_of(questions.vote, **vote) == "muted"


def test_who_asked_hears_that_it_was_answered_once():
    show, first, second = make_show(state="live"), make_user(), make_user()
    asked = [
        ask(show, first),
        ask(show, second, "怎么保存？", "k2"),
        ask(show, show.host.user),
    ]
    for question in asked:
        questions.take(broadcast=show, question_id=question.pk, by=show.host.user)
    for _ in range(2):
        last = {"broadcast": show, "question_id": asked[-1].pk}
        questions.answer(**last, by=show.host.user)
    told = Notification.objects.filter(kind="question_answered").order_by("pk")
    assert [one.user_id for one in told] == [first.pk, second.pk], "the host asked the third"
    assert told[0].body == "能放多久？"
    assert told[0].url == f"/rooms/{show.public_id}/"


def test_votes_count_once_a_person_and_are_told_together():
    show = make_show(state="live")
    question = ask(show)
    voters = [make_user() for _ in range(3)]
    for voter in [*voters, voters[0]]:
        questions.vote(broadcast=show, question_id=question.pk, user=voter)
    assert len(told(show)) == 1
    assert questions.tell_votes() == 1
    assert questions.tell_votes() == 0
    assert [event["question"]["votes"] for event in told(show)] == [1, 4]
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVote.objects.create(question=question, user=voters[0])


def test_one_is_on_air_and_the_one_before_is_answered_with_media_time():
    began = timezone.now() - timedelta(seconds=90)
    show = make_show(state="live", started_at=began, host_online_at=began)
    first, second = ask(show), ask(show)
    for question in (first, second, second):
        questions.take(broadcast=show, question_id=question.pk, by=show.host.user)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("answered", "on_air")
    assert first.answered_at is not None
    questions.answer(broadcast=show, question_id=second.pk, by=make_assistant(show.host).user)
    assert [one["state"] for one in snapshot.room_state(show)["questions"]] == ["answered"] * 2
    take = {"broadcast": show, "question_id": first.pk, "by": show.host.user}
    assert code_of(questions.take, **take) == "already_decided"


def test_only_those_who_run_the_show_take_and_only_moderators_remove():
    show, viewer, moderator = make_show(state="live"), make_user(), make_user()
    RoomRole.objects.create(broadcast=show, user=moderator, role="moderator")
    question, hosts = ask(show), ask(show, show.host.user)
    for nobody in (viewer, moderator):
        take = {"broadcast": show, "question_id": question.pk, "by": nobody}
        assert code_of(questions.take, **take) == "not_your_show"
    gone = {"broadcast": show, "question_id": question.pk}
    assert code_of(questions.remove, **gone, by=viewer) == "not_moderator"
    hers = {"broadcast": show, "question_id": hosts.pk}
    assert code_of(questions.remove, **hers, by=moderator) == "above_you"
    elsewhere = {"broadcast": make_show(), "question_id": question.pk}
    assert code_of(questions.remove, **elsewhere, by=question.user) == "no_such_question"
    questions.remove(**gone, by=moderator)
    assert ModerationAction.objects.get().note == question.text
    assert [one["id"] for one in snapshot.room_state(show)["questions"]] == [hosts.pk]


def test_only_the_newest_answered_stay_in_sight_here_and_in_browsers():
    show = make_show(state="live")
    before = {"questions": []}
    for number in range(question_facts.ANSWERED_LENGTH + 3):
        question = Question.objects.create(
            broadcast=show, user=make_user(), key=str(number), text=f"{number}"
        )
        questions.take(broadcast=show, question_id=question.pk, by=show.host.user)
        questions.answer(broadcast=show, question_id=question.pk, by=show.host.user)
    board = question_facts.board(show)
    assert [one["text"] for one in board] == [
        str(n) for n in range(3, question_facts.ANSWERED_LENGTH + 3)
    ]
    assert run_reducer(state=before, events=told(show))["state"]["questions"] == board


def test_pages_ask_and_vote(client):
    show, viewer = make_show(state="live"), make_user()
    base = f"/rooms/{show.public_id}/questions/"
    assert client.post(base, {"text": "问", "k": "1"}).status_code == 302
    client.force_login(viewer)
    asked = client.post(base, {"text": "甜吗？", "k": "1"})
    assert asked.status_code == 201
    pk = asked.json()["id"]
    assert client.post(f"{base}{pk}/vote").json() == {"votes": 1}
    assert client.post(f"{base}{pk}/take").status_code == 403
    assert client.post(f"{base}{pk}/paint").status_code == 404
    assert client.post(f"{base}999999/vote").status_code == 404
    assert client.get(base).status_code == 405
    refused = client.post(base, {"text": "", "k": "2"})
    assert (refused.status_code, refused.json()["code"]) == (422, "empty_text")
    with pytest.raises(DomainError):
        questions.find(show, 0)


@pytest.mark.parametrize("key", ["", "k" * 37, "a\x00b"])
def test_a_key_that_no_database_takes_is_refused(key):
    show = make_show(state="live")
    with pytest.raises(DomainError) as refused:
        questions.ask(broadcast=show, user=make_user(), text="怎么保存？", key=key)
    assert refused.value.code == "bad_key"
