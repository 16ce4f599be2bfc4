"""A buyer went to their bank: known, told, booked, and at an end as the bank says."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.utils import timezone

from livecommerce.notifications.models import Notification
from orders.domain import disputes, payments, reconcile, refunds, settlement, webhooks
from orders.models import Difference, Dispute, Entry, Movement, Payment, WebhookEvent
from orders.payments import provider
from tests.factories import make_curator, make_prefecture, make_user
from tests.orders.test_webhooks import send
from tests.stripe_server import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(shop):
    order = shop.paid()
    settlement.settle_due()
    return order.payments.get()


def dispute(shop, payment, reason="product_not_received"):
    sent = {"payment_intent": payment.intent_id, "reason": reason}
    return shop.double.private("POST", "disputes", json=sent)["id"]


def answer(shop, dispute_id, words):
    evidence = {"evidence": {"uncategorized_text": words}}
    shop.double.client().v1.disputes.update(dispute_id, evidence)


def balances():
    rows = Entry.objects.filter(transaction__key__startswith="dispute:")
    sums = rows.values("account__kind").annotate(n=Sum("amount_fen")).exclude(n=0)
    return {row["account__kind"]: row["n"] for row in sums.order_by()}


def event(payment, dispute_id, name="created", id="evt_d"):
    return {
        "id": id,
        "object": "event",
        "type": f"charge.dispute.{name}",
        "created": int(timezone.now().timestamp()),
        "data": {
            "object": {"id": dispute_id, "object": "dispute", "payment_intent": payment.intent_id}
        },
    }


def test_a_webhook_makes_a_row_tells_staff_and_books_what_the_bank_took(client, shop, paid):
    near, far = make_curator(), make_curator(make_prefecture("450100"))
    boss = make_user(is_staff=True, is_superuser=True)
    dispute_id = dispute(shop, paid)

    for name in ("created", "funds_withdrawn"):
        send(client, event(paid, dispute_id, name, f"evt_{name}"))
    webhooks.handle_due()

    row = Dispute.objects.get()
    assert (row.provider_id, row.state, row.amount_fen) == (dispute_id, "open", 4800)
    assert row.reason == "product_not_received"
    assert row.due_by > timezone.now()
    assert [event.to_state for event in row.events.all()] == ["open"]
    assert balances() == {
        "clearing": -4800,
        "refunds": 4800,
        "platform": 1500,
        "payment_fee": -1500,
    }
    told = Notification.objects.filter(key__startswith=f"dispute:{row.pk}:")
    assert {note.user for note in told} == {near, boss}
    assert far not in {note.user for note in told}
    assert not WebhookEvent.objects.filter(handled_at=None).exists()


def test_won_the_money_and_the_fee_come_back(shop, paid):
    dispute_id = dispute(shop, paid)
    disputes.check(paid)
    answer(shop, dispute_id, "winning_evidence")

    disputes.check(paid)
    disputes.check(paid)

    row = Dispute.objects.get()
    assert (row.state, row.withdrawn_fen, row.reinstated_fen) == ("won", 4800, 4800)
    assert row.closed_at is not None
    assert balances() == {}


def test_lost_it_is_the_platforms_loss_and_nobody_elses(shop, paid):
    dispute_id = dispute(shop, paid)
    disputes.check(paid)
    answer(shop, dispute_id, "losing_evidence")

    disputes.check(paid)

    assert Dispute.objects.get().state == "lost"
    assert balances() == {"clearing": -4800, "platform": 6300, "payment_fee": -1500}


def test_learned_only_at_the_end_it_is_the_same(shop, paid):
    """Every webhook on the way was lost."""
    dispute_id = dispute(shop, paid)
    answer(shop, dispute_id, "winning_evidence")

    disputes.check(paid)

    assert Dispute.objects.get().state == "won"
    assert balances() == {}


def test_being_looked_at(shop, paid):
    dispute_id = dispute(shop, paid)
    answer(shop, dispute_id, "the parcel's receipt")

    disputes.check(paid)

    assert [e.to_state for e in Dispute.objects.get().events.all()] == ["open", "review"]


def test_the_sweep_finds_what_no_webhook_told_and_follows_it(shop, paid):
    dispute_id = dispute(shop, paid)

    found = disputes.check_open()
    again = disputes.check_open()
    answer(shop, dispute_id, "losing_evidence")
    Dispute.objects.update(checked_at=paid.created_at - disputes.LOOK_AGAIN_AFTER)
    disputes.check_open()

    assert (found, again) == (1, 0)
    assert Dispute.objects.get().state == "lost"


def test_a_payment_event_does_not_swallow_a_disputes(client, shop, paid):
    """Events of one intent are handled together; each kind has to be looked at."""
    dispute_id = dispute(shop, paid)
    fact = {"id": paid.intent_id, "object": "payment_intent"}
    other = event(paid, dispute_id, id="evt_1") | {
        "type": "payment_intent.succeeded",
        "data": {"object": fact},
    }
    send(client, other)
    send(client, event(paid, dispute_id, id="evt_2"))

    webhooks.handle_due()

    assert Dispute.objects.count() == 1


def test_a_refund_sent_while_the_bank_has_the_money_fails_and_can_be_sent_again(shop, paid):
    boss = make_user(is_staff=True, is_superuser=True)
    made = refunds.refund(
        payment=paid, amount_fen=800, reason="坏果", actor=boss, key=(key := uuid4().hex)
    )
    dispute_id = dispute(shop, paid)

    refunds.send_due()

    made.refresh_from_db()
    paid.refresh_from_db()
    assert (made.state, paid.refunded_fen) == ("failed", 0)
    assert Notification.objects.filter(key=f"refund:{key}:failed:1:{boss.pk}").exists()
    answer(shop, dispute_id, "winning_evidence")
    disputes.check(paid)
    refunds.retry(one=made, actor=boss)
    refunds.send_due()
    made.refresh_from_db()
    assert made.state == "done"
    assert provider().fetch(paid.intent_id).refunded_fen == 800


def given_back():
    """What left our balance for refunds, by the books."""
    rows = Entry.objects.filter(transaction__key__startswith="refund:", account__kind="clearing")
    return rows.aggregate(n=Sum("amount_fen", default=0))["n"]


def test_a_refund_that_bounced_is_booked_back_and_sent_again_under_a_new_key(client, shop):
    order = shop.place()
    payments.check(shop.pay(order, number="4000000000005126"))
    payment, boss = order.payments.get(), make_user(is_staff=True, is_superuser=True)
    made = refunds.refund(
        payment=payment, amount_fen=800, reason="坏果", actor=boss, key=uuid4().hex
    )
    settlement.settle_due()
    refunds.send_due()
    made.refresh_from_db()
    first, booked = made.provider_id, given_back()
    wait_until(lambda: provider().fetch_refund(first).status == "failed")

    send(client, event(payment, first, id="evt_b") | {"type": "refund.failed"})
    webhooks.handle_due()

    made.refresh_from_db()
    assert (made.state, booked, given_back()) == ("failed", -800, 0)
    assert Payment.objects.get().refunded_fen == 0
    refunds.retry(one=made, actor=boss)
    refunds.send_due()
    made.refresh_from_db()
    assert made.provider_id not in ("", first)
    assert made.failed_ids == [first]
    assert (Payment.objects.get().refunded_fen, given_back()) == (800, -800)


def test_the_nightly_comparison_understands_disputes_and_refunds_that_bounced(shop):
    """Every booking at the provider has its side in the books, and the other way round."""
    bounced, disputed = shop.place(), shop.place()
    payments.check(shop.pay(bounced, number="4000000000005126"))
    payments.check(shop.pay(disputed))
    settlement.settle_due()
    payment, boss = bounced.payments.get(), make_user(is_staff=True, is_superuser=True)
    made = refunds.refund(
        payment=payment, amount_fen=800, reason="坏果", actor=boss, key=uuid4().hex
    )
    for _try in range(2):
        refunds.send_due()
        made.refresh_from_db()
        wait_until(lambda: provider().fetch_refund(made.provider_id).status == "failed")
        refunds.look_again(payment)
        made.refresh_from_db()
        if not _try:
            refunds.retry(one=made, actor=boss)
    dispute_id = dispute(shop, disputed.payments.get())
    answer(shop, dispute_id, "winning_evidence")
    disputes.check(disputed.payments.get())

    reconcile.compare_books(now=timezone.now() + timedelta(hours=3))

    mine = Movement.objects.filter(source_id__in=[*made.failed_ids, dispute_id])
    kinds = Counter(mine.values_list("kind", flat=True))
    assert kinds == {"adjustment": 2, "refund": 2, "refund_failure": 2}
    assert not mine.filter(transaction=None).exists()
    told = Difference.objects.filter(order__in=[bounced, disputed])
    assert not told.exists(), [d.subject for d in told]
