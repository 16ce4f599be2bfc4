"""One form for every disguise, and the way back to what was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecommerce.wording.normalise import _look_alikes, fold, fold_character, normalise
from livecommerce.wording.tables import read_rows

TRICKY = st.text(st.one_of(st.characters(), st.sampled_from("亻尔氵去 .,。a\u200dａАé\u0301🇻❶½")))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("Ⓦⓔⓒⓗⓐⓣ 🅥🆇 🇻🇽", "wechat vx vx"),
        ("wесhаt", "wechat"),  # Cyrillic
        ("ωεchατ", "wechat"),  # Greek
        ("ѡᴇᴄʜᴀᴛ", "wechat"),
        ("w\u200be\u2060c\u202eh\u00adat", "wechat"),
        ("Z̸̡̢̛͉a̶͇͉̕l̷̰̈́g̴̣͝o̵̊", "zalgo"),
        ("①②❸4️⃣٥", "12345"),
        ("⑩ ½ ﬁ", "10 1⁄2 fi"),
        ("電話號碼", "电话号码"),
        ("壹貳叁", "一二三"),
        ("a\tb\u3000c", "a b c"),
        ("a\r\nb\u2028c", "a\n\nb\nc"),
        ("각 か\u3099", "각 か"),
        ("\u3164\u2800\U000e0041", ""),
    ],
)
def test_fold_reads_disguises(written, read):
    assert fold(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("微 . 信", "微信"),
        ("加🌟微*信", "加微信"),
        ("氵 去律", "法律"),
        ("⺡去", "法"),
        ("女子", "女子"),  # two honest characters
        ("最，好。", "最好"),
    ],
)
def test_normalise_joins_what_was_split(written, read):
    assert normalise(written).text == read


def test_within_sentences_no_word_reaches_over_a_mark():
    assert normalise("最，好·吃", within_sentences=True).text == "最\n好吃"


def test_span_leads_back_with_the_marks_upon_it():
    written = "请加 V\u200b❤\ufe0f信\u0336 吧"
    read = normalise(written)
    at = read.text.index("v信")
    start, end = read.span(at, at + 2)
    assert written[start:end] == "V\u200b❤\ufe0f信\u0336"


def test_span_of_a_split_character_covers_its_parts():
    written = "懂氵 去吗"
    read = normalise(written)
    start, end = read.span(1, 2)
    assert (read.text, written[start:end]) == ("懂法吗", "氵 去")


@pytest.mark.parametrize("plane", range(0x0, 0x20000, 0x2000))
def test_fold_of_every_character_stays_as_it_is(plane):
    unstable = [
        hex(code)
        for code in range(plane, plane + 0x2000)
        if any(fold_character(part) != part for part in fold_character(chr(code)))
    ]
    assert unstable == []


def test_data_leads_to_plain_characters_in_one_step():
    assert set(_look_alikes()) & set(_look_alikes().values()) == set()


def test_put_together_characters_are_no_parts_themselves():
    rows = read_rows("split_characters")
    parts = set("".join(row["parts"] for row in rows))
    assert [row["whole"] for row in rows if row["whole"] in parts] == []
    assert all(len(row["parts"]) == 2 and len(row["whole"]) == 1 for row in rows)


@settings(deadline=None)
@given(TRICKY)
def test_normalising_twice_is_normalising_once(text):
    for form in (fold, normalise):
        once = form(text).text
        assert form(once).text == once


@settings(deadline=None)
@given(TRICKY)
def test_every_span_lies_in_the_text_in_order(text):
    read = normalise(text)
    assert len(read.text) == len(read.starts) == len(read.ends) == len(read.is_joined)
    spans = [read.span(place, place + 1) for place in range(len(read.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
