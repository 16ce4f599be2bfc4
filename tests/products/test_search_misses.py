"""What was looked for in vain is counted without anybody's name, and not for ever."""

import pytest
from django.utils import timezone

from products.domain.search_misses import missed, plain_text, record, wishes_for
from products.models import SearchMiss

pytestmark = pytest.mark.django_db


def test_searches_and_wishes_are_counted_by_day():
    for visitor in ("a", "b", "c"):
        assert record(text="  猫山王 榴莲 ", visitor=visitor)
    record(text="猫山王榴莲", visitor="d")
    record(text="猫山王 榴莲", visitor="a", is_wish=True)

    row = SearchMiss.objects.get(text="猫山王 榴莲")
    assert (row.searches, row.wishes, row.day) == (3, 1, timezone.localdate())
    assert [(one.text, one.searches) for one in missed(since=timezone.localdate())] == [
        ("猫山王 榴莲", 3)
    ]
    assert wishes_for("猫山王 榴莲") == 1


def test_one_visitor_counts_once_a_day():
    assert record(text="榴莲", visitor="same")
    assert not record(text="榴莲", visitor="same")
    assert SearchMiss.objects.get().searches == 1


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "打我电话 138-0013-8000",
        "wei@example.org",
        "450102199001011234",
        "🥭",
        "a" * 60,
        "",
    ],
)
def test_what_may_be_somebodys_is_not_kept(text):
    assert plain_text(text) == ""
    assert not record(text=text, visitor="v")
    assert not SearchMiss.objects.exists()
