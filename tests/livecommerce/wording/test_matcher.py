"""Words of a list in a text: disguised, but never inside an innocent word."""

import random
import string
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecommerce.wording import matcher
from livecommerce.wording.matcher import Hit, WordList, current_list

CHAT = WordList(["微信", "V信", "法轮", "傻瓜", "sex", "64"], exceptions=["微信支付", "傻瓜相机"])


def found(words, text):
    return [(text[hit.start : hit.end], hit.word) for hit in words.find(text)]


@pytest.mark.parametrize(
    ("text", "written", "word"),
    [
        ("加我微信哦", "微信", "微信"),
        ("加我微 * 信哦", "微 * 信", "微信"),
        ("溦信", "溦信", "微信"),
        ("🅥信", "🅥信", "V信"),
        ("氵去车仑", "氵去车仑", "法轮"),
        ("S.e.X!", "S.e.X", "sex"),
        ("ѕех", "ѕех", "sex"),
        ("ｓéx4", "ｓéx", "sex"),
        ("傻\u200b瓜", "傻\u200b瓜", "傻瓜"),
        ("傻，瓜", "傻，瓜", "傻瓜"),
        ("是 64 吗", "64", "64"),
    ],
)
def test_find_marks_a_disguised_word_where_it_stands(text, written, word):
    assert found(CHAT, text) == [(written, word)]


@pytest.mark.parametrize(
    "text",
    ["Essex", "sexy", "his ex", "1640 克", "能用微信支付吗", "傻瓜相机", "微笑，信你", "", "。。"],
)
def test_find_leaves_innocent_text(text):
    assert CHAT.find(text) == []


def test_an_exception_excuses_only_what_lies_inside_it():
    assert found(CHAT, "微信支付不行就加微信") == [("微信", "微信")]
    words = WordList(["第一", "第一次品牌"], exceptions=["第一次"])
    assert found(words, "第一次品牌，第一次来，第一") == [
        ("第一次品牌", "第一次品牌"),
        ("第一", "第一"),
    ]


def test_the_longest_word_counts_and_none_overlap():
    words = WordList(["最", "最好", "好吃", "最好吃的"])
    assert words.find("最好吃的，最好吃") == [Hit(0, 4, "最好吃的"), Hit(5, 7, "最好")]


def test_within_sentences_stops_at_a_mark():
    words = WordList(["最好"], within_sentences=True)
    assert found(words, "就数它最，好吧？最 好") == [("最 好", "最好")]


def test_words_of_which_nothing_is_left_are_told_of():
    words = WordList(["…", "", "好"])
    assert words.unusable == ("…", "")
    assert found(words, "好…") == [("好", "好")]
    assert WordList([]).find("anything") == []


def test_current_list_is_built_once_a_version_by_many_threads(monkeypatch):
    monkeypatch.setattr(matcher, "_built", {})
    loads = []
    start = threading.Barrier(8)
    seen = []

    def load():
        loads.append(1)
        return WordList(["坏词"])

    def ask():
        start.wait()
        seen.append(current_list("chat", version=1, load=load))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (len(loads), len(set(map(id, seen)))) == (1, 1)

    newer = current_list("chat", version=2, load=lambda: WordList(["新词"]))
    assert newer.find("新词") == [Hit(0, 2, "新词")]
    assert current_list("chat", version=2, load=load) is newer


def test_threads_share_one_list():
    letters = random.Random(7)
    words = WordList("".join(letters.choices("春夏秋冬东南西北", k=4)) for _ in range(3000))
    text = "".join(letters.choices("春夏秋冬东南西北", k=4000))
    expected = words.find(text)
    answers = []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [
            threading.Thread(target=lambda: answers.append(words.find(text))) for _ in range(6)
        ]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    finally:
        sys.setswitchinterval(interval)
    assert len(expected) > 100
    assert answers == [expected] * 6


WORDS = st.lists(st.text(st.sampled_from("ab微信. 9"), max_size=4), max_size=12)


@settings(deadline=None)
@given(WORDS, WORDS, st.text(st.one_of(st.sampled_from("ab微信. 9，"), st.characters())))
def test_hits_lie_in_the_text_in_order_whatever_the_list(words, exceptions, text):
    hits = WordList(words, exceptions=exceptions).find(text)
    edges = [place for hit in hits for place in (hit.start, hit.end)]
    assert edges == sorted(edges)
    assert all(0 <= hit.start < hit.end <= len(text) and hit.word in words for hit in hits)


@settings(max_examples=50, deadline=None)
@given(
    st.text(st.sampled_from("甲乙丙丁"), min_size=1, max_size=3),
    st.text(st.sampled_from("甲乙丙丁")),
)
def test_a_chinese_word_is_found_exactly_where_it_occurs(word, text):
    assert bool(WordList([word]).find(text)) == (word in text)


def test_hits_grow_with_the_text_and_not_with_the_list():
    letters = random.Random(3)
    words = ["".join(letters.choices(string.ascii_lowercase, k=6)) for _ in range(20_000)]
    words_found = WordList([*words, "微信"]).find("微信 " * 5000)
    assert len(words_found) == 5000
