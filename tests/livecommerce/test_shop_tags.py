"""The tags every template has."""

import pytest
from django.template import Context, Template
from django.utils import translation

from livecommerce.notifications.models import Notification
from tests.factories import make_user


def shown(source, **context):
    return Template(source).render(Context(context))


def test_money_is_shown_small_and_exact():
    assert shown("{{ fen|yuan }}", fen=2950) == "29.50"
    assert shown("{{ fen|yuan }}", fen=None) == ""
    assert shown('{% price 590000 "price-large" %}') == (
        '<span class="price price-large"><span class="price-sign">¥</span>5,900</span>'
    )


@pytest.mark.parametrize(
    ("percent", "zh", "en"), [(50, "5 折", "50% off"), (51, "4.9 折", "51% off")]
)
def test_discount_in_the_readers_way(percent, zh, en):
    assert shown("{{ p|off }}", p=percent) == zh
    with translation.override("en"):
        assert shown("{{ p|off }}", p=percent) == en


def test_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in shown('{% icon "cart" %}')
    named = shown('{% icon "verified" "" name %}', name='"><script>')
    assert 'role="img" aria-label="&quot;&gt;&lt;script&gt;"' in named


def test_long_place_name_may_break_between_syllables():
    assert shown("{{ n|soften }}", n="Fangchenggang").split("\u00ad") == ["Fang", "cheng", "gang"]
    assert shown("{{ n|soften }}", n="Nanning") == "Nanning"
    assert shown("{{ n|soften }}", n="防城港") == "防城港"


def test_same_name_has_always_the_same_colour():
    tones = {shown("{{ n|tone }}", n=name) for name in ("韦小山", "李*", "a", "")}
    assert tones <= {"0", "1", "2", "3", "4"}
    assert shown("{{ n|tone }}", n="韦小山") == shown("{{ n|tone }}", n="韦小山")


@pytest.mark.django_db
def test_unread_messages_are_counted_by_one_query(django_assert_num_queries):
    reader = make_user()
    for key in ("a", "b"):
        Notification.objects.create(user=reader, kind="system", key=key, title="t")
    with django_assert_num_queries(1):
        assert shown("{% unread_count user %}", user=reader) == "2"
    with django_assert_num_queries(0):
        assert shown("{% unread_count user %}", user=None) == "0"
