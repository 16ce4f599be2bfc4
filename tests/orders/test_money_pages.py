"""The pages of those who move the shop's money, and of those who get it."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from orders.domain import (
    differences,
    ledger,
    payables,
    payout_accounts,
    payouts,
    settlement,
    statements,
)
from orders.models import Difference, PayoutAccount, PayoutBatch
from orders.payouts import forget_provider, provider_of
from products.domain import platform_share
from products.models import PlatformShare
from tests.factories import make_deal, make_user
from tests.orders.test_payouts import arrived, bank_account, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _provider():
    forget_provider()
    platform_share.forget()
    yield
    platform_share.forget()
    forget_provider()


def staff_with(*codenames):
    user = make_user(is_staff=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def farmer(shop):
    """A producer's own account, with two factors, an arrived order, and nothing paid out."""
    deal = make_deal()
    user = make_user()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    deal.product.producer.user = user
    deal.product.producer.save()
    arrived(shop, deal=deal)
    payables.open_due()
    user.producer = deal.product.producer
    return user


def post(client, user, name, *args, **sent):
    client.force_login(user)
    return client.post(reverse(f"orders:{name}", args=args), sent, follow=True)


def test_two_people_pay_a_producer_by_the_pages(client, farmer):
    maker, checker = make_staff(), make_staff()
    details = {"holder": "青山合作社", "bank": "农信社", "number": "6222 0212 3456 7890"}
    post(client, farmer, "payout_account", farmer.producer.pk, **details)
    account = PayoutAccount.objects.get()
    sent = {"entered_at": account.entered_at.isoformat()}
    post(client, maker, "payout_account_confirm", account.pk, **sent)

    page = post(client, maker, "payout_make", method="bank")
    batch = PayoutBatch.objects.get()
    assert batch.number in page.content.decode()
    assert post(client, maker, "payout_approve", batch.number).status_code == 403
    post(client, checker, "payout_approve", batch.number)
    file = post(client, maker, "payout_file", batch.number)
    assert file["Content-Disposition"] == f'attachment; filename="{batch.number}.csv"'
    assert "6222021234567890" in file.content.decode("gb18030")
    post(client, maker, "payout_record", batch.number, reference="ICBC-1")

    batch.refresh_from_db()
    assert batch.state == "done"
    client.force_login(farmer)
    text = client.get(reverse("orders:statement", args=[farmer.producer.pk])).content.decode()
    assert "-35.16" in text
    assert "+35.16" in text


def test_the_overview_counts_what_is_open_and_closes_it_with_a_reason(client):
    boss = make_staff()
    differences.report(kind="unknown_intent", key="k", subject="pi_123", found="700 cny")
    client.force_login(boss)

    page = client.get("/admin/money/").content.decode()
    assert "pi_123" in page
    row = Difference.objects.get()
    post(client, boss, "difference_close", row.pk, reason="")
    row.refresh_from_db()
    assert row.closed_at is None
    post(client, boss, "difference_close", row.pk, reason="测试付款，已退回")
    row.refresh_from_db()
    assert (row.closed_by, row.reason) == (boss, "测试付款，已退回")
    assert "pi_123" not in client.get("/admin/money/").content.decode()


@pytest.mark.parametrize("right", ["make_payouts", "approve_payouts", "close_differences"])
def test_each_right_opens_the_page_and_no_more_than_its_own_buttons(client, right):
    person = staff_with(right)
    differences.report(kind="balance", key="k", subject="s")
    client.force_login(person)

    page = client.get("/admin/money/")

    assert page.status_code == 200
    closes = reverse("orders:difference_close", args=[Difference.objects.get().pk])
    assert (closes in page.content.decode()) == (right == "close_differences")
    made = client.post(reverse("orders:payout_make"), {"method": "bank"})
    assert (made.status_code == 403) == (right != "make_payouts")


def test_the_back_rooms_menu_leads_to_the_money_whom_it_lets_in(client):
    for person, is_let_in in (
        (make_staff(), True),
        (staff_with("close_differences"), True),
        (staff_with(), False),
    ):
        client.force_login(person)

        page = client.get("/admin/").content.decode()

        assert 'href="/"' in page
        assert ('href="/admin/money/"' in page) == is_let_in


def test_who_has_no_right_finds_no_such_page(client):
    for person in (staff_with(), make_user()):
        Authenticator.objects.get_or_create(
            user=person, type=Authenticator.Type.TOTP, defaults={"data": {}}
        )
        client.force_login(person)
        assert client.get("/admin/money/").status_code == 404
        assert client.post(reverse("orders:payout_make"), {"method": "bank"}).status_code == 404


