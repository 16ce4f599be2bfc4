import pytest

from streams.media.embedded.passthrough import SenderReport
from streams.media.embedded.timeline import PathClock, Timeline


class StillClock(PathClock):
    seconds = 1.0

    def now(self):
        return self.seconds


def test_the_first_arrival_sets_a_track_on_the_paths_clock():
    clock = StillClock()
    clock.seconds = 12.5
    timeline = Timeline(clock)

    assert timeline.place("video", 90_000, 900_000) == 12.5 * 90_000
    assert timeline.place("video", 90_000, 903_000) == 12.5 * 90_000 + 3000


def test_a_new_clock_begins_after_the_encoders_delay():
    assert 1.0 <= PathClock().now() < 1.5


def place_both(clock, shift):
    """Sound that arrives with the picture but was recorded `shift` seconds later."""
    timeline = Timeline(clock)
    timeline.place("video", 90_000, 0)
    timeline.place("audio", 48_000, 0)
    timeline.report("video", 90_000, SenderReport(5000.0, 0))
    timeline.report("audio", 48_000, SenderReport(5000.0 + shift, 0))
    return timeline


@pytest.mark.parametrize("shift", [0.12, -0.12])
def test_sender_reports_put_sound_and_picture_in_step(shift):
    timeline = place_both(StillClock(), shift)

    assert timeline.place("audio", 48_000, 0) == round((1.0 + shift) * 48_000)
    assert timeline.place("video", 90_000, 0) == 90_000
    assert round(timeline.shift_ms) == round(shift * 1000)


def test_a_report_that_asks_for_too_much_is_not_believed():
    timeline = place_both(StillClock(), 3.0)

    assert timeline.place("audio", 48_000, 0) == 48_000


def test_a_step_within_the_tolerance_leaves_the_sound_alone():
    timeline = place_both(StillClock(), 0.01)

    assert timeline.place("audio", 48_000, 0) == 48_000


def test_no_time_is_negative():
    timeline = place_both(StillClock(), -0.39)
    timeline._clock.seconds = 0.0

    assert timeline.place("audio", 48_000, -48_000) == 0


@pytest.mark.parametrize("leap", [30, -30, 20_000])
def test_an_encoder_whose_clock_leaps_begins_anew_where_the_path_is(leap):
    clock = StillClock()
    clock.seconds = 100.0
    timeline = Timeline(clock)
    timeline.place("video", 90_000, 0)
    clock.seconds = 101.0

    assert timeline.place("video", 90_000, (1 + leap) * 90_000) == 101 * 90_000
    clock.seconds = 102.0
    assert timeline.place("video", 90_000, (2 + leap) * 90_000) == 102 * 90_000


def test_pictures_that_come_late_keep_their_place():
    clock = StillClock()
    timeline = Timeline(clock)
    timeline.place("video", 90_000, 0)
    clock.seconds += 5

    assert timeline.place("video", 90_000, 3000) == 93_000
