"""Whoever writes it, by whatever way: SQL that breaks a rule of orders or money is refused.

The code keeps these rules, too; here nothing but the database stands in the way.
"""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from orders.domain import checkout, ledger
from orders.models import (
    CouponUse,
    Difference,
    Order,
    PayoutAccount,
    PayoutBatch,
    PayoutLine,
    Refund,
)
from products.domain.offers import current_offer
from tests.factories import make_address, make_coupon, make_deal, make_user
from tests.orders.farms import make_farm, make_goods, make_paid_order

pytestmark = pytest.mark.django_db

AGAIN = "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT 1"


def again(table, columns):
    """The same row once more."""
    return AGAIN.format(table=table, columns=columns)


RULES = [
    (
        "stock_not_negative",
        "UPDATE products_stockpool SET total = total - available - 1, available = -1",
    ),
    ("stock_adds_up", "UPDATE products_stockpool SET available = available + 1"),
    ("hold_quantity_positive", "UPDATE orders_hold SET quantity = 0"),
    (
        "one_hold_a_pool",
        again("orders_hold", "order_id, pool_id, quantity, state, expires_at"),
    ),
    ("hold_extends_once", "UPDATE orders_hold SET expires_at = expires_at + interval '1 s'"),
    (
        "hold_extends_once",
        "UPDATE orders_hold SET extended_at = now(), expires_at = expires_at + interval '1 s';"
        "UPDATE orders_hold SET extended_at = NULL",
    ),
    (
        "order_ends_with_its_holds",
        "UPDATE orders_order SET expires_at = expires_at + interval '1 s' WHERE state = 'placed'",
    ),
    ("limit_is_kept", "UPDATE orders_limitcounter SET quantity = quantity + 9"),
    ("limit_not_negative", "UPDATE orders_limitcounter SET quantity = -1"),
    ("one_limit_counter", again("orders_limitcounter", "deal_id, buyer_id, quantity")),
    (
        "order_once_a_key",
        "UPDATE orders_order SET buyer_id = (SELECT min(buyer_id) FROM orders_order),"
        " key = (SELECT key FROM orders_order ORDER BY id LIMIT 1)",
    ),
    ("order_total_adds_up", "UPDATE orders_order SET total_fen = total_fen - 1"),
    ("order_of_no_rehearsal", "UPDATE orders_order SET broadcast_id = -1"),
    ("line_of_no_rehearsal", "UPDATE orders_orderline SET broadcast_id = -1"),
    ("line_amount_adds_up", "UPDATE orders_orderline SET amount_fen = amount_fen - 1"),
    ("line_not_below_zero", "UPDATE orders_orderline SET discount_fen = amount_fen + 1"),
    ("line_quantity_positive", "UPDATE orders_orderline SET quantity = 0, amount_fen = 0"),
    (
        "line_sends_what_was_bought",
        "UPDATE orders_orderline SET shipped_quantity = quantity, withdrawn_quantity = 1",
    ),
    ("one_success_an_order", "UPDATE orders_payment SET state = 'succeeded', order_id = {order}"),
    ("refunds_within_payment", "UPDATE orders_refund SET state = 'approved'; {refund_all}"),
    ("refund_stays_as_asked", "UPDATE orders_refund SET amount_fen = amount_fen + 1"),
    ("refund_positive", "UPDATE orders_refund SET amount_fen = 0"),
    (
        "refund_of_what_was_paid",
        "UPDATE orders_payment SET state = 'pending', asked_fen = 0; {refund_all}",
    ),
    ("refund_refused_in_words", "UPDATE orders_refund SET state = 'refused'"),
    ("refund_request_has_cause", "UPDATE orders_refund SET origin = 'request', cause = ''"),
    ("entry_not_zero", "{transaction}; {entry}, 0, 'cny' FROM t, a"),
    (
        "ledger_balances",
        "{transaction}; {entry}, 5, 'cny' FROM t, a; SET CONSTRAINTS ALL IMMEDIATE",
    ),
    (
        "ledger_balances",
        "{transaction}; {entry}, 5, 'cny' FROM t, a; {entry}, -5, 'usd' FROM t, a;"
        "SET CONSTRAINTS ALL IMMEDIATE",
    ),
    ("ledger_balances", "{transaction}; SET CONSTRAINTS ALL IMMEDIATE"),
    ("ledger_append_only", "UPDATE orders_entry SET amount_fen = -amount_fen"),
    ("ledger_append_only", "DELETE FROM orders_entry"),
    ("ledger_append_only", "{nobody_asked}; TRUNCATE orders_entry"),
    ("ledger_append_only", "UPDATE orders_transaction SET key = key || 'x'"),
    ("ledger_append_only", "{nobody_asked}; TRUNCATE orders_transaction CASCADE"),
    ("account_of_a_producer", "UPDATE orders_account SET producer_id = NULL"),
    ("payer_of_a_subsidy", "UPDATE orders_account SET payer = 'x' WHERE kind = 'bank'"),
    ("coupon_within_its_limit", "UPDATE orders_coupon SET used = total_limit + 1"),
    ("coupon_limits", "UPDATE orders_coupon SET per_person_limit = 0"),
    ("coupon_dates", "UPDATE orders_coupon SET ends_at = starts_at"),
    ("coupon_amount_or_percent", "UPDATE orders_coupon SET percent_bps = 5"),
    ("coupon_use_stays", "UPDATE orders_couponuse SET discount_fen = discount_fen - 1"),
    (
        "coupon_person_limit",
        "INSERT INTO orders_couponuse (coupon_id, buyer_id, order_id, discount_fen, state, at)"
        " SELECT coupon_id, buyer_id, {other}, 1, 'held', now() FROM orders_couponuse",
    ),
    (
        "coupon_once_an_order",
        "INSERT INTO orders_couponuse (coupon_id, buyer_id, order_id, discount_fen, state, at)"
        " SELECT coupon_id, buyer_id, order_id, 1, 'released', now() FROM orders_couponuse",
    ),
    ("payout_batch_by_two", "UPDATE orders_payoutbatch SET approved_by_id = made_by_id"),
    ("payout_batch_approved", "UPDATE orders_payoutbatch SET state = 'done'"),
    ("payout_account_by_two", "UPDATE orders_payoutaccount SET confirmed_by_id = entered_by_id"),
    ("payout_bank_complete", "UPDATE orders_payoutaccount SET number = ''"),
    ("payout_line_within", "UPDATE orders_payoutline SET send_fen = amount_fen + 1"),
    ("payout_line_not_zero", "UPDATE orders_payoutline SET amount_fen = 0"),
    ("payout_line_has_payout", "UPDATE orders_payoutline SET state = 'sent'"),
    ("difference_closed_by_someone", "UPDATE orders_difference SET closed_at = now()"),
]


