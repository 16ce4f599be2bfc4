"""Seed: orders of the last weeks, in every state, of the demo's viewer and of other people.

They go the way real ones go (checkout, payment, settlement, refund), so that stock, limits and
ledger agree with them; only the clock of their rows is turned back afterwards.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.notifications.models import Delivery, Notification
from orders import demo_farm, demo_offers, demo_past, demo_refunds
from orders.domain import (
    cancelling,
    checkout,
    freight,
    holds,
    payments,
    refunds,
    settlement,
    stock,
)
from orders.domain.order_states import ORDER
from orders.domain.payment_states import PAYMENT
from orders.models import Order, Payment, Refund, RefundEvent, Settlement
from orders.payments.protocol import Method
from products.domain.offers import Offer, offers_for
from products.models import Product

VIEWER = "viewer@demo.livecommerce.example"
OTHERS = 12
ORDERS_OF_OTHERS = 40
NAMES = ("莫", "覃", "韦", "蒙", "卢", "潘", "罗", "黄", "梁", "岑", "农", "闭")
PLACES = (
    ("广东省", "广州市", "天河区", "木棉路 12 号"),
    ("浙江省", "杭州市", "西湖区", "桂花巷 5 号"),
    ("四川省", "成都市", "武侯区", "芙蓉街 88 号"),
    ("北京市", "北京市", "朝阳区", "青年路 3 号"),
)
S = Order.State
VIEWERS_ORDERS = (S.COMPLETED, S.DELIVERED, S.SHIPPED, S.PREPARING, S.PAID, S.CANCELLED)
VIEWERS_HOURS = (620, 150, 70, 33, 10, 400)
FEE_BPS = 60


def seed(out: Callable[[str], object]) -> dict[str, int]:
    """Adds what is missing; a second run changes nothing."""
    demo_offers.seed_freight()
    demo_offers.seed_coupons()
    demo_refunds.seed_rule()
    farm = demo_farm.farm()
    past = demo_past.seed_past(out)
    viewer = User.objects.filter(email=VIEWER).first()
    offers = _offers()
    if viewer is None or not offers or Order.objects.filter(buyer=viewer).exists():
        demo_refunds.open_at_the_double(out)
        return {"orders": past}
    chance = Random(33)
    now = timezone.now()
    with transaction.atomic():
        made = [
            _order(viewer, offers[i], now - timedelta(hours=VIEWERS_HOURS[i]), state, i)
            for i, state in enumerate(VIEWERS_ORDERS)
        ]
        people = _people()
        for number in range(ORDERS_OF_OTHERS):
            buyer, offer = people[number % OTHERS], chance.choice(offers)
            at = now - timedelta(days=chance.uniform(1, 25))
            state = demo_farm.state_at(now - at) if number % 8 else S.EXPIRED
            made.append(_order(buyer, offer, at, state, number))
        made += _orders_of_the_farm(people, offers, now)
        arrived = _arrived_from_the_farm(people, offers, now)
        for order in (*made, *arrived):
            order.refresh_from_db()
        demo_refunds.ask_back(arrived, farm)
        made += arrived
        demo_farm.say(made)
        # Old news is not sent by e-mail; the inbox has it.
        old = Notification.objects.filter(user__in=[viewer, *people])
        Delivery.objects.filter(notification__in=old).update(state="sent", sent_at=now)
    demo_refunds.open_at_the_double(out)
    out(f"orders: {len(made)} of the last weeks, paid, sent, settled, and a few that were not")
    return {"orders": len(made) + past}


def _offers() -> list[Offer]:
    """At the list price: a deal's own window may not have been open yet."""
    products = Product.objects.filter(state=Product.State.LISTED, seven_day_return=True)
    plain = [offer for offer in offers_for(products.order_by("sku")) if offer.deal is None]
    return [offer for offer in plain if offer.available > 50]


def _orders_of_the_farm(people: list[User], offers: list[Offer], now: datetime) -> list[Order]:
    """What waits for the farm that one can sign in as."""
    farm = demo_farm.farm()
    own = [offer for offer in offers if farm and offer.product.producer_id == farm.pk]
    if not own:
        return []
    return [
        _order(
            people[i % OTHERS],
            own[i % len(own)],
            now - timedelta(hours=hours),
            S.PREPARING if i % 4 == 3 else S.PAID,
            ORDERS_OF_OTHERS + i,
        )
        for i, hours in enumerate(demo_farm.WAITING_HOURS)
    ]


