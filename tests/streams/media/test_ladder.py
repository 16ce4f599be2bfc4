"""The ladder's rules, second by second, by the very module that runs in browsers.

A story is a list of (flow, seconds); the answer says at which second what was done.
"""

import json
import subprocess
from pathlib import Path

import pytest

from tests.streams.test_snapshot import _node

SCRIPT = Path(__file__).parent / "ladder.mjs"
FLOWS, STALLS, UNKNOWN = "flowing", "stalled", "unknown"


def run(**given):
    done = subprocess.run(
        [_node(), "--no-warnings", "--experimental-default-type=module", str(SCRIPT)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told(*story, **options):
    return run(options=options, story=story)


def test_a_good_line_stays_where_it_is():
    assert told((FLOWS, 600))["said"] == []


def test_eight_seconds_of_stalls_in_a_minute_are_one_rung_down():
    answer = told((FLOWS, 20), (STALLS, 6), (FLOWS, 10), (STALLS, 4))

    assert answer["said"] == [[37, "stalls", "sound"]]


def test_three_stalls_in_a_minute_are_one_rung_down_however_short():
    answer = told((FLOWS, 20), (STALLS, 1), (FLOWS, 9), (STALLS, 1), (FLOWS, 9), (STALLS, 1))

    assert answer["said"] == [[40, "stalls", "sound"]]


def test_stalls_of_long_ago_are_forgotten():
    story = [(FLOWS, 20)] + [(STALLS, 2), (FLOWS, 60)] * 6

    assert told(*story)["said"] == []


def test_a_line_that_carries_nothing_ends_on_words():
    answer = told((STALLS, 60))

    assert [line[1:] for line in answer["said"]] == [["stalls", "sound"], ["stalls", "text"]]
    assert answer["said"][0][0] <= 15
    assert answer["said"][1][0] <= 30


def test_a_fresh_source_has_five_seconds_to_begin():
    assert told((STALLS, 5), (FLOWS, 60))["said"] == []


def test_what_cannot_be_measured_steps_nowhere():
    """Paused, hidden, or the host's own connection: not this line's fault."""
    assert told((FLOWS, 20), (UNKNOWN, 300), (FLOWS, 20))["said"] == []


def test_after_a_calm_while_the_next_rung_is_offered_then_tried():
    answer = told((FLOWS, 10), (STALLS, 9), (FLOWS, 100))

    assert answer["said"][0][1:] == ["stalls", "sound"]
    down = answer["said"][0][0]
    assert answer["said"][1:3] == [
        [down + 30, "offer", "picture"],
        [down + 90, "trial", "picture"],
    ]
    assert answer["rung"] == "picture"


def test_each_trial_that_fails_doubles_the_wait():
    """Hysteresis: a line that carries sound and no picture is not tried every minute."""
    fails = [(FLOWS, 90), (STALLS, 8)]
    answer = told((FLOWS, 10), (STALLS, 9), *fails, (FLOWS, 600))
    steps = [(at, why) for at, why, _ in answer["said"] if why in ("trial", "failed")]

    assert [why for _, why in steps] == ["trial", "failed", "trial"]
    assert steps[2][0] - steps[1][0] == 180


def test_a_trial_needs_little_to_fail_and_a_minute_to_succeed():
    answer = told((FLOWS, 10), (STALLS, 9), (FLOWS, 160), (STALLS, 3), (FLOWS, 5))
    after = [line for line in answer["said"] if line[1] in ("failed", "stalls")]

    assert len(after) == 1, "three seconds after a trial that held are no reason to go down"
    assert answer["rung"] == "picture"


def test_a_chosen_rung_is_kept_and_the_lower_one_only_offered():
    answer = told((FLOWS, 10), (STALLS, 20), choice="picture")

    assert answer["rung"] == "picture"
    assert [line[1:] for line in answer["said"]] == [["offer", "sound"]]


def test_an_offer_that_was_waved_away_stays_away():
    answer = told((FLOWS, 10), (STALLS, 20), [{"do": "dismiss"}], (STALLS, 60), choice="sound")

    assert [line[1] for line in answer["said"]].count("offer") == 2  # it came and it went
    assert answer["rung"] == "sound"


def test_an_accepted_offer_on_automatic_is_a_trial():
    answer = told(
        (FLOWS, 10),
        (STALLS, 9),
        (FLOWS, 40),
        [{"do": "accept", "with": ["picture"]}],
        (FLOWS, 6),
        (STALLS, 3),
    )

    assert answer["said"][-1][1:] == ["failed", "sound"]
    assert answer["choice"] == "auto"


def test_where_data_are_dear_going_up_is_only_offered():
    answer = told((FLOWS, 900), first="sound", mayTry=False)

    assert answer["said"] == [[30, "offer", "picture"]]
    assert answer["rung"] == "sound"


def test_from_words_the_sound_is_tried_though_nothing_can_be_measured():
    answer = told((UNKNOWN, 100), first="text")

    assert [line[1:] for line in answer["said"]] == [
        ["offer", "sound"],
        ["trial", "sound"],
        ["offer", None],
    ]


def test_choosing_takes_effect_at_once():
    answer = told((FLOWS, 5), [{"do": "choose", "with": ["text"]}], (UNKNOWN, 300))

    assert answer["rung"] == "text"
    assert answer["said"] == [[5, "choose", "text"]]


@pytest.mark.parametrize(
    ("connection", "hints"),
    [
        (None, {"first": "picture", "mayTry": True}),
        ({"effectiveType": "4g", "saveData": False}, {"first": "picture", "mayTry": True}),
        ({"effectiveType": "3g"}, {"first": "picture", "mayTry": True}),
        ({"effectiveType": "4g", "saveData": True}, {"first": "sound", "mayTry": False}),
        ({"effectiveType": "2g"}, {"first": "sound", "mayTry": False}),
        ({"effectiveType": "slow-2g"}, {"first": "text", "mayTry": False}),
    ],
)
def test_what_the_browser_knows_of_the_line_decides_where_to_begin(connection, hints):
    assert run(connection=connection) == hints
