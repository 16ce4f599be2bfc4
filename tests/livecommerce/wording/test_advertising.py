"""Advertising law in a script: what is marked, what is left, and why."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from livecommerce.wording.advertising import Level, _entries, check_advertising, rules
from livecommerce.wording.matcher import WordList
from livecommerce.wording.tables import read_rows

HARMLESS = """
    第一次直播，请多包涵 | 最后还有三件，最近降温 | 最多买两份 | 第一书记带大家看果园
    第1次来
    国家级非物质文化遗产 | 国家地理标志保护产品 | 最佳食用期是收到后三天
    最好趁热吃 | 最好冷藏 | 超高温杀菌 | 本品不能替代药物，没有治疗作用 | 有机会再来
    比近30天最低价再便宜一半 | 不敢说最好，但是自家种的 | 100克一袋，100元三袋
    恭城月柿，果径 6.5 厘米，甜度 18 度，霜降后采 | 广西壮族自治区百色市田东县
    Best before 12 May. Best eaten chilled. | A bestowed gift | Heather honey | secure delivery"""


def marked(text):
    return [(text[one.start : one.end], one.rule_code) for one in check_advertising(text)]


@pytest.mark.parametrize(
    ("text", "written", "code"),
    [
        ("这是全广西最佳的月柿", "最佳", "ad-9-3"),
        ("国家级品质", "国家级", "ad-9-3"),
        ("国·家·级享受", "国·家·级", "ad-9-3"),
        ("全網銷量第1", "全網銷量第1", "ad-9-3"),
        ("這是頂級芒果", "頂級", "ad-9-3"),
        ("NO.1 芒果", "NO.1", "ad-9-3"),
        ("100%纯正", "100%纯", "ad-9-3"),
        ("The best mango", "The best", "ad-9-3"),
        ("吃了能降血压", "降血压", "ad-17"),
        ("冶疗失眠", "冶疗", "ad-17"),
        ("this tea cures colds", "cures", "ad-17"),
        ("增强免疫力", "增强免疫力", "food-38"),
        ("good for your liver", "good for your liver", "food-38"),
        ("国宴特供", "国宴", "ad-9-2"),
        ("我以县长的身份担保", "以县长的身份", "ad-9-2"),
        ("县委推荐", "县委推荐", "ad-9-2"),
        ("市场监管局推荐", "市场监管局推荐", "food-73-2"),
        ("国徽纪念装", "国徽", "ad-9-1"),
        ("开光手串", "开光", "ad-9-8"),
        ("吊打超市", "吊打", "ad-13"),
        ("好评率很高", "好评率", "ad-11"),
        ("纯天然蜂蜜", "纯天然", "ad-28"),
        ("史上最低价", "史上最低价", "price-19"),
        ("手慢无！", "手慢无", "urgency"),
    ],
)
def test_each_family_is_marked_where_it_stands(text, written, code):
    assert (written, code) in marked(text)


@pytest.mark.parametrize("text", [one.strip() for one in HARMLESS.replace("\n", "|").split("|")])
def test_harmless_wording_passes(text):
    assert marked(text) == []


def test_a_finding_explains_itself_in_the_readers_language():
    [finding] = check_advertising("这是 最 佳 的")
    assert (finding.word, finding.level, finding.start, finding.end) == (
        "最佳",
        Level.FORBIDDEN,
        3,
        6,
    )
    assert "第九条第（三）项" in finding.law
    assert "绝对化" in finding.explanation
    assert finding.suggestion.startswith("改成能证明的事实")
    with translation.override("en"):
        assert "art. 9 (3)" in finding.law
        assert finding.explanation.startswith("Absolute wording")
        assert finding.suggestion.startswith("Say a fact")


def test_what_may_be_true_asks_for_proof_instead_of_forbidding():
    assert [one.level for one in check_advertising("有机芒果，最甜")] == [
        Level.CHECK,
        Level.FORBIDDEN,
    ]


def test_data_is_complete_in_both_languages():
    for row in read_rows("advertising_rules"):
        assert all(row.values()), row["code"]
    used = {entry.rule.code for entry in _entries().values()}
    assert used == set(rules())
    for row in read_rows("advertising_words"):
        assert bool(row["suggestion_zh"]) == bool(row["suggestion_en"]), row


def test_every_listed_word_is_found_as_itself():
    missed = [
        word for word in _entries() if [one.word for one in check_advertising(word)] != [word]
    ]
    # The same once spaces and hyphens are gone, or covered by a shorter spelling.
    assert {word for word in missed if not check_advertising(word)} == set()


def test_every_exception_excuses_something():
    bare = WordList(_entries(), within_sentences=True)
    useless = [
        phrase
        for row in read_rows("advertising_exceptions")
        for phrase in row["words"].split("|")
        if not bare.find(phrase) or check_advertising(phrase)
    ]
    assert useless == []


@settings(deadline=None)
@given(st.text(st.one_of(st.characters(), st.sampled_from("最好第一国家级治疗best 。，次佳"))))
def test_any_text_is_answered_with_spans_inside_it(text):
    findings = check_advertising(text)
    edges = [place for one in findings for place in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= one.start < one.end <= len(text) and one.suggestion for one in findings)
