import pytest
from django.db import IntegrityError, connection, transaction

from orders.domain import ledger, settlement
from orders.models import Account, Entry, Settlement, Transaction
from tests.factories import make_deal, make_product

pytestmark = pytest.mark.django_db


def balances():
    rows = Entry.objects.values_list("account__kind", "amount_fen")
    totals = {}
    for kind, fen in rows:
        totals[kind] = totals.get(kind, 0) + fen
    return totals


def test_a_paid_order_is_shared_out_to_the_fen(shop):
    order = shop.paid(quantity=2)
    fee = order.payments.get().fee_fen

    assert settlement.settle_due() == 1

    assert balances() == {
        "clearing": 9600,
        "producer": -(6400 + 632),  # its cost, and what the platform's 8 % leave
        "packing": -600,
        "freight": -1200,
        "platform": -(768 - fee),
        "payment_fee": -fee,
    }
    row = Settlement.objects.get()
    assert (row.state, [event.to_state for event in row.events.all()]) == ("posted", ["posted"])


def test_settling_again_posts_nothing(shop):
    shop.paid()
    stale = Settlement.objects.get()
    settlement.settle_due()

    assert settlement.settle_due() == 0
    assert settlement.settle(stale) is False
    assert Transaction.objects.count() == 1


def test_below_cost_somebody_adds_the_difference(shop):
    product = make_product(list_price_fen=6000, producer_cost_fen=3200)
    shop.paid(deal=make_deal(product))

    settlement.settle_due()

    totals = balances()
    fee = -totals["payment_fee"]
    assert totals["subsidy"] == 4100 - 3000
    assert totals["platform"] == fee
    assert totals["producer"] == -3200
    assert sum(totals.values()) == 0


def test_each_producer_has_an_account(shop):
    order = shop.paid()
    settlement.settle_due()

    account = Account.objects.get(kind="producer")
    assert account.producer == order.lines.get().product.producer


def test_an_order_waits_for_its_fee_but_not_for_ever(shop):
    order = shop.paid()
    order.payments.update(fee_fen=None, quarantined_reason="so that nobody asks the provider")

    for attempt in range(settlement.WAIT_FOR_FEE_ATTEMPTS):
        assert settlement.settle_due() == 0
        row = Settlement.objects.get()
        assert (row.attempts, row.state) == (attempt + 1, "due")
        Settlement.objects.update(due_at=row.order.placed_at)

    assert settlement.settle_due() == 1
    assert "payment_fee" not in balances()


def test_one_order_that_cannot_be_settled_does_not_stop_the_others(shop):
    broken, good = shop.paid(), shop.paid()
    broken.payments.all().delete()

    assert settlement.settle_due() == 1
    assert good.transactions.count() == 1
    assert Settlement.objects.get(order=broken).last_error != ""


def commit(write):
    """As if the transaction ended here: deferred constraints are judged."""
    with transaction.atomic(), connection.cursor() as cursor:
        write()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refuses(match, write):
    with pytest.raises(IntegrityError, match=match):
        commit(write)


def test_the_database_refuses_what_does_not_balance():
    refuses(
        "does not balance",
        lambda: ledger.post(
            key="off", kind="x", entries={("clearing", None): 5, ("platform", None): -4}
        ),
    )


def test_the_database_refuses_a_transaction_without_entries():
    refuses("does not balance", lambda: Transaction.objects.create(key="empty", kind="x"))


def test_the_database_refuses_one_currency_for_another():
    def write():
        row = Transaction.objects.create(key="mixed", kind="x")
        account = Account.objects.create(kind="clearing")
        Entry.objects.create(transaction=row, account=account, amount_fen=5, currency="cny")
        Entry.objects.create(transaction=row, account=account, amount_fen=-5, currency="usd")

    refuses("does not balance", write)


def test_the_database_refuses_a_later_entry_that_tips_the_balance():
    ledger.post(key="ok", kind="x", entries={("clearing", None): 5, ("platform", None): -5})
    row = Transaction.objects.get()

    refuses(
        "does not balance",
        lambda: Entry.objects.create(
            transaction=row, account=Account.objects.get(kind="clearing"), amount_fen=1
        ),
    )


@pytest.mark.parametrize("model", [Entry, Transaction])
def test_the_books_cannot_be_changed_or_emptied(model):
    ledger.post(key="ok", kind="x", entries={("clearing", None): 5, ("platform", None): -5})
    commit(lambda: None)
    field = "amount_fen" if model is Entry else "order_id"

    refuses("append-only", lambda: model.objects.update(**{field: 1}))
    refuses("append-only", lambda: model.objects.all()._raw_delete("default"))
    empty = f"TRUNCATE {model._meta.db_table} CASCADE"
    refuses("append-only", lambda: run("SET LOCAL livecommerce.allow_truncate = 'off'", empty))


def test_a_key_is_posted_once():
    entries = {("clearing", None): 5, ("platform", None): -5}

    assert [ledger.post(key="one", kind="x", entries=entries) for _ in range(2)] == [True, False]
    assert Entry.objects.count() == 2
