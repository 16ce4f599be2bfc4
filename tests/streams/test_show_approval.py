"""A show on its way to its approval, and what stands in the way of going live."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from streams.domain import schedule, show_approval, show_approval_messages, shows
from streams.domain.run_of_show_plan import Plan, add_segment
from streams.domain.show_approval import SHOW
from streams.domain.show_calendar import first_of, month_of
from streams.domain.show_declarations import declare, shown
from streams.domain.show_inbox import inbox_of
from streams.domain.supplier_rotation import rotation_of
from streams.models import Broadcast, Pin, ShowApproval
from tests.factories import (
    make_assistant,
    make_curator,
    make_deal,
    make_official,
    make_prefecture,
    make_producer,
    make_product,
)
from tests.streams.shows import add_item, make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator():
    return make_curator()


@pytest.fixture
def show():
    made = make_show(items=2, scheduled_at=timezone.now() + timedelta(days=3))
    show_approval.ask_for_approval(made)
    return made


def say_all(show, *, is_related=False, words=""):
    producers = {item.product.producer_id for item in show.shelf.select_related("product")}
    answers = dict.fromkeys(producers, (is_related, words))
    declare(broadcast=show, by=show.host.user, answers=answers)


def proposed(show):
    say_all(show)
    return show_approval.propose_show(broadcast=show, by=show.host.user, note="请看")


def approved(show, curator):
    approval = proposed(show)
    seen = show_approval.fingerprint(show)
    show_approval.approve_show(approval=approval, by=curator, seen=seen)
    return approval


def refusal(act, **named):
    with pytest.raises(DomainError) as refused:
        act(**named)
    return refused.value.code, refused.value.status


# --- the way ---------------------------------------------------------------------------------


def test_a_planned_show_goes_live_when_it_is_approved(curator):
    host = make_official()
    deal = make_deal(make_product(county=host.region), ends_at=timezone.now() + timedelta(days=9))
    show = schedule.schedule_show(
        host=host,
        by=host.user,
        title_zh="核桃之夜",
        scheduled_at=timezone.now() + timedelta(hours=3),
        products=[deal.product],
    )
    live = {"broadcast": show, "by": host.user}
    assert refusal(shows.go_live, **live) == ("show_not_approved", 409)
    propose = {"broadcast": show, "by": host.user}
    assert refusal(show_approval.propose_show, **propose) == ("declare_first", 422)
    approval = approved(show, curator)
    shows.go_live(**live)
    show.refresh_from_db()
    assert show.is_live
    steps = list(approval.steps.values_list("from_state", "to_state", "actor"))
    assert steps == [("draft", "proposed", host.user_id), ("proposed", "approved", curator.pk)]
    told = Notification.objects.filter(kind="approval").values_list("user", flat=True)
    assert list(told.order_by("pk")) == [curator.pk, host.user_id]


def test_a_show_without_a_row_needs_none():
    show = make_show(items=1)
    shows.go_live(broadcast=show, by=show.host.user)
    show.refresh_from_db()
    assert show.is_live


def test_the_database_lets_no_unapproved_show_go_live(show):
    with pytest.raises(IntegrityError, match="not approved"), transaction.atomic():
        Broadcast.objects.filter(pk=show.pk).update(state="live", started_at=timezone.now())


def test_sent_back_with_a_reason_and_proposed_again(show, curator):
    approval = proposed(show)
    back = {"approval": approval, "by": curator}
    assert refusal(show_approval.return_show, **back, reason="")[0] == "reason_missing"
    show_approval.return_show(**back, reason="讲稿里有“最佳”")
    assert approval.was_sent_back
    assert Notification.objects.filter(user=show.host.user, body__contains="最佳").exists()
    show_approval.propose_show(broadcast=show, by=show.host.user)
    approval.refresh_from_db()
    assert (approval.state, approval.reason) == ("proposed", "")


@pytest.mark.parametrize(
    ("change", "goes_back"),
    [
        (lambda show: add_item(show, position=9, product=make_product()), True),
        (lambda show: Broadcast.objects.filter(pk=show.pk).update(title_zh="别的"), True),
        (lambda show: show.shelf.first().product.__class__.objects.update(list_price_fen=1), True),
        (
            lambda show: add_segment(
                broadcast=show, by=show.host.user, plan=Plan(kind="talk", script="大家好")
            ),
            True,
        ),
        (lambda show: Broadcast.objects.filter(pk=show.pk).update(planned_minutes=99), False),
        (
            lambda show: Broadcast.objects.filter(pk=show.pk).update(
                scheduled_at=timezone.now() + timedelta(days=4)
            ),
            False,
        ),
    ],
    ids=["goods", "title", "price", "script", "minutes", "time"],
)
def test_what_was_approved_is_what_was_seen(show, curator, change, goes_back):
    approval = approved(show, curator)
    assert show_approval.recheck_all() == 0
    change(show)
    assert show_approval.recheck_all() == int(goes_back)
    approval.refresh_from_db()
    assert approval.state == ("draft" if goes_back else "approved")


def test_a_change_is_noticed_at_the_latest_by_who_goes_live(show, curator):
    approval = approved(show, curator)
    add_item(show, position=9, product=make_product())
    live = {"broadcast": show, "by": show.host.user}
    assert refusal(shows.go_live, **live) == ("show_not_approved", 409)
    approval.refresh_from_db()
    assert approval.state == "draft"


def test_a_change_while_reading_is_not_approved_unseen(show, curator):
    approval, seen = proposed(show), show_approval.fingerprint(show)
    Broadcast.objects.filter(pk=show.pk).update(title_zh="别的")
    asked = {"approval": approval, "by": curator, "seen": seen}
    assert refusal(show_approval.approve_show, **asked) == ("show_changed", 409)


# --- who may ---------------------------------------------------------------------------------


def test_nobody_approves_their_own_show_even_with_both_roles(curator):
    host = make_official(user=curator)
    show = make_show(host=host, items=1, scheduled_at=timezone.now() + timedelta(days=1))
    helper = make_curator()
    make_assistant(host, helper)
    say_all(show)
    approval = show_approval.propose_show(broadcast=show, by=helper)
    seen = show_approval.fingerprint(show)
    for by in (curator, helper):
        asked = {"approval": approval, "by": by, "seen": seen}
        assert refusal(show_approval.approve_show, **asked) == ("own_show", 403)
        assert AuditEntry.objects.filter(actor=by, is_refused=True).exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            ShowApproval.objects.filter(pk=approval.pk).update(
                state="approved", decided_by=by, decided_at=timezone.now()
            )
    assert inbox_of(curator).others == [approval]
    assert inbox_of(make_curator()).mine == [approval]


def test_another_prefectures_curator_is_refused_and_written_down(show):
    other = make_curator(make_prefecture("450100"))
    asked = {"approval": proposed(show), "by": other, "reason": "不行"}
    assert refusal(show_approval.return_show, **asked) == ("not_curator", 403)
    assert AuditEntry.objects.filter(actor=other, is_refused=True).exists()
    assert not inbox_of(other).mine


def test_an_expired_identity_plans_nothing_new(show):
    host = show.host
    host.identity_until = timezone.localdate() - timedelta(days=1)
    host.save()
    say_all(show)
    asked = {"broadcast": show, "by": host.user}
    assert refusal(show_approval.propose_show, **asked) == ("identity_expired", 403)
    plan = {"title_zh": "新", "scheduled_at": timezone.now() + timedelta(days=1)}
    new = {"host": host, "by": host.user, "products": [make_product(county=host.region)], **plan}
    assert refusal(schedule.schedule_show, **new) == ("identity_expired", 403)
    Broadcast.objects.filter(pk=show.pk).update(title_zh="照旧")
    ShowApproval.objects.all().delete()
    shows.go_live(**asked)


# --- declarations -----------------------------------------------------------------------------


def test_only_the_official_declares(show):
    assistant = make_assistant(show.host).user
    asked = {"broadcast": show, "by": assistant, "answers": {}}
    assert refusal(declare, **asked) == ("not_the_official", 403)


def test_a_relation_is_declared_with_words_and_shown(show):
    first, second = [item.product.producer for item in show.shelf.all()]
    say = {"broadcast": show, "by": show.host.user}
    assert refusal(declare, **say, answers={first.pk: (True, "  ")}) == ("declare_words", 422)
    foreign = make_producer()
    answers = {first.pk: (True, "社员是我表弟"), second.pk: (False, "无"), foreign.pk: (False, "")}
    declare(**say, answers=answers)
    assert [(one.producer, one.words) for one in shown(show)] == [
        (first, "社员是我表弟"),
        (second, ""),
    ]


def test_the_database_approves_nothing_undeclared(show, curator):
    approval = proposed(show)
    show.declarations.first().delete()
    asked = {"approval": approval, "by": curator, "seen": show_approval.fingerprint(show)}
    assert refusal(show_approval.approve_show, **asked)[0] == "declare_first"
    with pytest.raises(IntegrityError, match="declaration"), transaction.atomic():
        ShowApproval.objects.filter(pk=approval.pk).update(
            state="approved", decided_by=curator, decided_at=timezone.now()
        )


# --- rotation, calendar, deadlines ----------------------------------------------------------------


def test_rotation_counts_shows_and_minutes_of_ninety_days(show):
    often, once = [item.product for item in show.shelf.order_by("position")]
    waiting = make_product(producer=make_producer())
    now = timezone.now()
    for product, days, minutes in ((often, 5, 30), (often, 6, 30), (once, 7, 20), (once, 91, 600)):
        past = make_show(state="ended", started_at=now - timedelta(days=days))
        item = add_item(past, product=product)
        pin = Pin.objects.create(broadcast=past, item=item, pinned_by=show.host.user)
        begin = now - timedelta(days=days)
        end = begin + timedelta(minutes=minutes)
        Pin.objects.filter(pk=pin.pk).update(pinned_at=begin, unpinned_at=end)
    rotation = rotation_of(show.region.prefecture, show=show)
    told = [(one.producer, one.shows, one.minutes, one.minute_share) for one in rotation.turns]
    assert told[:2] == [(often.producer, 2, 60, 75), (once.producer, 1, 20, 25)]
    assert (rotation.shows, rotation.minutes, rotation.top.is_high) == (3, 80, True)
    assert [one.producer for one in rotation.waiting] == [waiting.producer]
    assert [one.is_in_this_show for one in rotation.turns] == [True, True, False]


def test_a_month_has_whole_weeks_and_its_shows(show):
    at = timezone.localtime(show.scheduled_at)
    month = month_of(show.region.prefecture, at.date().replace(day=1))
    assert all(len(week) == 7 for week in month.weeks)
    assert {week[0].date.weekday() for week in month.weeks} == {0}
    assert show in [one for day in month.days_with_shows for one in day.shows]
    assert not month_of(make_prefecture("450100"), month.first).count
    for text in ("", "2026-13", "9999-01", "x" * 99, "0000-00"):
        assert first_of(text) == timezone.localdate().replace(day=1)


def test_due_before_the_show_and_reminded_of(show, curator):
    approval = proposed(show)
    soon = timezone.now() + timedelta(hours=5)
    assert show_approval.due_at(soon, timezone.now()) == soon - timedelta(hours=2)
    later = approval.due_at + timedelta(minutes=1)
    assert [show_approval_messages.remind_overdue(at=later) for _ in range(2)] == [1, 0]
    assert Notification.objects.filter(user=curator).count() == 2


def test_the_table_is_the_one_of_the_docs():
    with open("docs/curation.md", encoding="utf-8") as page:
        assert SHOW.diagram() in page.read()
