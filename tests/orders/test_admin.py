"""The back room: to look at by region, to give money back, and nothing to rewrite."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from livecommerce import audit
from orders.domain import settlement, webhooks
from orders.models import (
    Account,
    Dispute,
    Entry,
    Order,
    Payment,
    Refund,
    RefundRule,
    Transaction,
    WebhookEvent,
)
from orders.payments.protocol import WebhookFacts, WebhookKind
from tests.factories import make_county, make_curator, make_deal, make_product, make_user

pytestmark = pytest.mark.django_db


def sign_in(client, user):
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)
    return client


@pytest.fixture
def boss(client):
    return sign_in(client, make_user(is_staff=True, is_superuser=True))


@pytest.fixture
def order(shop):
    paid = shop.paid(quantity=2)
    settlement.settle_due()
    return paid


def change(name, row):
    return reverse(f"admin:orders_{name}_change", args=[row.pk])


def lists(name):
    return reverse(f"admin:orders_{name}_changelist")


def give_back(client, payment, amount):
    url = reverse("admin:orders_refund_add") + f"?payment={payment.pk}"
    key = re.search(r'name="key" value="([^"]+)"', client.get(url).text)[1]
    sent = {"payment": payment.pk, "amount": amount, "reason": "坏果", "key": key}
    return client.post(url, sent)


def test_every_list_and_page_opens(boss, order):
    fact = WebhookFacts("evt_1", "x", WebhookKind.OTHER, order.placed_at)
    webhooks.store(fact)
    give_back(boss, order.payments.get(), "1")
    payment = order.payments.get()
    dispute = Dispute.objects.create(
        provider_id="du_1",
        payment=payment,
        amount_fen=9600,
        reason="fraudulent",
        opened_at=order.placed_at,
    )
    rows = {
        "dispute": dispute,
        "refundrule": RefundRule.objects.get(),
        "order": order,
        "payment": order.payments.get(),
        "refund": Refund.objects.get(),
        "settlement": order.settlement,
        "webhookevent": WebhookEvent.objects.get(),
        "transaction": Transaction.objects.first(),
        "account": Account.objects.first(),
    }

    for name, row in rows.items():
        assert boss.get(lists(name)).status_code == 200
        assert boss.get(change(name, row)).status_code == 200


def test_a_curator_sees_the_orders_of_their_own_prefecture(client, shop, order):
    far_product = make_product(county=make_county("450102"))
    far = shop.place(deal=make_deal(far_product))
    sign_in(client, make_curator())

    page = client.get(lists("order")).text

    assert order.number in page
    assert far.number not in page
    assert client.get(change("order", order)).status_code == 200
    assert client.get(change("order", far)).status_code == 403


def test_webhooks_and_books_are_not_for_curators(client, order):
    sign_in(client, make_curator())

    assert {
        client.get(lists(n)).status_code for n in ("webhookevent", "transaction", "account")
    } == {403}


def test_nothing_can_be_rewritten(boss, order):
    for name, row in {"order": order, "payment": order.payments.get()}.items():
        assert boss.post(change(name, row), {"state": "completed"}).status_code == 403
        delete = reverse(f"admin:orders_{name}_delete", args=[row.pk])
        assert boss.post(delete, {"post": "yes"}).status_code == 403
        assert boss.get(reverse(f"admin:orders_{name}_add")).status_code == 403
    assert Order.objects.get().state == "paid"


def test_staff_give_money_back(boss, order):
    answer = give_back(boss, order.payments.get(), "12.50")

    assert answer.status_code == 302
    made = Refund.objects.get()
    assert (made.amount_fen, made.reason, made.state) == (1250, "坏果", "approved")
    assert made.requested_by.is_superuser
    assert Payment.objects.get().refunded_fen == 1250


def test_too_much_is_refused_in_words(boss, order):
    answer = give_back(boss, order.payments.get(), "96.01")
    told = [message.level_tag for message in boss.get(answer.url).context["messages"]]

    assert told == ["error"]
    assert not Refund.objects.exists()


def test_a_curator_gives_back_for_their_own_prefecture_only(client, shop, order):
    far = shop.paid(deal=make_deal(make_product(county=make_county("450102"))))
    sign_in(client, make_curator())

    near_answer = give_back(client, order.payments.get(), "1")
    far_answer = give_back(client, far.payments.get(), "1")

    assert (near_answer.status_code, far_answer.status_code) == (302, 200)
    assert Refund.objects.get().payment.order == order


def test_the_books_show_balances(boss, order):
    page = boss.get(lists("account")).text

    assert "96" in page
    assert sum(Entry.objects.values_list("amount_fen", flat=True)) == 0


def test_superusers_set_the_rules_of_refunds(boss):
    rule = RefundRule.objects.get()
    values = {
        "prefecture": "",
        "is_on": "on",
        "most_fen": "500",
        "times_a_month": "1",
        "causes": ["damaged", "not_arrived"],
        "answer_within_hours": "24",
        "silence_most_fen": "0",
    }

    wrong = boss.post(change("refundrule", rule), values | {"causes": ["greed"]})
    right = boss.post(change("refundrule", rule), values)

    rule.refresh_from_db()
    assert (wrong.status_code, right.status_code) == (200, 302)
    assert (rule.most_fen, rule.causes) == (500, ["damaged", "not_arrived"])


def test_curators_see_the_rules_and_set_none(client):
    sign_in(client, make_curator())
    rule = RefundRule.objects.get()

    assert client.get(change("refundrule", rule)).status_code == 200
    assert client.post(change("refundrule", rule), {"most_fen": "1"}).status_code == 403


def test_a_refund_that_failed_is_sent_again_from_the_list(boss, order):
    give_back(boss, order.payments.get(), "1")
    Refund.objects.update(state="failed")

    boss.post(
        lists("refund"),
        {"action": "send_again", "_selected_action": [Refund.objects.get().pk]},
    )

    assert Refund.objects.get().state == "approved"


def test_staff_see_who_it_goes_to_only_in_part_unless_they_ask_and_that_is_written(client, order):
    boss = make_user(is_staff=True, is_superuser=True)
    sign_in(client, boss)
    page = client.get(change("order", order)).text
    assert "138****8000" in page
    assert order.address["phone"] not in page
    assert order.address["street"] not in page
    assert not audit.history(order).exists()

    whole = client.get(change("order", order), {"whole": "yes"}).text

    assert order.address["phone"] in whole
    assert order.address["street"] in whole
    entry = audit.history(order).get()
    assert (entry.actor_id, entry.action) == (boss.pk, "orders.see_address")
