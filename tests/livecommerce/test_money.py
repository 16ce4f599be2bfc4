import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecommerce import money


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_split_sums_exactly(total, weights):
    if not any(weights):
        with pytest.raises(ValueError, match="weights"):
            money.split(total, weights)
        return
    parts = money.split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1


def test_split_gives_the_remainder_to_the_largest_rest():
    assert money.split(100, [1, 1, 1]) == [34, 33, 33]
    assert money.split(2950, [70, 20, 10]) == [2065, 590, 295]


def test_split_refuses_negative_weights():
    with pytest.raises(ValueError, match="weights"):
        money.split(100, [2, -1])


@pytest.mark.parametrize(
    ("fen", "text"),
    [(2950, "29.50"), (5000, "50"), (5, "0.05"), (-120, "-1.20"), (123456700, "1,234,567")],
)
def test_format_fen(fen, text):
    assert money.format_fen(fen) == text


def test_percent_rounds_half_up():
    assert money.percent(1000, 340) == 34
    assert money.percent(50, 100) == 1
    assert money.percent(49, 100) == 0


def test_the_platform_keeps_at_most_its_share_and_never_less_than_nothing():
    assert money.platform_share(10_000, 5_000) == 800
    assert money.platform_share(10_000, 300) == 300
    assert money.platform_share(10_000, -50) == 0