def test_staff_without_a_second_factor_are_led_to_set_one_up(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))

    assert client.get("/admin/money/").url == reverse("mfa_activate_totp")


def test_another_producers_statement_and_account_are_not_there(client, farmer):
    stranger = make_user()
    Authenticator.objects.create(user=stranger, type=Authenticator.Type.TOTP, data={})
    client.force_login(stranger)

    pk = farmer.producer.pk
    for url in (
        reverse("orders:statement", args=[pk]),
        reverse("orders:statement_file", args=[pk, "2026-11", "csv"]),
        reverse("orders:payout_account", args=[pk]),
    ):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "x", "2026", "99999-01", "9999-12"])
def test_a_month_that_is_none_is_not_there(client, farmer, month):
    client.force_login(farmer)

    url = reverse("orders:statement_month", args=[farmer.producer.pk, month])
    assert client.get(url).status_code == 404


def test_details_no_bank_would_take_are_refused_beside_the_form(client, farmer):
    client.force_login(farmer)
    url = reverse("orders:payout_account", args=[farmer.producer.pk])

    answer = client.post(url, {"holder": "x", "bank": "y", "number": "=1+1"})

    assert answer.status_code == 422
    assert not PayoutAccount.objects.exists()


def test_the_producer_signs_up_at_stripe_and_a_person_still_confirms(client, farmer, shop):
    page = post(client, farmer, "payout_connect", farmer.producer.pk)
    link = page.context["to"]
    assert link.startswith(f"http://shop.example:{shop.double.port}/_double/onboard/")

    row = PayoutAccount.objects.get()
    payee = payout_accounts.payee_of(row)
    assert provider_of("connect").what_is_missing(payee)
    shop.post(link)
    assert provider_of("connect").what_is_missing(payee) == ""
    assert shop.post(link).status_code == 404  # it works once
    assert (row.method, row.confirmed_by) == ("connect", None)


def test_a_statement_opens_with_what_the_month_before_left(shop, farmer):
    producer = farmer.producer
    month = timezone.localdate()
    before = statements.statement_of(producer, (month.replace(day=1) - timedelta(days=1)))
    now = statements.statement_of(producer, month)
    after = statements.statement_of(producer, statements.next_month(month))

    assert (before.opening_fen, before.closing_fen) == (0, 0)
    assert (now.opening_fen, now.closing_fen, len(now.bookings)) == (0, 3516, 1)
    assert (after.opening_fen, after.bookings) == (3516, ())
    assert statements.months_of(producer) == [month.replace(day=1)]
    lines = statements.as_csv(now).splitlines()
    assert lines[-1].endswith(",35.16,35.16")


def test_a_new_share_counts_from_then_on_and_for_nothing_before(client, shop):
    boss = make_staff()
    order = shop.paid()
    begins = timezone.localtime() + timedelta(minutes=10)
    sent = {"percent": "5", "valid_from": f"{begins:%Y-%m-%dT%H:%M}", "reason": "节后让利"}

    post(client, boss, "share_set", **sent)

    row = PlatformShare.objects.get()
    assert (row.most_bps, row.set_by) == (500, boss)
    settlement.settle_due()
    platform = order.transactions.get().entries.get(account__kind="platform").amount_fen
    assert platform == order.payments.get().fee_fen - 384
    assert platform_share.share_bps(row.valid_from) == 500
    assert platform_share.share_bps() == 800


def test_a_batch_page_shows_what_was_set_off(client, farmer):
    maker, checker = make_staff(), make_staff()
    bank_account(farmer.producer, maker, checker)
    batch = payouts.make_batch(actor=maker, method="bank")
    client.force_login(checker)

    page = client.get(reverse("orders:payout_batch", args=[batch.number])).content.decode()

    assert "¥35.16" in page
    assert reverse("orders:payout_approve", args=[batch.number]) in page
    client.force_login(maker)
    page = client.get(reverse("orders:payout_batch", args=[batch.number])).content.decode()
    assert reverse("orders:payout_approve", args=[batch.number]) not in page


def test_a_busy_months_statement_comes_in_pages_and_its_file_whole(client, farmer):
    producer = farmer.producer
    for number in range(60):
        entries = {("producer", producer.pk): -1, ("bank", None): 1}
        ledger.post(key=f"busy:{number}", kind="correction", entries=entries)
    client.force_login(farmer)

    page = client.get(reverse("orders:statement", args=[producer.pk])).text
    month = f"{timezone.localdate():%Y-%m}"
    file = client.get(reverse("orders:statement_file", args=[producer.pk, month, "csv"])).text

    assert page.count('<li class="row row-between') == 50
    assert "?page=2" in page
    assert len(file.splitlines()) == 2 + 61
