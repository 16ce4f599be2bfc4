"""Goods on their way: producer, county, prefecture, shelf – and nobody judges their own."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from products.domain import approval_messages, approvals
from products.domain.approval_inbox import inbox_of
from products.domain.approval_rules import facts_of
from products.domain.approvals import SUBMISSION
from products.models import Product, ProductImage, Submission
from tests.factories import (
    make_county,
    make_curator,
    make_official,
    make_prefecture,
    make_producer,
    make_product,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def farmer():
    return make_user(display_name="合作社")


@pytest.fixture
def official():
    return make_official().user


@pytest.fixture
def curator():
    return make_curator()


def draft(farmer, *, picture=True, **fields):
    product = make_product(state="draft", producer=make_producer(user=farmer), **fields)
    if picture:
        ProductImage.objects.create(product=product, file="a.webp")
    return product


def submitted(farmer, **fields):
    return approvals.submit_product(product=draft(farmer, **fields), by=farmer)


def checked(farmer, official, **fields):
    submission = submitted(farmer, **fields)
    approvals.check_submission(submission=submission, by=official)
    return submission


def refusal(act, **named):
    with pytest.raises(DomainError) as refused:
        act(**named)
    return refused.value.code, refused.value.status


# --- the way ---------------------------------------------------------------------------------


def test_goods_go_all_the_way_and_are_listed(farmer, official, curator):
    submission = submitted(farmer)
    product = submission.product
    assert (product.state, submission.state) == ("submitted", "county")
    approvals.check_submission(submission=submission, by=official, note="看过果园")
    assert approvals.approve_submission(submission=submission, by=curator) == ""
    product.refresh_from_db()
    assert product.state == "listed"
    steps = list(submission.steps.values_list("from_state", "to_state", "actor", "note"))
    assert steps == [
        ("", "county", farmer.pk, ""),
        ("county", "prefecture", official.pk, "看过果园"),
        ("prefecture", "approved", curator.pk, ""),
    ]
    actions = AuditEntry.objects.filter(subject_pk=str(product.pk)).order_by("pk")
    assert [entry.action for entry in actions] == [
        "products.submit_new",
        "products.prefecture_submission",
        "products.approve_submission",
    ]


def test_each_step_is_told_to_whose_turn_it_is(farmer, official, curator):
    submission = submitted(farmer)
    assert [one.user for one in Notification.objects.all()] == [official]
    approvals.check_submission(submission=submission, by=official)
    approvals.return_submission(submission=submission, by=curator, reason="照片不清楚")
    told = {(one.user_id, one.body) for one in Notification.objects.filter(kind="approval")}
    name = submission.product.name_zh
    assert (curator.pk, name) in told
    assert (farmer.pk, f"{name} · 照片不清楚") in told


def test_without_a_picture_it_is_approved_and_not_listed(farmer, official, curator):
    submission = checked(farmer, official, picture=False)
    assert approvals.approve_submission(submission=submission, by=curator)
    submission.product.refresh_from_db()
    assert submission.product.state == "approved"


def test_sent_back_is_a_draft_again_with_a_reason(farmer, official):
    submission = submitted(farmer)
    back = {"submission": submission, "by": official}
    assert refusal(approvals.return_submission, **back, reason=" ") == ("reason_missing", 422)
    approvals.return_submission(**back, reason="净重写错了")
    assert (submission.state, submission.reason) == ("returned", "净重写错了")
    assert Product.objects.get().state == "draft"
    again = approvals.submit_product(product=Product.objects.get(), by=farmer)
    assert again.pk != submission.pk


def test_a_sender_takes_it_back(farmer, official):
    submission = submitted(farmer)
    approvals.withdraw_submission(submission=submission, by=farmer)
    assert Product.objects.get().state == "draft"
    late = {"submission": submission, "by": official}
    assert refusal(approvals.check_submission, **late) == ("submission_state", 409)


def test_two_decisions_at_once_are_one(farmer, official, curator):
    submission = checked(farmer, official)
    same = Submission.objects.get(pk=submission.pk)
    approvals.approve_submission(submission=submission, by=curator)
    late = {"submission": same, "by": make_curator(), "reason": "不行"}
    assert refusal(approvals.return_submission, **late) == ("submission_state", 409)
    assert Product.objects.get().state == "listed"


# --- who may ---------------------------------------------------------------------------------


def test_nobody_approves_what_they_submitted_even_with_both_offices(official):
    """The curator of the prefecture is the official of the county, and submitted for a farm."""
    both = make_official(region=make_county("451229"), user=make_curator()).user
    product = draft(make_user(), county=make_county("451229"))
    submission = approvals.submit_product(product=product, by=both)
    assert refusal(approvals.check_submission, submission=submission, by=both) == (
        "own_submission",
        403,
    )
    assert AuditEntry.objects.filter(is_refused=True, actor=both).count() == 1


def test_whoever_checked_does_not_approve(farmer):
    both = make_official(user=make_curator()).user
    submission = checked(farmer, both)
    assert refusal(approvals.approve_submission, submission=submission, by=both) == (
        "judged_before",
        403,
    )


def test_the_producer_does_not_judge_what_a_curator_submitted_for_them(curator, official):
    farmer = make_curator()
    submission = approvals.submit_product(product=draft(farmer), by=curator)
    approvals.check_submission(submission=submission, by=official)
    assert refusal(approvals.approve_submission, submission=submission, by=farmer) == (
        "own_submission",
        403,
    )


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        ("approved", {"decided": "farmer"}),
        ("approved", {"decided": "official"}),
        ("approved", {"decided": None}),
        ("prefecture", {"checked": "farmer"}),
        ("returned", {}),
    ],
)
def test_the_database_refuses_it_too(farmer, official, state, fields):
    submission = checked(farmer, official)
    who = {"farmer": farmer, "official": official, None: None}
    values = {"state": state}
    if "decided" in fields:
        values |= {"decided_by": who[fields["decided"]], "decided_at": timezone.now()}
    if "checked" in fields:
        values["checked_by"] = who[fields["checked"]]
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(**values)


def test_the_database_knows_whose_goods_they_are(farmer, curator, official):
    submission = approvals.submit_product(product=draft(farmer), by=curator)
    with pytest.raises(IntegrityError, match="own"), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(checked_by=farmer)
    with pytest.raises(IntegrityError, match="rewritten"), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(submitted_by=official)


@pytest.mark.parametrize("who", ["other_county", "other_prefecture", "nobody", "suspended"])
def test_another_office_is_refused_and_written_down(farmer, official, who):
    by = {
        "other_county": lambda: make_official(region=make_county("451229")).user,
        "other_prefecture": lambda: make_curator(make_prefecture("450100")),
        "nobody": make_user,
        "suspended": lambda: make_official(state="suspended").user,
    }[who]()
    submission = submitted(farmer)
    assert refusal(approvals.check_submission, submission=submission, by=by) == (
        "not_your_office",
        403,
    )
    assert AuditEntry.objects.filter(is_refused=True, actor=by).exists()


def test_where_the_county_has_nobody_the_prefecture_stands_in(farmer, curator):
    submission = submitted(farmer)
    approvals.check_submission(submission=submission, by=curator)
    assert refusal(approvals.approve_submission, submission=submission, by=curator)[1] == 403
    approvals.approve_submission(submission=submission, by=make_curator())


def test_an_expired_identity_submits_nothing_new(farmer):
    product = draft(farmer)
    product.producer.identity_until = timezone.localdate() - timedelta(days=1)
    product.producer.save()
    new = {"product": product, "by": farmer}
    assert refusal(approvals.submit_product, **new) == ("identity_expired", 403)
    assert refusal(approvals.submit_product, product=product, by=make_user())[1] == 403


# --- changes of what was approved ----------------------------------------------------------------


def test_a_wish_waits_and_what_is_on_sale_stays(farmer, official, curator):
    product = make_product(producer=make_producer(user=farmer))
    wish = approvals.propose_change(product=product, by=farmer, values={"name_zh": "凤山大核桃"})
    product.refresh_from_db()
    assert (product.name_zh, product.state, wish.state) == ("凤山核桃", "listed", "county")
    approvals.check_submission(submission=wish, by=official)
    approvals.approve_submission(submission=wish, by=curator)
    product.refresh_from_db()
    assert (product.name_zh, product.state) == ("凤山大核桃", "listed")


def test_a_price_alone_needs_no_county(farmer, curator):
    product = make_product(producer=make_producer(user=farmer))
    wish = approvals.propose_change(product=product, by=farmer, values={"list_price_fen": 8800})
    assert wish.state == "prefecture"
    approvals.approve_submission(submission=wish, by=curator)
    product.refresh_from_db()
    assert product.price_points.last().price_fen == product.list_price_fen == 8800


def test_one_round_at_a_time_and_nothing_is_no_wish(farmer):
    product = make_product(producer=make_producer(user=farmer))
    wish = {"product": product, "by": farmer}
    same = {"values": facts_of(product)}
    assert refusal(approvals.propose_change, **wish, **same) == ("nothing_changed", 422)
    approvals.propose_change(**wish, values={"list_price_fen": 8800})
    other = {"values": {"list_price_fen": 8700}}
    assert refusal(approvals.propose_change, **wish, **other)[0] == "one_open_submission"


def test_a_correction_counts_at_once_and_can_be_set_back(curator):
    product = make_product()
    before = facts_of(product)
    product.list_price_fen = 8800
    product.save()
    fixed = approvals.note_correction(product=product, by=curator, before=before)
    back = {"submission": fixed, "reason": "不能降"}
    assert refusal(approvals.return_submission, **back, by=curator) == ("own_submission", 403)
    approvals.return_submission(**back, by=make_curator())
    product.refresh_from_db()
    assert (product.state, product.list_price_fen) == ("listed", 9600)


# --- deadlines, the inbox -----------------------------------------------------------------------


def test_an_overdue_round_is_reminded_of_once_a_day(farmer, official):
    submission = submitted(farmer)
    Notification.objects.all().delete()
    assert approval_messages.remind_overdue() == 0
    later = timezone.now() + timedelta(days=4)
    assert [approval_messages.remind_overdue(at=later) for _ in range(2)] == [1, 0]
    assert approval_messages.remind_overdue(at=later + timedelta(days=1, seconds=1)) == 1
    assert Notification.objects.filter(user=official).count() == 2
    approvals.check_submission(submission=submission, by=official)
    assert submission.due_at > timezone.now() + timedelta(days=2)


@pytest.mark.parametrize("number", [1, 8])
def test_inbox_holds_what_one_may_decide(farmer, official, django_assert_num_queries, number):
    curator = make_curator()
    for _ in range(number):
        submitted(farmer)
        checked(farmer, official)
    own = approvals.submit_product(product=draft(farmer), by=curator)
    with django_assert_num_queries(5):
        inbox = inbox_of(curator)
    assert {one.state for one in inbox.mine} == {"prefecture"}
    assert len(inbox.mine) == number
    assert own in inbox.others
    assert len(inbox_of(official).mine) == number + 1
    assert not inbox_of(make_curator(make_prefecture("450100"))).others


def test_the_table_is_the_one_of_the_docs():
    with open("docs/curation.md", encoding="utf-8") as page:
        assert SUBMISSION.diagram() in page.read()