def _arrived_from_the_farm(people: list[User], offers: list[Offer], now: datetime) -> list[Order]:
    """Delivered a day or two ago: somebody may want money back."""
    farm = demo_farm.farm()
    own = [offer for offer in offers if farm and offer.product.producer_id == farm.pk]
    first = ORDERS_OF_OTHERS + len(demo_farm.WAITING_HOURS)
    return [
        _order(
            people[-1 - i], own[i % len(own)], now - timedelta(hours=hours), S.DELIVERED, first + i
        )
        for i, hours in enumerate(demo_refunds.ARRIVED_HOURS if own else ())
    ]


def _people() -> list[User]:
    users = []
    for i, name in enumerate(NAMES[:OTHERS]):
        user, _made = User.objects.get_or_create(
            email=f"buyer{i + 1}@demo.livecommerce.example",
            defaults={"display_name": f"{name}小满", "password": "!"},
        )
        users.append(user)
    return users


def _order(
    buyer: User,
    offer: Offer,
    at: datetime,
    state: str,
    number: int,
) -> Order:
    province, city, county, street = PLACES[number % len(PLACES)]
    quantity = 1 + number % 2
    carriage = freight.quote(goods=[(offer.product, quantity)], province=province)
    placed = checkout.place_order(
        buyer=buyer,
        offer=offer,
        quantity=quantity,
        expected_price_fen=offer.price_fen,
        expected_freight_fen=carriage.total_fen,
        address={
            "recipient": buyer.display_name,
            "phone": f"1380013{buyer.pk % 10_000:04}",
            "province": province,
            "city": city,
            "county": county,
            "street": street,
        },
        key=uuid5(NAMESPACE_URL, f"demo:{buyer.email}:{number}"),
    )
    order = Order.objects.get(pk=placed.order_id)
    if state == S.EXPIRED:
        _turn_back(order, at)
        holds.release_expired()
    elif state == S.CANCELLED and buyer.email == VIEWER:
        _pay(order)
        _give_back(order, buyer)
        _turn_back(order, at)
    else:
        _pay(order)
        demo_farm.send_on(order, state)
        _turn_back(order, at)
    return order


def _pay(order: Order) -> None:
    """As `payments` does when the provider says so; the demo's past has no provider to ask."""
    payment = Payment.objects.create(
        order=order,
        method=Method.ALIPAY if order.pk % 2 else Method.WECHAT_PAY,
        intent_id=f"demo_{order.number}",
        idempotency_key=f"demo:{order.number}",
        amount_fen=order.total_fen,
        fee_fen=order.total_fen * FEE_BPS // 10_000,
    )
    PAYMENT.advance(payment, Payment.State.SUCCEEDED)
    ORDER.advance(order, S.PAID, paid_at=timezone.now())
    stock.sell_holds(order)
    row = Settlement.objects.create(order=order)
    payments.tell_buyer(order)
    settlement.settle(row)


def _give_back(order: Order, buyer: User) -> None:
    """The buyer thought better of it before it was sent."""
    made = cancelling.cancel(order=order, actor=buyer)
    if made is not None:
        refunds.finish(made, provider_id=f"{demo_refunds.MARK}{order.number}")


def _turn_back(order: Order, at: datetime) -> None:
    """Move all that happened to the order to when the story says it did, a day a step."""
    shift = timezone.now() - at
    Order.objects.filter(pk=order.pk).update(
        placed_at=F("placed_at") - shift,
        expires_at=F("expires_at") - shift,
        paid_at=F("paid_at") - shift,
        closed_at=F("closed_at") - shift,
    )
    for number, event in enumerate(order.events.order_by("pk")):
        days = timedelta(days=max(number - 1, 0), minutes=3 * min(number, 1))
        order.events.filter(pk=event.pk).update(at=min(at + days, timezone.now()))
    payment = order.payments.first()
    if payment is not None:
        order.payments.update(created_at=at)
        payment.events.update(at=at)
        Refund.objects.filter(payment=payment).update(
            requested_at=at + timedelta(hours=3),
            decided_at=at + timedelta(hours=3),
            done_at=at + timedelta(hours=4),
        )
        steps = RefundEvent.objects.filter(refund__payment=payment)
        steps.exclude(to_state="done").update(at=at + timedelta(hours=3))
        steps.filter(to_state="done").update(at=at + timedelta(hours=4))
    keys = [f"order:{order.number}:paid", f"order:{order.number}:expired"]
    Notification.objects.filter(key__in=keys).update(created_at=at, read_at=at + timedelta(hours=1))
    demo_farm.turn_back(order)
