"""Seed: some buyers who want money back, and payments that the provider's double knows of.

Demo orders are paid in a past before the shop was opened. Where the double stands in for Stripe
its books are given the same payments, with the same fees, so that a refund of a demo order can
really be sent and reconciliation has nothing to say. With real keys such payments exist nowhere:
Stripe refuses their refunds, and staff is told so.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from livecommerce.embedded.stripe_double.past import PastPayment, Remembered, remember
from livecommerce.embedded.stripe_double.store import StoreInUse
from orders.domain import refund_requests, refunds
from orders.models import Order, Payment, Refund, RefundRule
from products.models import Producer

MARK = "demo_"
"""Ids of payments and refunds that no provider knows of yet begin so."""
ARRIVED_HOURS = (98, 104, 100, 118)
"""How long ago the farm's orders were paid of which some buyers ask money back."""
Cause = Refund.Cause


def seed_rule() -> None:
    """The migration wrote it; a demo that was emptied has none."""
    RefundRule.objects.get_or_create(prefecture=None)


def ask_back(orders: Sequence[Order], farm: Producer | None) -> int:
    """One request of each kind on delivered orders of the farm; returns how many were made."""
    if farm is None or farm.user is None:
        return 0
    arrived = [order for order in orders if order.state == Order.State.DELIVERED]
    told = [
        (Cause.BAD_FRUIT, 60, "打开有三个发软了，照片在这里。"),
        (Cause.CHANGED_MIND, 100, "家里已经有人买了，没有拆封。"),
        (Cause.DAMAGED, 10, "外箱压坏了，里面漏了一小袋。"),
        (Cause.NOT_AS_DESCRIBED, 50, "感觉没有直播里看着大。"),
    ]
    made = [
        _ask(order, cause, percent, words)
        for order, (cause, percent, words) in zip(arrived, told, strict=False)
    ]
    for row in made:
        if row.cause == Cause.CHANGED_MIND:
            refund_requests.send_goods_back(refund=row, carrier="sf", number="SF6020000009001")
        elif row.cause == Cause.NOT_AS_DESCRIBED:
            words = "商品页写明了净重和规格，这一箱足斤足两，照片里也看不出差别。"
            refund_requests.refuse(refund=row, actor=farm.user, answer=words)
        elif row.state == Refund.State.APPROVED:
            refunds.finish(row, provider_id=f"{MARK}{row.pk}")
        asked_at = timezone.now() - timedelta(hours=6)
        Refund.objects.filter(pk=row.pk).update(requested_at=asked_at)
        row.events.filter(to_state=Refund.State.REQUESTED).update(at=asked_at)
    return len(made)


def _ask(order: Order, cause: Refund.Cause, percent: int, words: str) -> Refund:
    line = order.lines.select_related("product").order_by("pk")[0]
    photos = _photos(line.product.picture) if cause in (Cause.BAD_FRUIT, Cause.DAMAGED) else []
    if not photos and cause != Cause.CHANGED_MIND:
        cause = Cause.NOT_AS_DESCRIBED
    return refund_requests.ask(
        order=order,
        buyer=order.buyer,
        lines={line.pk: max(line.amount_fen * percent // 100, 1)},
        cause=cause,
        reason=words,
        photos=photos,
        key=uuid5(NAMESPACE_URL, f"demo:refund:{order.number}"),
    )


def _photos(picture: object) -> "list[File[bytes]]":
    """The product's own picture stands in for what a phone would show."""
    stored = getattr(picture, "file", None)
    if not stored:
        return []
    with stored.open("rb") as file:
        return [ContentFile(file.read(), name="photo.webp")]


def open_at_the_double(out: Callable[[str], object]) -> int:
    """Give the double the past's payments that it does not know; returns how many."""
    if not settings.STRIPE_API_BASE:
        return 0
    rows = list(
        Payment.objects.filter(intent_id__startswith=MARK, state=Payment.State.SUCCEEDED)
        .select_related("order")
        .prefetch_related(Prefetch("refunds", _done(), to_attr="done_refunds"))
        .order_by("created_at", "pk")
    )
    if not rows:
        return 0
    known = _remember([_past(row) for row in rows])
    given = []
    for row, remembered in zip(rows, known, strict=True):
        row.intent_id = remembered.intent_id
        for refund, refund_id in zip(_given(row), remembered.refund_ids, strict=True):
            refund.provider_id = refund_id
            given.append(refund)
    with transaction.atomic():
        Payment.objects.bulk_update(rows, ["intent_id"], batch_size=200)
        Refund.objects.bulk_update(given, ["provider_id"], batch_size=200)
    out(f"payments: {len(rows)} of the past are known to the Stripe double too")
    return len(rows)


def _past(row: Payment) -> PastPayment:
    return PastPayment(
        reference=row.order.number,
        amount_fen=row.amount_fen,
        currency=row.currency,
        method=row.method,
        fee_fen=row.fee_fen or 0,
        paid_at=int(row.created_at.timestamp()),
        refunds_fen=[refund.amount_fen for refund in _given(row)],
    )


def _done() -> QuerySet[Refund]:
    rows = Refund.objects.filter(state=Refund.State.DONE, provider_id__startswith=MARK)
    return rows.order_by("pk")


def _given(row: Any) -> list[Refund]:
    """As prefetched."""
    found: list[Refund] = row.done_refunds
    return found


def _remember(payments: list[PastPayment]) -> list[Remembered]:
    """In its file, or, where it runs already, by asking it."""
    try:
        return remember(settings.DATA_DIR / "stripe", payments)
    except StoreInUse:
        answer = httpx.post(
            f"{settings.STRIPE_API_BASE}/_double/past",
            json=[payment.sent() for payment in payments],
            headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"},
            timeout=60,
            trust_env=False,
        )
        answer.raise_for_status()
        return [Remembered(**made) for made in answer.json()]
