"""The double reads what the official library writes."""

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe._encode import _api_encode

from livecommerce.embedded.stripe_double.problems import Problem
from livecommerce.embedded.stripe_double.wire import Params, decode_form, public

NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=11),
        st.dictionaries(NAMES, inner, min_size=1, max_size=4),
    ),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, TREES, max_size=5))
def test_form_of_the_library_is_read_back(values):
    assert decode_form(urlencode(list(_api_encode(values)))) == values


def test_empty_brackets_are_a_list():
    assert decode_form("expand[]=a&expand[]=b") == {"expand": ["a", "b"]}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_form_is_read_or_refused(text):
    with suppress(Problem):
        assert isinstance(decode_form(text), dict)


@pytest.mark.parametrize("value", ["1.5", "", "x", "1e3", "１", "9" * 30, "--1"])
def test_integer_is_an_integer(value):
    with pytest.raises(Problem) as refused:
        _needed_integer(Params({"amount": value}))

    assert refused.value.status == 400


def _needed_integer(params):
    params.require("amount")
    return params.integer("amount")


def test_parameter_nobody_asked_for_is_refused():
    params = Params({"amount": "1", "apples": "3"})
    params.integer("amount")

    with pytest.raises(Problem) as refused:
        params.refuse_unread()

    assert refused.value.error["param"] == "apples"


def test_private_names_never_leave():
    assert public({"id": "x", "_secret": 1, "in": [{"_a": 1, "b": 2}]}) == {
        "id": "x",
        "in": [{"b": 2}],
    }
