"""Several consoles of one show press the key for the next segment at the same moment."""

import pytest

from streams.domain import run_of_show
from streams.domain.run_of_show_facts import running_of, segments_of
from streams.models import Broadcast
from tests.factories import make_assistant
from tests.streams.shows import make_show, told
from tests.streams.test_run_of_show import make_run, states

pytestmark = pytest.mark.django_db(transaction=True)
CONSOLES = 6


def test_presses_of_those_who_saw_the_same_are_one_step(at_once):
    show = make_show(state="live")
    first, *_others = make_run(show, *["talk"] * 8)
    run_of_show.next_segment(broadcast=show, by=show.host.user, seen=None)
    people = [make_assistant(show.host).user for _ in range(CONSOLES)]

    def press(number):
        fresh = Broadcast.objects.select_related("host").get(pk=show.pk)
        return run_of_show.next_segment(broadcast=fresh, by=people[number], seen=first.pk)

    answers = at_once(CONSOLES, press)
    assert sorted(answers) == [False] * (CONSOLES - 1) + [True]
    assert states(show) == ["done", "running", *["planned"] * 6]
    assert [event["run"]["version"] for event in told(show)] == [1, 2, 3]


def test_presses_without_what_was_seen_are_as_many_steps():
    """The twin: a press that claims to have seen whatever is on by then skips a segment."""
    show = make_show(state="live")
    make_run(show, *["talk"] * 4)
    for _double in range(2):
        on = running_of(segments_of(show))
        seen = on.pk if on else None
        assert run_of_show.next_segment(broadcast=show, by=show.host.user, seen=seen)
    assert states(show) == ["done", "running", "planned", "planned"]
