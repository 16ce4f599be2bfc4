"""Planning a run: what a segment may be, its order, and runs to reuse."""

import pytest

from livecommerce.errors import DomainError
from streams.domain import run_of_show_plan as plans
from streams.domain import run_of_show_templates as templates
from streams.domain.run_of_show_plan import Plan
from streams.models import RunTemplate, Segment
from tests.factories import make_county, make_official, make_user
from tests.streams.flash import make_flash_sale
from tests.streams.shows import add_item, make_show, told
from tests.streams.test_run_of_show import code_of, go_on, make_run

pytestmark = pytest.mark.django_db(transaction=True)


def add(show, **plan):
    return plans.add_segment(broadcast=show, by=show.host.user, plan=Plan(**plan))


def order_of(show):
    return list(show.segments.values_list("pk", flat=True))


def test_segments_are_added_at_the_end_and_cleaned():
    show = make_show(items=1)
    product = show.shelf.get().product
    add(show, kind="talk")
    second = add(show, title_zh="  核桃\u202e 讲解 ", product=product, script="甲\r\n\n\n乙\u200b")
    second.refresh_from_db()
    assert (second.position, second.title_zh, second.script) == (2, "核桃 讲解", "甲\n\n乙")
    assert [event["t"] for event in told(show)] == ["run", "run"]


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"kind": "sermon"}, "segment_kind"),
        ({"planned_minutes": 0}, "segment_minutes"),
        ({"planned_minutes": 181}, "segment_minutes"),
        ({"title_zh": "长" * 61}, "title_too_long"),
        ({"title_en": "e" * 101}, "title_too_long"),
        ({"script": "字" * 4001}, "script_too_long"),
        ({"script": "e" + "\u0301" * 100_000}, "script_too_long"),
    ],
)
def test_what_is_no_segment_is_refused(plan, code):
    show = make_show()
    assert code_of(add, show, **plan) == (code, 422)
    assert not show.segments.exists()


def test_product_and_flash_sale_are_of_the_show():
    show, other = make_show(items=2), make_show(items=1)
    mine, second = (item.product for item in show.shelf.all())
    sale = make_flash_sale(show, product=mine)
    theirs = make_flash_sale(other, product=other.shelf.get().product)
    assert code_of(add, show, product=other.shelf.get().product) == ("not_on_shelf", 404)
    assert code_of(add, show, flash_sale=theirs) == ("no_such_flash_sale", 404)
    wrong = {"product": second, "flash_sale": sale}
    assert code_of(add, show, **wrong) == ("flash_of_another_product", 422)
    assert add(show, product=mine, flash_sale=sale).flash_sale == sale


def test_a_run_has_an_end():
    show = make_show()
    most = [Plan(kind="break")] * plans.MOST_SEGMENTS
    plans.add_segments(broadcast=show, by=show.host.user, plans=most)
    assert code_of(add, show) == ("too_many_segments", 409)


def test_from_the_shelf_once():
    show = make_show(items=2)
    plans.plan_from_shelf(broadcast=show, by=show.host.user)
    assert list(show.segments.values_list("kind", flat=True)) == [
        *("talk", "pitch", "pitch", "questions")
    ]
    again = {"broadcast": show, "by": show.host.user}
    assert code_of(plans.plan_from_shelf, **again) == ("run_not_empty", 409)


def test_of_two_who_change_a_segment_the_second_is_told():
    show = make_show()
    segment = add(show, kind="talk")
    change = {"segment": segment, "by": show.host.user, "version": 1}
    plans.change_segment(**change, plan=Plan(kind="song", title_zh="山歌"))
    late = {**change, "plan": Plan(kind="draw")}
    assert code_of(plans.change_segment, **late) == ("segment_changed", 409)
    segment.refresh_from_db()
    assert (segment.kind, segment.title_zh, segment.version) == ("song", "山歌", 2)


def test_order_is_all_of_them_each_once():
    show = make_show()
    a, b, c = (segment.pk for segment in make_run(show, "talk", "song", "draw"))
    by = {"broadcast": show, "by": show.host.user}
    plans.set_order(**by, order=[c, a, b])
    assert order_of(show) == [c, a, b]
    for wrong in ([], [a, b], [a, b, b], [a, b, c, c], [a, b, 10**17]):
        assert code_of(plans.set_order, **by, order=wrong) == ("run_changed", 409)
    assert order_of(show) == [c, a, b]


def test_moving_stops_at_the_ends():
    show = make_show()
    first, second = make_run(show, "talk", "song")
    plans.move_segment(segment=second, by=show.host.user, step=-1)
    plans.move_segment(segment=second, by=show.host.user, step=-1)
    assert order_of(show) == [second.pk, first.pk]
    plans.move_segment(segment=second, by=show.host.user, step=1)
    assert order_of(show) == [first.pk, second.pk]


