"""Everybody enters at once, one person many times, and the clock closes in between."""

import pytest
from django.db import IntegrityError, connection

from livecommerce.errors import DomainError
from streams.domain import draw_proof, draws, polls
from streams.models import Draw, DrawEntry, DrawWinner, Poll, PollVote
from tests.factories import make_user
from tests.streams.draws import enter, make_draw, nonce, open_now, over_now
from tests.streams.test_polls import ask, vote

pytestmark = pytest.mark.django_db(transaction=True)


def codes(answers):
    return {answer.code for answer in answers if isinstance(answer, DomainError)}


def test_one_person_many_simultaneous_entries_are_one(at_once):
    draw, viewer = open_now(make_draw()), make_user()
    answers = at_once(10, lambda _number: enter(Draw.objects.get(pk=draw.pk), viewer))
    marks = {answer.mark for answer in answers if isinstance(answer, DrawEntry)}
    assert marks == {DrawEntry.objects.get().mark}
    assert codes(answers) <= {"too_fast"}


def test_one_person_many_entries_without_the_constraint(at_once):
    """The twin: with it away, one person is on the list as often as they were fast."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE streams_drawentry DROP CONSTRAINT one_draw_entry_a_person")
    try:
        draw, viewer = open_now(make_draw()), make_user()

        def write(_number):
            DrawEntry.objects.create(draw=draw, user=viewer, nonce=nonce())

        at_once(4, write)
        assert DrawEntry.objects.count() == 4
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE streams_drawentry CASCADE")
            cursor.execute(
                "ALTER TABLE streams_drawentry"
                " ADD CONSTRAINT one_draw_entry_a_person UNIQUE (draw_id, user_id)"
            )


def test_accounts_of_one_browser_at_once_are_one(at_once):
    draw, people = open_now(make_draw()), [make_user() for _ in range(6)]
    answers = at_once(6, lambda number: enter(draw, people[number], device="phone"))
    assert DrawEntry.objects.count() == 1
    assert codes(answers) == {"one_draw_entry_a_browser"}


def test_two_assistants_open_at_once(at_once):
    draw = make_draw()
    host = draw.broadcast.host.user

    def press(_number):
        own = Draw.objects.select_related("broadcast__host__user").get(pk=draw.pk)
        draws.open_draw(draw=own, by=host)

    assert at_once(5, press) == [None] * 5
    draw.refresh_from_db()
    assert draw.version == 1


def test_whoever_enters_while_it_closes_is_on_the_list_or_is_refused(at_once):
    draw = open_now(make_draw(places=50))
    people = [make_user() for _ in range(24)]
    sweeps = 3

    def act(number):
        if number < sweeps:
            return over_now(Draw.objects.get(pk=draw.pk)) and draws.run_due()
        return enter(Draw.objects.get(pk=draw.pk), people[number])

    answers = at_once(24, act)
    draws.run_due()
    draw.refresh_from_db()
    entered = {answer.mark for answer in answers if isinstance(answer, DrawEntry)}
    on_list = set(DrawEntry.objects.values_list("mark", flat=True))
    assert entered == on_list
    assert draw.entries_hash == draw_proof.list_hash(on_list)
    assert draw.entries_count == DrawWinner.objects.count() == len(on_list)
    assert codes(answers) <= {"draw_not_open"}
    assert not [one for one in answers if isinstance(one, IntegrityError)]


def test_many_workers_draw_once(at_once):
    draw = open_now(make_draw(places=3))
    for _ in range(5):
        enter(draw)
    over_now(draw)
    at_once(6, lambda _number: draws.run_due())
    assert list(DrawWinner.objects.order_by("rank").values_list("rank", flat=True)) == [1, 2, 3]


def test_one_person_votes_many_times_at_once_and_others_while_it_closes(at_once):
    poll, viewer = ask(), make_user()
    people = [make_user() for _ in range(12)]

    def act(number):
        if number == 5:
            return polls.close_poll(
                broadcast=poll.broadcast, public_id=poll.public_id, by=poll.opened_by
            )
        return vote(poll, number % 3, viewer if number < 5 else people[number])

    answers = at_once(12, act)
    poll.refresh_from_db()
    assert PollVote.objects.filter(user=viewer).count() <= 1
    assert poll.state == Poll.State.CLOSED
    assert poll.tally == polls.count(poll)
    assert codes(answers) <= {"poll_closed"}
