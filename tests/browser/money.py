"""Money to look at in a browser: something owed, a batch, what differs, a share to come."""

from datetime import timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from livecommerce.accounts.models import User
from orders.domain import differences, payout_accounts, payouts
from orders.models import Order, PayoutLine
from products.domain import platform_share
from products.models import Producer
from tests.factories import make_producer


def make_money(
    *, boss: User, other: User, producer_id: int, order_number: str
) -> dict[str, object]:
    """`boss` and `other` become staff who may move money."""
    for person in (boss, other):
        person.is_staff = person.is_superuser = True
        person.save()
        TOTP.activate(person, generate_totp_secret())
    order = Order.objects.get(number=order_number)
    producer = Producer.objects.get(pk=producer_id)
    neighbour = make_producer(
        producer.region,
        name_zh="大化瑶族自治县七百弄鸡养殖专业合作社联合社",
        name_en="Qibainong Chicken Breeders' Union of Dahua Yao Autonomous County",
    )
    for one in (producer, neighbour):
        account = payout_accounts.enter_bank_account(
            producer=one,
            actor=other,
            holder=one.name_zh,
            bank="大化瑶族自治县农村信用合作联社七百弄分社",
            number="6222021234567890",
        )
        if one is producer:
            payout_accounts.confirm(account=account, actor=boss)
    for number, (one, fen) in enumerate(
        ((producer, 351_600), (producer, -3_516), (neighbour, 1_234_500))
    ):
        PayoutLine.objects.create(
            key=f"browser:{number}", order=order, producer=one, amount_fen=fen
        )
    batch = payouts.make_batch(actor=other, method="bank")
    PayoutLine.objects.create(key="browser:9", order=order, producer=producer, amount_fen=-900)
    differences.report(
        kind="payment",
        key="browser:1",
        subject=f"{order.number}: pi_3QxYzAbCdEfGhIjKlMnOpQrS",
        wanted="amount_fen 4800, currency cny",
        found="amount_fen 1, currency usd",
        order=order,
    )
    differences.report(kind="unknown_intent", key="browser:2", subject="pi_1", found="700 cny")
    platform_share.set_share(
        actor=boss, most_bps=650, valid_from=timezone.now() + timedelta(days=3), reason="节后让利"
    )
    return {"boss": boss, "batch": batch.number}
