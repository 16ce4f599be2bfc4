"""Script check: marks in place, the rule beside them, and reasons kept by sentence."""

import pytest

from streams.domain import script_check, shows
from streams.domain.run_of_show_plan import Plan, add_segment, change_segment
from streams.domain.script_check import check_segment, check_text, count_open_marks
from streams.models import ScriptClearance
from tests.factories import make_official
from tests.streams.shows import make_show
from tests.streams.test_run_of_show import code_of

pytestmark = pytest.mark.django_db(transaction=True)


def make_segment(script, show=None, **plan):
    show = show or make_show()
    plan = Plan(kind="talk", script=script, **plan)
    return add_segment(broadcast=show, by=show.host.user, plan=plan)


def clear(segment, word, sentence, reason="说的不是商品", by=None):
    script_check.clear_mark(
        segment=segment,
        by=by or segment.broadcast.host.user,
        word=word,
        sentence=sentence,
        reason=reason,
    )


@pytest.mark.parametrize(
    ("text", "word", "rule", "level"),
    [
        ("今年最佳的核桃", "最佳", "ad-9-3", "forbidden"),
        ("国家级品质", "国家级", "ad-9-3", "forbidden"),
        ("吃了能降血压", "降血压", "ad-17", "forbidden"),
        ("这茶最 佳", "最佳", "ad-9-3", "forbidden"),
        ("我们是有机种植", "有机", "ad-28", "check"),
        ("This tea cures a cold", "cures", "ad-17", "forbidden"),
    ],
)
def test_words_are_marked_with_their_rule(text, word, rule, level):
    (mark,) = check_text(text).marks
    assert (mark.word, mark.finding.rule_code, mark.finding.level.value) == (word, rule, level)
    assert mark.finding.law
    assert mark.is_open


def test_passages_are_the_marks_with_some_words_around_and_not_the_text_again():
    text = "先说产地。" * 20 + "这是最佳的，" + "再说做法。" * 20 + "国家级" + "最后说保存。" * 20
    checked = check_text(text)
    shown = "".join(piece.text for piece in checked.passages.pieces)
    assert [mark.word for mark in checked.passages.marks] == ["最佳", "国家级"]
    assert "先说产地。这是最佳的，再说做法。" in shown
    assert shown.startswith(" … ")
    assert shown.endswith(" … ")
    assert len(shown) < 4 * 24 + 20


def test_a_short_text_is_shown_whole_and_english_is_cut_between_words():
    assert check_text("这是最佳的。").passages.pieces == check_text("这是最佳的。").pieces
    text = "We walked through the orchards all day and this is the 最佳 of them all, they say there"
    shown = "".join(piece.text for piece in check_text(text).passages.pieces)
    assert shown == " … day and this is the 最佳 of them all, they say … "


def test_the_pieces_are_the_text_again_and_marks_stand_in_place():
    text = "大家好。\n这是最佳的核桃，国家级！"
    checked = check_text(text, first_number=4)
    assert "".join(piece.text for piece in checked.pieces) == text
    assert [piece.text for piece in checked.pieces if piece.finding] == ["最佳", "国家级"]
    assert [(mark.number, mark.sentence) for mark in checked.marks] == [
        (4, "这是最佳的核桃，国家级"),
        (5, "这是最佳的核桃，国家级"),
    ]


def test_titles_are_seen_by_everyone_and_checked_too():
    check = check_segment(make_segment("最香。", title_zh="最佳核桃", title_en="The best walnuts"))
    assert [(mark.number, mark.word) for mark in check.marks] == [
        (1, "最佳"),
        (2, "the best"),
        (3, "最香"),
    ]
    assert check.open_marks == 3


def test_a_reason_is_kept_for_its_sentence_and_no_other():
    segment = make_segment("绣球是非遗技艺。")
    clear(segment, "非遗", "绣球是非遗技艺", reason="说的是技艺，名录可查")
    (mark,) = check_segment(segment).marks
    assert (mark.is_open, mark.clearance.reason) == (False, "说的是技艺，名录可查")
    assert mark.clearance.cleared_by == segment.broadcast.host.user
    clear(segment, "非遗", "绣球是非遗技艺", reason="别的理由")
    assert ScriptClearance.objects.get().reason == "说的是技艺，名录可查"
    plan = Plan(kind="talk", script="核桃是非遗技艺。")
    change_segment(segment=segment, by=segment.broadcast.host.user, plan=plan, version=1)
    assert check_segment(segment).open_marks == 1, "another claim"


def test_a_reason_can_be_taken_back():
    segment = make_segment("纯手工。")
    clear(segment, "纯手工", "纯手工")
    script_check.mark_again(
        segment=segment,
        by=segment.broadcast.host.user,
        clearance_id=ScriptClearance.objects.get().pk,
    )
    assert check_segment(segment).open_marks == 1


def test_only_what_is_marked_with_a_reason_by_those_who_run_the_show():
    segment = make_segment("纯手工。")
    assert code_of(clear, segment, "最佳", "纯手工") == ("no_such_mark", 404)
    assert code_of(clear, segment, "纯手工", "别的句子") == ("no_such_mark", 404)
    assert code_of(clear, segment, "纯手工", "纯手工", "") == ("empty_text", 422)
    assert code_of(clear, segment, "纯手工", "纯手工", "长" * 101) == ("text_too_long", 422)
    stranger = make_official().user
    refused = code_of(clear, segment, "纯手工", "纯手工", by=stranger)
    assert refused == ("not_your_show", 403)
    assert not ScriptClearance.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_open_marks_of_a_show_are_counted_by_two_queries(count, django_assert_num_queries):
    show = make_show()
    for _ in range(count):
        make_segment("最好吃，纯手工。", show=show)
    with django_assert_num_queries(2):
        assert count_open_marks(show) == 2 * count


def test_a_show_that_is_over_keeps_what_was_said():
    show = make_show(state="live")
    segment = make_segment("纯手工。", show=show)
    shows.end_show(broadcast=show, by=show.host.user)
    segment.broadcast.refresh_from_db()
    assert code_of(clear, segment, "纯手工", "纯手工") == ("show_over", 409)