def test_what_was_on_air_is_not_taken_out():
    show = make_show(state="live")
    first, second = make_run(show, "talk", "song")
    go_on(show)
    by = show.host.user
    assert code_of(plans.remove_segment, segment=first, by=by) == ("segment_begun", 409)
    plans.remove_segment(segment=second, by=by)
    plans.remove_segment(segment=second, by=by)
    assert order_of(show) == [first.pk]


def test_nobody_else_plans_and_nothing_is_planned_after_the_end():
    show, over = make_show(), make_show(state="ended")
    (segment,) = make_run(show, "talk")
    other = make_official().user
    for act in (
        lambda: plans.add_segment(broadcast=show, by=other, plan=Plan()),
        lambda: plans.change_segment(segment=segment, by=other, plan=Plan(), version=1),
        lambda: plans.remove_segment(segment=segment, by=other),
        lambda: plans.set_order(broadcast=show, by=other, order=[segment.pk]),
        lambda: templates.save_template(broadcast=show, by=other, name="x"),
        lambda: templates.use_template(broadcast=show, by=other, template_id=1),
        lambda: templates.delete_template(broadcast=show, by=other, template_id=1),
    ):
        assert code_of(act) == ("not_your_show", 403)
    assert code_of(add, over) == ("show_over", 409)


# --- templates -----------------------------------------------------------------------------------


def keep(show, name="一小时", **more):
    return templates.save_template(broadcast=show, by=show.host.user, name=name, **more)


def test_a_show_starts_from_another_ones_run():
    show = make_show(items=2)
    kept, gone = (item.product for item in show.shelf.all())
    add(show, kind="talk", title_zh="开场", script="大家好。")
    add(show, product=kept, planned_minutes=7)
    add(show, product=gone)
    template = keep(show)
    later = make_show(host=show.host)
    add_item(later, product=kept)
    use = {"broadcast": later, "by": later.host.user, "template_id": template.pk}
    templates.use_template(**use)
    rows = list(later.segments.values_list("kind", "title_zh", "script", "product"))
    assert rows == [
        ("talk", "开场", "大家好。", None),
        ("pitch", "", "", kept.pk),
        ("pitch", "", "", None),
    ]
    assert later.segments.all()[1].planned_minutes == 7
    templates.use_template(**use)
    assert later.segments.count() == 6, "added to what is there"


def test_names_are_one_and_something_must_be_kept():
    show = make_show()
    assert code_of(keep, show) == ("run_empty", 409)
    add(show, kind="talk")
    keep(show)
    assert code_of(keep, show) == ("template_name_taken", 409)
    assert code_of(keep, show, name=" \u200b") == ("empty_text", 422)
    assert code_of(keep, show, name="长" * 41) == ("text_too_long", 422)
    assert RunTemplate.objects.count() == 1


def test_templates_are_seen_by_their_host_and_if_shared_in_the_prefecture():
    show = make_show()
    add(show, kind="talk")
    own = keep(show)
    shared = keep(show, name="共用", is_shared=True)
    neighbour = make_official()
    far = make_official(region=make_county("450103"))
    assert list(templates.templates_for(show.host)) == [own, shared]
    assert list(templates.templates_for(neighbour)) == [shared]
    assert list(templates.templates_for(far)) == []
    theirs = make_show(host=far)
    use = {"broadcast": theirs, "by": far.user}
    for unseen in (own.pk, shared.pk, 0):
        stolen = {**use, "template_id": unseen}
        assert code_of(templates.use_template, **stolen) == ("no_such_template", 404)
    for stranger in (neighbour, far):
        other = make_show(host=stranger)
        templates.delete_template(broadcast=other, by=stranger.user, template_id=shared.pk)
    assert RunTemplate.objects.count() == 2
    templates.delete_template(broadcast=show, by=show.host.user, template_id=shared.pk)
    assert list(RunTemplate.objects.all()) == [own]


def test_a_template_outlives_its_segments_show_and_counts_minutes():
    show = make_show()
    add(show, kind="talk", planned_minutes=3)
    add(show, kind="song", planned_minutes=4)
    keep(show)
    Segment.objects.all().delete()
    (template,) = templates.templates_for(show.host)
    assert (template.parts, template.minutes, template.is_own) == (2, 7, True)


def test_so_many_templates_and_no_more():
    show = make_show()
    add(show, kind="talk")
    RunTemplate.objects.bulk_create(
        RunTemplate(host=show.host, name=f"{number}", created_by=make_user())
        for number in range(templates.MOST_TEMPLATES)
    )
    with pytest.raises(DomainError, match="too_many_templates"):
        keep(show)
