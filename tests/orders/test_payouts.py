"""From an arrived order to its producer's money: once, by two people, with what is owed back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.domain import payables, payout_accounts, payouts, queries, refunds, settlement
from orders.models import (
    Difference,
    Entry,
    Order,
    Payout,
    PayoutAccount,
    PayoutBatch,
    PayoutLine,
    Settlement,
    Transaction,
)
from orders.payouts import forget_provider
from orders.payouts.bank_file import inert
from tests.factories import make_deal, make_product, make_user

pytestmark = pytest.mark.django_db
BACK = "http://shop.example:8000/producer/money/1/account/"


@pytest.fixture(autouse=True)
def _provider(shop):
    forget_provider()
    yield
    forget_provider()


def make_staff(**fields):
    user = make_user(is_staff=True, is_superuser=True, **fields)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def arrive(order, days=10):
    """All of it delivered so long ago."""
    at = timezone.now() - timedelta(days=days)
    Order.objects.filter(pk=order.pk).update(state="delivered", delivered_at=at)
    order.refresh_from_db()


def arrived(shop, **fields):
    order = shop.paid(**fields)
    settlement.settle_due()
    arrive(order)
    return order


def bank_account(producer, maker, checker):
    row = payout_accounts.enter_bank_account(
        producer=producer,
        actor=maker,
        holder=producer.name_zh,
        bank="凤山县农村信用合作联社",
        number="6222 0212 3456 7890",
        branch_code="402627000018",
    )
    payout_accounts.confirm(account=row, actor=checker)
    return row


def connect_account(shop, producer, maker, checker):
    link = payout_accounts.open_connect_account(
        producer=producer, actor=maker, return_url=BACK, refresh_url=BACK
    )
    shop.post(link, done="yes")
    row = PayoutAccount.objects.get(producer=producer)
    payout_accounts.confirm(account=row, actor=checker)
    return row


def balance(kind):
    rows = Entry.objects.filter(account__kind=kind)
    return rows.aggregate(fen=Sum("amount_fen", default=0))["fen"]


@pytest.fixture
def people():
    return make_staff(), make_staff()


def test_an_order_may_be_paid_out_when_it_can_no_longer_be_returned(shop):
    order = shop.paid()
    settlement.settle_due()

    assert payables.open_due() == 0
    arrive(order, days=6)
    assert payables.open_due() == 0
    row = Settlement.objects.get()
    assert row.payable_at == payables.payable_from(order) > timezone.now()

    Settlement.objects.update(payable_at=timezone.now())
    assert payables.open_due() == 1
    assert payables.open_due() == 0
    line = PayoutLine.objects.get()
    assert (line.state, line.amount_fen, line.order) == ("open", 3516, order)
    assert line.amount_fen == -balance("producer")


def test_nothing_is_paid_out_while_money_is_asked_back(shop, people):
    order = arrived(shop)
    refunds.refund(
        payment=order.payments.get(),
        amount_fen=100,
        reason="坏果",
        actor=people[0],
        key=uuid4().hex,
    )

    assert payables.open_due() == 0
    refunds.send_due()
    assert payables.open_due() == 1
    assert PayoutLine.objects.get().amount_fen == -balance("producer") < 3516


def test_a_batch_by_bank_file_is_made_approved_downloaded_and_recorded(shop, people):
    maker, checker = people
    order = arrived(shop)
    producer = order.lines.get().producer
    bank_account(producer, maker, checker)

    batch = payouts.make_batch(actor=maker, method="bank")
    payouts.approve(batch=batch, actor=checker)
    file = payouts.file_of(batch=batch, actor=maker)
    payouts.record_bank(batch=batch, actor=maker, reference="ICBC-1")

    rows = file.content.decode("gb18030").splitlines()
    assert rows[1].startswith(f"1,6222021234567890,{producer.name_zh},凤山县农村信用合作联社,")
    assert "35.16,CNY" in rows[1]
    batch.refresh_from_db()
    payout = Payout.objects.get()
    assert (batch.state, payout.state, payout.reference) == ("done", "paid", "ICBC-1")
    assert (balance("producer"), balance("bank")) == (0, -3516)
    assert Settlement.objects.get().state == "paid_out"


def test_a_batch_by_connect_sends_a_transfer_an_order(shop, people):
    maker, checker = people
    deal = make_deal()
    first, second = arrived(shop, deal=deal), arrived(shop, deal=deal)
    connect_account(shop, deal.product.producer, maker, checker)

    batch = payouts.make_batch(actor=maker, method="connect")
    assert payouts.send_due() == 0  # nobody approved it yet
    payouts.approve(batch=batch, actor=checker)
    assert payouts.send_due() == 2
    assert payouts.send_due() == 0

    batch.refresh_from_db()
    assert batch.state == "done"
    account = PayoutAccount.objects.get().connect_id
    sent = shop.double.client().v1.transfers.list({"destination": account}).data
    assert {one.transfer_group for one in sent} == {
        f"payout:{order.number}:{deal.product.producer_id}:1" for order in (first, second)
    }
    assert [one.amount for one in sent] == [3516, 3516]
    assert balance("producer") == 0
    assert set(Settlement.objects.values_list("state", flat=True)) == {"paid_out"}


def test_what_is_given_back_after_the_payout_comes_off_the_next_one(shop, people):
    maker, checker = people
    deal = make_deal()
    order = arrived(shop, deal=deal)
    bank_account(deal.product.producer, maker, checker)
    batch = payouts.make_batch(actor=maker, method="bank")
    payouts.approve(batch=batch, actor=checker)
    payouts.record_bank(batch=batch, actor=maker, reference="1")

    refunds.refund(
        payment=order.payments.get(), amount_fen=4800, reason="坏果", actor=maker, key=uuid4().hex
    )
    refunds.send_due()
    assert payables.open_due() == 1
    assert PayoutLine.objects.get(state="open").amount_fen == -3516
    with pytest.raises(DomainError) as refused:
        payouts.make_batch(actor=maker, method="bank")  # they owe us, and wait
    assert refused.value.code == "nothing_to_pay"

    arrived(shop, deal=deal, quantity=2)
    second = payouts.make_batch(actor=maker, method="bank")
    assert Payout.objects.get(batch=second).amount_fen == 7032 - 3516
    payouts.approve(batch=second, actor=checker)
    payouts.record_bank(batch=second, actor=maker, reference="2")
    assert not PayoutLine.objects.exclude(state="sent").exists()
    assert (balance("producer"), balance("bank")) == (0, -7032)


def test_a_payment_the_bank_returns_waits_for_another_batch(shop, people):
    maker, checker = people
    order = arrived(shop)
    bank_account(order.lines.get().producer, maker, checker)
    batch = payouts.make_batch(actor=maker, method="bank")
    payouts.approve(batch=batch, actor=checker)

    payout = Payout.objects.get()
    payouts.record_bank(batch=batch, actor=maker, reference="1", returned=[payout.pk])

    payout.refresh_from_db()
    assert (payout.state, batch.state) == ("returned", "done")
    assert PayoutLine.objects.get().state == "open"
    assert not Transaction.objects.filter(kind="payout").exists()
    assert payouts.make_batch(actor=maker, method="bank").payouts.get().amount_fen == 3516


def test_a_cancelled_draft_leaves_its_lines_to_the_next(shop, people):
    maker, checker = people
    order = arrived(shop)
    bank_account(order.lines.get().producer, maker, checker)
    batch = payouts.make_batch(actor=maker, method="bank")

    payouts.cancel(batch=batch, actor=maker)

    with pytest.raises(DomainError) as refused:
        payouts.approve(batch=batch, actor=checker)
    assert refused.value.code == "batch_state"
    assert payouts.make_batch(actor=maker, method="bank").pk != batch.pk


def test_nobody_approves_their_own_batch_nor_confirms_their_own_account(shop, people):
    maker, checker = people
    order = arrived(shop)
    producer = order.lines.get().producer
    row = bank_account(producer, maker, checker)
    batch = payouts.make_batch(actor=maker, method="bank")

    with pytest.raises(DomainError) as refused:
        payouts.approve(batch=batch, actor=maker)
    assert (refused.value.code, refused.value.status) == ("payout_by_two", 403)
    with pytest.raises(IntegrityError, match="payout_batch_by_two"), transaction.atomic():
        PayoutBatch.objects.update(state="approved", approved_by=maker)
    payout_accounts.enter_bank_account(
        producer=producer, actor=maker, holder="x", bank="y", number="12345678"
    )
    row.refresh_from_db()
    assert row.confirmed_by is None
    with pytest.raises(DomainError) as refused:
        payout_accounts.confirm(account=row, actor=maker)
    assert refused.value.code == "payout_by_two"


def test_payouts_want_the_right_and_a_second_factor(shop):
    plain = make_user(is_staff=True)
    without_factor = make_user(is_staff=True, is_superuser=True)

    for person in (plain, without_factor, make_user()):
        with pytest.raises(DomainError) as refused:
            payouts.make_batch(actor=person, method="bank")
        assert (refused.value.code, refused.value.status) == ("money_right", 403)


def test_details_that_nobody_confirmed_get_no_money(shop, people):
    order = arrived(shop)
    payout_accounts.enter_bank_account(
        producer=order.lines.get().producer,
        actor=people[0],
        holder="x",
        bank="y",
        number="1234567890",
    )

    with pytest.raises(DomainError) as refused:
        payouts.make_batch(actor=people[0], method="bank")
    assert refused.value.code == "nothing_to_pay"


def test_an_account_at_stripe_that_is_not_finished_gets_no_money(shop, people):
    maker, checker = people
    order = arrived(shop)
    payout_accounts.open_connect_account(
        producer=order.lines.get().producer,
        actor=maker,
        return_url=BACK,
        refresh_url=BACK,
    )
    row = PayoutAccount.objects.get()
    payout_accounts.confirm(account=row, actor=checker)

    assert payout_accounts.why_not(row)
    with pytest.raises(DomainError) as refused:
        payouts.make_batch(actor=maker, method="connect")
    assert refused.value.code == "nothing_to_pay"


def test_a_transfer_that_cannot_be_made_is_tried_again_and_told(shop, people):
    maker, checker = people
    order = arrived(shop)
    producer = order.lines.get().producer
    connect_account(shop, producer, maker, checker)
    batch = payouts.make_batch(actor=maker, method="connect")
    payouts.approve(batch=batch, actor=checker)
    account = PayoutAccount.objects.get().connect_id
    Payout.objects.update(payee={**Payout.objects.get().payee, "connect_id": "acct_gone"})

    assert payouts.send_due() == 0
    line = PayoutLine.objects.get()
    assert (line.state, line.attempts) == ("batched", 1)
    assert line.last_error
    assert Difference.objects.get().kind == "payout"
    assert {one.url for one in maker.notifications.all()} == {"/admin/money/"}

    Payout.objects.update(payee={**Payout.objects.get().payee, "connect_id": account})
    PayoutLine.objects.update(due_at=timezone.now())
    assert payouts.send_due() == 1


def test_a_transfer_that_went_through_unnoticed_is_found_and_not_sent_twice(shop, people):
    maker, checker = people
    order = arrived(shop)
    row = connect_account(shop, order.lines.get().producer, maker, checker)
    payouts.approve(batch=payouts.make_batch(actor=maker, method="connect"), actor=checker)
    line = PayoutLine.objects.get()
    # Days ago, under a key that Stripe has forgotten since.
    earlier = shop.double.client().v1.transfers.create(
        {
            "amount": line.send_fen,
            "currency": "cny",
            "destination": row.connect_id,
            "transfer_group": f"payout:{line.key}",
        }
    )
    PayoutLine.objects.update(attempts=1)

    assert payouts.send_due() == 1

    assert PayoutLine.objects.get().transfer_id == earlier.id
    assert len(shop.double.client().v1.transfers.list({"destination": row.connect_id}).data) == 1


@pytest.mark.parametrize(
    ("amounts", "sent"),
    [([5, 3], [5, 3]), ([5, -3], [2, 0]), ([5, -6, 3], [0, 0, 2]), ([-1, 1, 1], [0, 0, 1])],
)
def test_what_is_owed_back_is_set_off(amounts, sent):
    assert payouts.set_off(amounts) == sent
    assert sum(sent) == sum(amounts)


def test_two_producers_of_one_order_are_paid_each(shop, people):
    maker, checker = people
    order = arrived(shop)
    other = make_product().producer
    line = order.lines.get()
    assert payables.open_due() == 1
    PayoutLine.objects.create(key="x", order=order, producer=other, amount_fen=100)
    for producer in (line.producer, other):
        bank_account(producer, maker, checker)

    batch = payouts.make_batch(actor=maker, method="bank")

    assert sorted(batch.payouts.values_list("amount_fen", flat=True)) == [100, 3516]


def test_a_buyer_sees_what_came_back_of_each_part(shop, people, client):
    order = arrived(shop)
    refunds.refund(
        payment=order.payments.get(),
        amount_fen=2400,
        reason="坏果",
        actor=people[0],
        key=uuid4().hex,
    )
    refunds.send_due()

    trail = queries.where_the_money_went(order, queries.lines_of(order))

    assert sum(part.fen for part in trail.parts) == 4800
    assert sum(part.fen for part in trail.given_back) == 2400
    client.force_login(order.buyer)
    assert "¥17.58" in client.get(f"/orders/{order.number}/").content.decode()


@pytest.mark.parametrize(
    ("written", "in_the_file"),
    [
        ("=1+1", "'=1+1"),
        ("\u200b=1+1", "'=1+1"),  # what nobody sees is gone, and the sign behind it is judged
        ("\t@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("凤山县农村信用合作联社", "凤山县农村信用合作联社"),
    ],
)
def test_nothing_in_a_bank_file_is_calculated(written, in_the_file):
    assert inert(written) == in_the_file
