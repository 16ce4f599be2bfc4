"""Asking for money back, and who says yes or no: the farm, staff, the rule, or silence."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from orders.domain import refund_requests, refund_rights, refunds, settlement
from orders.domain.refund_rules import require_cause
from orders.models import Dispute, Entry, Order, Payment, Refund, RefundRule
from orders.payments import provider
from tests.factories import (
    make_county,
    make_curator,
    make_deal,
    make_prefecture,
    make_producer,
    make_product,
    make_user,
)
from tests.orders.journeys import deliver, picture, send

pytestmark = pytest.mark.django_db
Cause = Refund.Cause


@pytest.fixture
def farmer():
    return make_user()


@pytest.fixture
def delivered(shop, farmer):
    """Two bags at 48 yuan, of a farm with an account; delivered an hour ago."""
    product = make_product(producer=make_producer(user=farmer))
    order = shop.paid(deal=make_deal(product, quantity=10), quantity=2)
    settlement.settle_due()
    return deliver(order)


def ask(order, fen=5000, cause=Cause.NOT_AS_DESCRIBED, photos=(), key=None, **fields):
    return refund_requests.ask(
        order=order,
        buyer=fields.pop("buyer", order.buyer),
        lines=fields.pop("lines", None) or {order.lines.get().pk: fen},
        cause=cause,
        reason="和图片不一样",
        photos=photos,
        key=key or uuid4(),
    )


def refused(**fields):
    with pytest.raises(DomainError) as caught:
        ask(**fields)
    return caught.value.code, caught.value.status


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("key", flat=True))


def test_a_request_counts_from_its_first_moment_and_the_farm_is_told(delivered, farmer):
    made = ask(delivered)

    payment = Payment.objects.get()
    assert (made.state, payment.asked_fen, payment.refunded_fen) == ("requested", 5000, 0)
    assert made.decide_by - made.requested_at > timedelta(hours=47)
    assert f"refund:{made.pk}:producer" in told(farmer)
    assert f"refund:{made.pk}:asked" in told(delivered.buyer)


def test_granted_it_is_sent_and_everyone_gives_their_share(delivered, farmer):
    made = ask(delivered)

    refund_requests.approve(refund=made, actor=farmer, answer="对不起")
    refunds.send_due()

    made.refresh_from_db()
    payment = Payment.objects.get()
    assert (made.state, made.decided_by, made.answer) == ("done", farmer, "对不起")
    assert (payment.asked_fen, payment.refunded_fen) == (0, 5000)
    assert provider().fetch(payment.intent_id).refunded_fen == 5000
    assert Entry.objects.aggregate(n=Sum("amount_fen"))["n"] == 0
    clearing = Entry.objects.filter(account__kind="clearing").aggregate(n=Sum("amount_fen"))["n"]
    assert clearing == 9600 - 5000
    keys = told(delivered.buyer)
    assert f"refund:{made.pk}:approved" in keys
    assert f"refund:{made.key}" in keys


def test_refused_it_counts_no_more_and_the_buyer_reads_why(delivered, farmer):
    made = ask(delivered)

    refund_requests.refuse(refund=made, actor=farmer, answer="照片看不出问题")

    assert Payment.objects.get().asked_fen == 0
    note = Notification.objects.get(key=f"refund:{made.pk}:refused")
    assert "照片看不出问题" in note.body
    assert ask(delivered, fen=9600).amount_fen == 9600


def test_a_refusal_needs_words(delivered, farmer):
    made = ask(delivered)

    with pytest.raises(DomainError) as caught:
        refund_requests.refuse(refund=made, actor=farmer, answer="  ")

    assert caught.value.code == "answer"
    with pytest.raises(IntegrityError, match="refund_refused_in_words"), transaction.atomic():
        Refund.objects.update(state="refused", answer="")


def test_it_is_decided_once(delivered, farmer):
    made = ask(delivered)
    stale = Refund.objects.get()
    refund_requests.approve(refund=made, actor=farmer)

    for again in (
        lambda: refund_requests.approve(refund=stale, actor=farmer),
        lambda: refund_requests.refuse(refund=Refund.objects.get(), actor=farmer, answer="不"),
        lambda: refund_requests.withdraw(refund=Refund.objects.get(), actor=delivered.buyer),
    ):
        with pytest.raises(DomainError) as caught:
            again()
        assert (caught.value.code, caught.value.status) == ("refund_decided", 409)
    assert Payment.objects.get().refunded_fen == 5000


def test_who_may_decide(delivered, farmer):
    made = ask(delivered)
    boss = make_user(is_staff=True, is_superuser=True)
    near, far = make_curator(), make_curator(make_prefecture("450100"))
    other_farm = make_producer(user=make_user()).user

    may = [
        refund_rights.to_decide_by(user).filter(pk=made.pk).exists()
        for user in (farmer, boss, near, far, other_farm, delivered.buyer, make_user())
    ]

    assert may == [True, True, True, False, False, False, False]
    with pytest.raises(DomainError) as caught:
        refund_requests.approve(refund=made, actor=far)
    assert caught.value.status == 403


def test_nobody_decides_on_their_own_purchase(shop):
    owner = make_user(is_staff=True, is_superuser=True)
    product = make_product(producer=make_producer(user=owner))
    order = deliver(shop.paid(deal=make_deal(product), buyer=owner))

    made = ask(order, fen=4800)

    assert not refund_rights.to_decide_by(owner).exists()
    with pytest.raises(DomainError):
        refund_requests.approve(refund=made, actor=owner)


@pytest.mark.parametrize(
    ("fen", "code"), [(0, "amount"), (-1, "amount"), (9601, "amount"), (10**12, "amount")]
)
def test_an_amount_that_makes_no_sense(delivered, fen, code):
    assert refused(order=delivered, fen=fen) == (code, 422)
    assert not Refund.objects.exists()


@pytest.mark.parametrize("fen", [1.5, "100", True])
def test_an_amount_that_is_no_whole_number(delivered, fen):
    assert refused(order=delivered, fen=fen) == ("amount", 422)


def test_no_more_than_was_paid_in_all_requests_together(delivered):
    ask(delivered, fen=9000)

    assert refused(order=delivered, fen=601) == ("amount", 422)
    assert ask(delivered, fen=600).amount_fen == 600


def test_the_database_refuses_what_the_code_would_let_pass(delivered):
    payment = Payment.objects.get()
    ask(delivered, fen=9000)

    for fields in (
        {"state": "requested"},
        {"state": "approved"},
        {"state": "done"},
    ):
        with pytest.raises(IntegrityError, match="refunds_within_payment"), transaction.atomic():
            Refund.objects.create(payment=payment, key=str(uuid4()), amount_fen=601, **fields)
    with pytest.raises(IntegrityError, match="keeps its payment"), transaction.atomic():
        Refund.objects.update(amount_fen=1)


def test_the_counters_follow_the_rows_whoever_writes_them(delivered):
    payment = Payment.objects.get()
    row = Refund.objects.create(payment=payment, key="k", amount_fen=700)
    seen = []
    for state in ("approved", "in_transit", "failed", "approved", "done"):
        Refund.objects.filter(pk=row.pk).update(state=state)
        payment.refresh_from_db()
        seen.append((payment.asked_fen, payment.refunded_fen))
    row.delete()
    payment.refresh_from_db()

    assert seen == [(0, 700), (0, 700), (0, 0), (0, 700), (0, 700)]
    assert (payment.asked_fen, payment.refunded_fen) == (0, 0)


def test_the_same_key_is_one_request(delivered):
    key = uuid4()
    first = ask(delivered, key=key)

    assert ask(delivered, key=key) == first
    assert refused(order=delivered, fen=1, key=key) == ("key_conflict", 409)
    assert Payment.objects.get().asked_fen == 5000


def test_another_orders_line_is_not_of_this_order(delivered, shop):
    other = deliver(shop.paid())

    wanted = {other.lines.get().pk: 100}

    assert refused(order=delivered, lines=wanted) == ("lines", 422)


def test_a_whole_order_takes_its_freight_along_but_not_for_a_change_of_mind(delivered):
    Order.objects.update(freight_fen=800, total_fen=10400)
    Payment.objects.update(amount_fen=10400)

    returned = ask(delivered, fen=9600, cause=Cause.CHANGED_MIND)
    refund_requests.withdraw(refund=returned, actor=delivered.buyer)
    spoiled = ask(delivered, fen=9600, cause=Cause.BAD_FRUIT, photos=[picture()])

    assert (returned.amount_fen, spoiled.amount_fen) == (9600, 10400)


# --- The rule and silence ---------------------------------------------------------------------


def small(order, **fields):
    return ask(order, fen=1500, cause=Cause.BAD_FRUIT, photos=[picture()], **fields)


def test_a_small_amount_is_granted_at_once_but_not_without_end(delivered):
    states = [small(delivered).state for _ in range(3)]

    assert states == ["approved", "approved", "requested"]
    assert Refund.objects.filter(is_automatic=True, decided_by=None).count() == 2


def test_last_months_luck_does_not_count(delivered):
    small(delivered)
    small(delivered)
    Refund.objects.update(decided_at=timezone.now() - timedelta(days=32))

    assert small(delivered).state == "approved"


@pytest.mark.parametrize(
    "rule", [{"is_on": False}, {"most_fen": 1499}, {"times_a_month": 0}, {"causes": ["damaged"]}]
)
def test_the_rule_is_a_row(delivered, rule):
    RefundRule.objects.update(**rule)

    assert small(delivered).state == "requested"


def test_a_prefecture_may_have_its_own_rule(delivered):
    RefundRule.objects.create(prefecture=make_prefecture(), most_fen=100)
    RefundRule.objects.create(prefecture=make_prefecture("450100"), most_fen=9999)

    assert small(delivered).state == "requested"


def overdue(refund):
    Refund.objects.filter(pk=refund.pk).update(decide_by=timezone.now() - timedelta(seconds=1))
    done = refund_requests.decide_overdue()
    refund.refresh_from_db()
    return done


def test_silence_grants_what_is_not_much(delivered):
    made = ask(delivered)

    assert overdue(made) == 1

    assert (made.state, made.decided_by, made.is_automatic) == ("approved", None, False)
    assert f"refund:{made.pk}:approved" in told(delivered.buyer)


def test_silence_about_more_hands_it_to_staff_who_are_reminded(delivered, farmer):
    RefundRule.objects.update(silence_most_fen=4999)
    near, far = make_curator(), make_curator(make_prefecture("450100"))
    made = ask(delivered)

    overdue(made)
    first = len(told(near))
    Refund.objects.update(requested_at=timezone.now() - timedelta(days=5))
    overdue(made)

    assert made.state == "requested"
    assert made.escalated_at is not None
    assert (first, len(told(near)), told(far)) == (1, 2, [])
    assert told(delivered.buyer).count(f"refund:{made.pk}:escalated") == 1
    refund_requests.approve(refund=made, actor=near)
    assert made.state == "approved"


def test_before_the_time_is_over_nothing_is_decided(delivered):
    ask(delivered)

    assert refund_requests.decide_overdue() == 0


def test_without_an_account_of_the_farm_staff_is_told_at_once(shop):
    near = make_curator()
    order = deliver(shop.paid())

    made = ask(order, fen=3000)

    assert told(near) == [f"refund:{made.pk}:producer:{near.pk}"]


# --- Returning --------------------------------------------------------------------------------


def test_who_changed_their_mind_sends_the_goods_back_first(delivered, farmer):
    made = ask(delivered, fen=9600, cause=Cause.CHANGED_MIND)

    refund_requests.send_goods_back(refund=made, carrier="sf", number="SF1234567890")

    made.refresh_from_db()
    assert made.sent_back_name == "顺丰速运"
    assert made.decide_by > timezone.now() + timedelta(days=6)
    assert f"refund:{made.pk}:back" in told(farmer)


def test_goods_that_are_never_sent_back_close_the_request(delivered):
    made = ask(delivered, fen=9600, cause=Cause.CHANGED_MIND)

    overdue(made)

    assert (made.state, Payment.objects.get().asked_fen) == ("withdrawn", 0)


# --- What may be said of which goods, until when ----------------------------------------------


def fresh(shop, **fields):
    product = make_product(seven_day_return=False, name_zh="荔枝", name_en="Lychee")
    return shop.paid(deal=make_deal(product), perishable_accepted=True, **fields)


def test_before_it_is_sent_there_is_nothing_to_claim(shop):
    assert refused(order=shop.paid(), fen=100) == ("cause", 422)


def test_fresh_goods_are_not_returned_for_a_change_of_mind(shop):
    order = deliver(fresh(shop))

    assert refused(order=order, fen=100, cause=Cause.CHANGED_MIND) == ("cause", 422)
    assert small(order).state == "approved"


@pytest.mark.parametrize(("hours", "is_late"), [(47, False), (49, True)])
def test_spoiled_goods_are_shown_within_48_hours(shop, hours, is_late):
    order = deliver(fresh(shop), ago=timedelta(hours=hours))
    line = order.lines.select_related("product").get()

    if is_late:
        with pytest.raises(DomainError):
            require_cause(order, line, Cause.BAD_FRUIT)
    else:
        require_cause(order, line, Cause.BAD_FRUIT)


def test_goods_that_the_buyer_never_confirmed_as_fresh_may_be_returned(shop):
    """A catalogue that changes its mind later takes no right away."""
    order = deliver(shop.paid())
    product = order.lines.get().product
    type(product).objects.filter(pk=product.pk).update(seven_day_return=False)

    assert ask(order, fen=4800, cause=Cause.CHANGED_MIND).state == "requested"


@pytest.mark.parametrize(("days", "is_late"), [(6, False), (8, True)])
def test_seven_days_to_return(shop, days, is_late):
    order = deliver(shop.paid(), ago=timedelta(days=days))

    if is_late:
        assert refused(order=order, fen=4800, cause=Cause.CHANGED_MIND) == ("cause", 422)
    else:
        assert ask(order, fen=4800, cause=Cause.CHANGED_MIND).state == "requested"


def test_a_parcel_is_missing_only_after_some_days(shop):
    order = send(shop.paid())

    assert refused(order=order, fen=4800, cause=Cause.NOT_ARRIVED) == ("cause", 422)
    order.parcels.update(shipped_at=timezone.now() - timedelta(days=4))
    assert ask(order, fen=4800, cause=Cause.NOT_ARRIVED).state == "requested"


@pytest.mark.parametrize("cause", [Cause.BAD_FRUIT, Cause.DAMAGED])
def test_what_can_be_seen_has_to_be_shown(delivered, cause):
    assert refused(order=delivered, cause=cause) == ("photos", 422)


def test_at_most_six_photos(delivered):
    assert refused(order=delivered, photos=[picture() for _ in range(7)]) == ("photos", 422)


def test_each_farm_is_asked_by_itself(shop, delivered):
    other = make_product(producer=make_producer(make_county("451224")))
    line = delivered.lines.get()
    line.pk, line.producer, line.product = None, other.producer, other
    line.save()

    wanted = {row.pk: 100 for row in delivered.lines.all()}

    assert refused(order=delivered, lines=wanted) == ("one_farm", 422)


def test_while_a_bank_looks_nothing_is_given_back_here(delivered, farmer):
    made = ask(delivered)
    Dispute.objects.create(
        provider_id="du_1",
        payment=Payment.objects.get(),
        amount_fen=9600,
        reason="fraudulent",
        opened_at=timezone.now(),
    )

    with pytest.raises(DomainError) as caught:
        refund_requests.approve(refund=made, actor=farmer)

    assert (caught.value.code, caught.value.status) == ("disputed", 409)
    assert refused(order=delivered, fen=100) == ("disputed", 409)
    Dispute.objects.update(state="won")
    refund_requests.approve(refund=made, actor=farmer)


def test_a_refund_that_failed_is_sent_again_by_staff_and_not_by_a_second_yes(delivered, farmer):
    made = ask(delivered)
    refund_requests.approve(refund=made, actor=farmer)
    Refund.objects.update(state="failed")

    with pytest.raises(DomainError) as caught:
        refund_requests.approve(refund=Refund.objects.get(), actor=farmer)

    assert caught.value.code == "refund_decided"
    assert Refund.objects.get().state == "failed"
