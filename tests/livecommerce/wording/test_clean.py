"""What is stored and shown: readable text as it was meant, traps gone."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecommerce.errors import DomainError
from livecommerce.wording.clean import clean_line, clean_text, require_line, require_text
from livecommerce.wording.graphemes import count_graphemes, cut

ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
EMOJI = ["👨‍🌾", "👩🏽‍🌾", "❤️", "❤️‍🔥", "1️⃣", "#⃣", "🇨🇳", ENGLAND, "🏳️‍🌈", "🫨", "🩷", "☎︎"]
"""🫨 and 🩷 are newer than Python 3.11's tables."""
TRAPS = "\u200b\u200d\ufe0f\u202e\u0301\u0336\u20e3\r\n\t🌾👨🇨1a\U000e0041🏴 "


@pytest.mark.parametrize(
    "text", [*EMOJI, "café", "Tiếng Việt", "ＡＢＣ", "ก็ที่", "壮锦 Cuengh", "a\u0301\u0323b"]
)
def test_honest_writing_stays(text):
    assert clean_line(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\u200bb\u200dc\ufeffd\u2060e", "abcde"),
        ("\u202eevil\u202c \u2066x\u2069\u061c", "evil x"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("hi\U000e0041\U000e0042", "hi"),  # a hidden message in tag characters
        ("👨\u200d", "👨"),
        ("字\ufe0f字\U000e0100", "字字"),
        ("\u3164\u115f\u2800", ""),
        ("Z\u0338\u0321\u0322\u0349a\u0336\u0347", "Z\u0338\u0321a\u0336\u0347"),
        ("  a \t\r\n b\u3000c\u2028d ", "a b c d"),
        ("e\u200b\u0301", "é"),
        ("\ud800x\ue000\uffff", "x"),
    ],
)
def test_traps_go(text, cleaned):
    assert clean_line(text) == cleaned


def test_text_keeps_its_lines_but_not_a_wall_of_them():
    assert clean_text("\n\n a  b \r\n\n\n\n\nc\u2029d\n\n") == "a b\n\nc\nd"


@settings(deadline=None)
@given(st.text(st.one_of(st.characters(), st.sampled_from(TRAPS))))
def test_cleaning_twice_is_cleaning_once(text):
    for clean in (clean_line, clean_text):
        once = clean(text)
        assert clean(once) == once
        assert not {"\u202e", "\u200b", "\ufeff", "\x00"} & set(once)
    assert "\n" not in clean_line(text)


@pytest.mark.parametrize("emoji", EMOJI)
def test_an_emoji_counts_one(emoji):
    assert count_graphemes(emoji * 3 + "好") == 4


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("e\u0301", 1),
        ("각각", 2),
        ("각", 1),
        ("\r\n\n", 2),
        ("ก็", 1),
        ("🇨🇳🇨", 2),
    ],
)
def test_graphemes_are_counted_as_people_count(text, count):
    assert count_graphemes(text) == count


def test_cut_halves_no_emoji():
    assert cut("好👨‍🌾🇨🇳é", 3) == "好👨‍🌾🇨🇳"
    assert cut("好", 3) == "好"


@settings(deadline=None)
@given(st.text(st.sampled_from("é\u0301👨\u200d🌾🇨🇳1\u20e3각a\n")), st.integers(0, 9))
def test_cut_keeps_at_most_so_many(text, longest):
    assert count_graphemes(cut(text, longest)) == min(longest, count_graphemes(text))
    assert text.startswith(cut(text, longest))


def test_require_counts_graphemes_and_refuses_in_words():
    assert require_line(" 👨‍🌾👨‍🌾 ", longest=2) == "👨‍🌾👨‍🌾"
    assert require_text("a\nb", longest=3) == "a\nb"
    for text, code, words in [
        ("\u200b \n", "empty_text", "先写点什么吧。"),
        ("abc", "text_too_long", "最多 2 个字，请精简一下。"),
        ("a" * 10_000_000, "text_too_long", "最多 2 个字，请精简一下。"),
    ]:
        with pytest.raises(DomainError) as refused:
            require_line(text, longest=2)
        assert (refused.value.code, refused.value.message) == (code, words)
