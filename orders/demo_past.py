"""Seed: what the people of `streams.demo_past` ordered in its shows. Invented, as the shows are.

Written in a few statements (`orders.demo_past_rows`): several hundred orders by the way of real
ones would take longer than a first start may. Refunds, which are few, go the real way.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.notifications.models import Delivery, Notification
from livecommerce.realtime.presence import person_of_user
from orders import demo_past_rows, demo_refunds
from orders.demo_past_rows import Sale
from orders.domain import refunds
from orders.domain.checkout import new_number
from orders.models import Order, OrderLine, Payment, Refund, RefundEvent
from products.models import Deal, Product, StockPool
from streams.demo_past import guests, shows_of_the_past
from streams.domain import watching
from streams.models import Broadcast, ShelfItem, ShowLook

S = Order.State
BUYS, PAYS, GIVES_BACK = 0.5, 0.88, 14
"""Of those who look, of those who order; and every so many-th that arrived is given back."""
CITIES = (
    ("广东省", "广州市", "天河区"),
    ("广东省", "佛山市", "顺德区"),
    ("广西壮族自治区", "南宁市", "青秀区"),
    ("广西壮族自治区", "柳州市", "鱼峰区"),
    ("广东省", "中山市", "石岐区"),
)
STREETS = ("木棉路", "桂花巷", "青年路", "榕树街", "凤凰路", "朝阳里", "江滨路")


def seed_past(out: Callable[[str], object]) -> int:
    """Once; returns how many orders were made."""
    shows = shows_of_the_past()
    if not shows or Order.objects.filter(broadcast__in=shows).exists():
        return 0
    now = timezone.now()
    with transaction.atomic():
        sales = list(_sell(shows, guests(), now))
        demo_past_rows.write(sales, now)
        back = _give_back(sales)
        demo_past_rows.work_out_payouts(now)
        old = Notification.objects.filter(user__in=[sale.buyer for sale in back])
        Delivery.objects.filter(notification__in=old).update(state="sent", sent_at=now)
    out(f"past shows: {len(shows)} with {len(sales)} orders, invented for the demonstration")
    return len(sales)


# --- what is bought ---------------------------------------------------------------------------


def _sell(shows: Sequence[Broadcast], people: Sequence[User], now: datetime) -> Iterator[Sale]:
    """Some of those who opened a product order it a moment later, as far as stock and the limit
    per person allow."""
    by_person = {watching.number_of(person_of_user(user.pk)): user for user in people}
    deals = {
        (item.broadcast_id, item.product_id): item.deal
        for item in ShelfItem.objects.filter(broadcast__in=shows).select_related("deal")
    }
    left = {
        (pool.product_id, pool.deal_id): pool.available // 2 for pool in StockPool.objects.all()
    }
    had: Counter[tuple[int, int]] = Counter()
    by_show = {show.pk: show for show in shows}
    looks = ShowLook.objects.filter(broadcast__in=shows, person__in=list(by_person))
    rows = looks.select_related("product__producer").order_by("at", "pk")
    chance = Random(20260303)
    for look in rows.defer("product__search"):
        if chance.random() > BUYS:
            continue
        deal = deals.get((look.broadcast_id, look.product_id))
        buyer, quantity = by_person[look.person], chance.choice((1, 1, 2))
        pool = (look.product_id, deal.pk if deal else None)
        is_over = deal is not None and had[deal.pk, buyer.pk] + quantity > deal.per_person_limit
        if is_over or left.get(pool, 0) < quantity:
            continue
        left[pool] -= quantity
        if deal is not None:
            had[deal.pk, buyer.pk] += quantity
        at = look.at + timedelta(seconds=chance.randint(15, 90))
        yield _sale(
            by_show[look.broadcast_id], look.product, deal, buyer, quantity, at, now, chance
        )


def _sale(
    show: Broadcast,
    product: Product,
    deal: Deal | None,
    buyer: User,
    quantity: int,
    at: datetime,
    now: datetime,
    chance: Random,
) -> Sale:
    price = deal.price_fen if deal else product.list_price_fen
    is_paid = chance.random() < PAYS
    order = Order(
        number=new_number(),
        buyer=buyer,
        key=uuid5(NAMESPACE_URL, f"demo:past:{buyer.pk}:{at.timestamp()}"),
        request_hash="",
        broadcast=show,
        state=S.PAID if is_paid else S.EXPIRED,
        items_fen=price * quantity,
        total_fen=price * quantity,
        address=_address(show, buyer, chance),
        perishable_accepted_at=None if product.seven_day_return else at,
        placed_at=at,
        expires_at=at + timedelta(minutes=15),
        paid_at=at + timedelta(seconds=chance.randint(20, 300)) if is_paid else None,
        closed_at=None if is_paid else at + timedelta(minutes=15),
    )
    line = OrderLine(
        order=order,
        product=product,
        deal=deal,
        broadcast=show,
        producer=product.producer,
        name_zh=product.name_zh,
        name_en=product.name_en,
        unit_zh=product.unit_zh,
        unit_en=product.unit_en,
        quantity=quantity,
        unit_price_fen=price,
        base_price_fen=deal.base_price_fen if deal else None,
        amount_fen=price * quantity,
        producer_fen=product.producer_cost_fen,
        packing_fen=product.packing_fen,
        freight_fen=product.freight_fen,
    )
    sale = Sale(order, line, product, deal, buyer)
    if is_paid:
        _send(sale, now, chance)
    return sale


def _send(sale: Sale, now: datetime, chance: Random) -> None:
    """As far as it has come by now."""
    order = sale.order
    assert order.paid_at is not None
    sent = order.paid_at + timedelta(hours=chance.randint(14, 40))
    arrived = sent + timedelta(hours=chance.randint(30, 70))
    if sent < now:
        sale.sent_at, order.state = sent, S.SHIPPED
        sale.line.shipped_quantity = sale.line.quantity
    if arrived < now:
        sale.arrived_at = order.delivered_at = arrived
        order.state = S.DELIVERED
        done = arrived + timedelta(days=settings.COMPLETION_DAYS)
        if done < now:
            order.state, order.closed_at = S.COMPLETED, done


def _address(show: Broadcast, buyer: User, chance: Random) -> dict[str, str]:
    """The same for the same buyer; a few live in the host's own county."""
    own = Random(buyer.pk)
    province, city, county = own.choice(CITIES)
    if own.random() < 0.08:
        region = show.region
        province, city = "广西壮族自治区", region.prefecture.name_zh
        county = region.name_zh if region.parent_id else "城区"
    return {
        "recipient": buyer.display_name,
        "phone": f"1380013{buyer.pk % 10_000:04}",
        "province": province,
        "city": city,
        "county": county,
        "street": f"{own.choice(STREETS)} {own.randint(1, 180)} 号",
    }


def _give_back(sales: Sequence[Sale]) -> list[Sale]:
    """Some got a part of their money, or all of it, two days after it came; the real way."""
    arrived = [sale for sale in sales if sale.arrived_at is not None]
    chosen = arrived[GIVES_BACK // 2 :: GIVES_BACK]
    boss = User.objects.filter(is_superuser=True).order_by("pk").first()
    if boss is None:
        return []
    for number, sale in enumerate(chosen):
        percent = 100 if number % 3 == 0 else 30
        made = refunds.refund(
            payment=Payment.objects.get(order=sale.order),
            amount_fen=max(sale.order.total_fen * percent // 100, 1),
            reason="到货时有压坏的，照片已看过。",
            actor=boss,
            key=f"demo:past:{sale.order.number}",
        )
        refunds.finish(made, provider_id=f"{demo_refunds.MARK}{sale.order.number}")
        assert sale.arrived_at is not None
        at = sale.arrived_at + timedelta(hours=9)
        Refund.objects.filter(pk=made.pk).update(requested_at=at, decided_at=at, done_at=at)
        RefundEvent.objects.filter(refund=made).update(at=at)
    return chosen
