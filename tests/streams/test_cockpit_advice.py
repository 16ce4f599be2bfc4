"""Which figure is the worst: pure functions, no database."""

import pytest

from streams.domain.cockpit_advice import Moment, find_worst
from streams.domain.cockpit_figures import per_mille
from streams.domain.cockpit_words import ADVICE

GOOD = {
    "viewers": 50,
    "peak": 60,
    "watched": 100,
    "opened": 40,
    "orders": 12,
    "paid_orders": 10,
    "waiting_orders": 1,
    "waiting_fen": 2000,
}


def _moment(*, figures=(), products=(), **facts):
    values = {
        "figures": GOOD | dict(figures),
        "products": list(products),
        "minutes": 20,
        "pinned": frozenset({7}),
        "gone": frozenset(),
        "said_lately": 30,
    }
    return Moment(**values | facts)


def test_a_show_that_goes_well_needs_no_advice():
    assert find_worst(_moment()) is None


@pytest.mark.parametrize(
    ("change", "code", "figure"),
    [
        ({"gone": frozenset({7})}, "sold_out", "orders"),
        ({"pinned": frozenset()}, "unpinned", "click_through"),
        ({"figures": {"waiting_orders": 6, "paid_orders": 6}}, "unpaid", "waiting_fen"),
        ({"figures": {"viewers": 12}}, "leaving", "viewers"),
        ({"figures": {"opened": 3}}, "few_open", "click_through"),
        ({"products": [{"product": 7, "opened": 40, "buyers": 0}]}, "few_buy", "conversion"),
        ({"said_lately": 0}, "quiet", "messages"),
    ],
)
def test_each_rule_names_its_figure_and_has_words(change, code, figure):
    worst = find_worst(_moment(**change))
    assert (worst.code, worst.figure) == (code, figure)
    assert ADVICE[code]


def test_a_few_people_prove_nothing():
    small = {"viewers": 2, "peak": 9, "watched": 9, "opened": 0, "waiting_orders": 2}
    products = [{"product": 7, "opened": 5, "buyers": 0}]
    assert find_worst(_moment(figures=small, products=products, said_lately=0)) is None


def test_the_worst_of_several_counts():
    both = {"viewers": 29, "opened": 1}  # a little under its mark; far under its mark
    assert find_worst(_moment(figures=both)).code == "few_open"


def test_the_product_that_most_looked_at_in_vain_is_named():
    products = [
        {"product": 7, "opened": 40, "buyers": 1},
        {"product": 8, "opened": 40, "buyers": 0},
        {"product": 9, "opened": 10, "buyers": 0},
    ]
    worst = find_worst(_moment(products=products))
    assert (worst.code, worst.product, worst.n) == ("few_buy", 8, 40)


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(1, 3, 333), (1, 2, 500), (0, 5, 0), (7, 5, 1000), (3, 0, None)]
)
def test_shares_are_whole_and_never_above_all(part, whole, share):
    assert per_mille(part, whole) == share
