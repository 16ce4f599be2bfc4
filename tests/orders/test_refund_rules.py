"""The return clock: seven days of the shop's calendar, from the day after delivery."""

from datetime import UTC, date, datetime

import pytest

from orders.domain.refund_rules import last_return_day, returnable_until


@pytest.mark.parametrize(
    ("delivered", "last_day", "until"),
    [
        # 26 November, 10:00 in Shanghai: until 3 December, 24:00.
        (
            datetime(2026, 11, 26, 2, tzinfo=UTC),
            date(2026, 12, 3),
            datetime(2026, 12, 3, 16, tzinfo=UTC),
        ),
        # 23:59 there is the same day, 00:00 the next one.
        (
            datetime(2026, 11, 26, 15, 59, tzinfo=UTC),
            date(2026, 12, 3),
            datetime(2026, 12, 3, 16, tzinfo=UTC),
        ),
        (
            datetime(2026, 11, 26, 16, 0, tzinfo=UTC),
            date(2026, 12, 4),
            datetime(2026, 12, 4, 16, tzinfo=UTC),
        ),
        # Over a leap day.
        (
            datetime(2028, 2, 24, 4, tzinfo=UTC),
            date(2028, 3, 2),
            datetime(2028, 3, 2, 16, tzinfo=UTC),
        ),
    ],
)
def test_the_seven_days(delivered, last_day, until):
    assert last_return_day(delivered) == last_day
    assert returnable_until(delivered) == until
