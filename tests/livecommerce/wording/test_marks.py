"""A text cut at its findings, for a template to mark."""

from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from livecommerce.wording.advertising import check_advertising
from livecommerce.wording.contacts import find_contacts
from livecommerce.wording.marks import Piece, pieces
from livecommerce.wording.matcher import Hit


def test_pieces_are_marked_by_a_template_which_escapes_them():
    text = "<b>最 佳</b>，加微信"
    template = Template(
        "{% for piece in pieces %}{% if piece.finding %}<mark>{{ piece.text }}</mark>"
        "{% else %}{{ piece.text }}{% endif %}{% endfor %}"
    )
    cut = pieces(text, [*find_contacts(text), *check_advertising(text)])
    assert (
        template.render(Context({"pieces": cut}))
        == "&lt;b&gt;<mark>最 佳</mark>&lt;/b&gt;，<mark>加微信</mark>"
    )


def test_of_findings_that_overlap_the_first_is_shown():
    inner, outer, later = Hit(2, 3, "c"), Hit(1, 4, "bcd"), Hit(3, 6, "def")
    assert pieces("abcdef", [later, inner, outer]) == [
        Piece("a"),
        Piece("bcd", outer),
        Piece("ef"),
    ]


@settings(deadline=None)
@given(st.text(), st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5))))
def test_pieces_joined_are_the_text(text, spans):
    hits = [
        Hit(start, start + length, "") for start, length in spans if start + length <= len(text)
    ]
    assert "".join(piece.text for piece in pieces(text, hits)) == text