@pytest.fixture
def names():
    """One row of each kind, and what the statements call them."""
    offer, buyer = current_offer(make_deal(quantity=9, per_person_limit=2).product), make_user()
    placed = checkout.place_order(
        buyer=buyer,
        offer=offer,
        quantity=1,
        expected_price_fen=offer.price_fen,
        address=make_address(buyer).snapshot(),
        key=uuid4(),
    )
    farm, staff = make_farm(), make_user(is_staff=True)
    paid, other = (make_paid_order((make_goods(farm), 1), buyer=buyer) for _ in range(2))
    payment = paid.payments.get()
    Refund.objects.create(
        payment=payment, key="a", amount_fen=payment.amount_fen - 1, requested_by=buyer
    )
    coupon = make_coupon(per_person_limit=1)
    CouponUse.objects.create(coupon=coupon, buyer=buyer, order=paid, discount_fen=100)
    ledger.post(key="k", kind="paid", entries={("producer", farm.pk): -5, ("bank", None): 5})
    PayoutBatch.objects.create(number="PO-1", method="bank", made_by=staff)
    PayoutAccount.objects.create(
        producer=farm,
        method="bank",
        holder="x",
        bank="y",
        number="12345678",
        entered_by=staff,
        entered_at=timezone.now(),
    )
    PayoutLine.objects.create(key="p", order=paid, producer=farm, amount_fen=5)
    Difference.objects.create(kind="webhook", key="d", subject="s")
    with connection.cursor() as cursor:  # what is deferred is not to be mixed up with the trial
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    refund = (
        "INSERT INTO orders_refund SELECT (jsonb_populate_record(r, jsonb_build_object("
        "'id', r.id + 1000, 'key', 'b', 'amount_fen', 9))).* FROM orders_refund r"
    )
    return {
        "order": paid.pk,
        "other": other.pk,
        "placed": placed.order_id,
        "refund_all": refund,
        "nobody_asked": "SET LOCAL livecommerce.allow_truncate = ''",  # as tests do at their end
        "transaction": "INSERT INTO orders_transaction (key, kind, posted_at)"
        " VALUES ('t', 'x', now())",
        "entry": "WITH t AS (SELECT id FROM orders_transaction WHERE key = 't'),"
        " a AS (SELECT id FROM orders_account WHERE kind = 'bank')"
        " INSERT INTO orders_entry (transaction_id, account_id, amount_fen, currency)"
        " SELECT t.id, a.id",
    }


@pytest.mark.parametrize(("rule", "statement"), RULES)
def test_the_database_refuses(names, rule, statement):
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(**names))

    assert caught.value.__cause__.diag.constraint_name == rule


def test_what_the_rules_are_tried_on_is_in_order_itself(names):
    assert Order.objects.filter(expires_at__gt=timezone.now(), state="placed").count() == 1
