"""Seed: the farm one can sign in as, with parcels to send, some on their way, and what buyers say.

Orders of the past are sent and received here too, by the same rules as real ones.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.notifications.models import Notification
from orders.domain import fulfilment, parcels, review_replies, reviews
from orders.domain.order_states import ORDER
from orders.models import Order, OrderLine, Parcel, Review
from products.domain.approval_rules import county_officials
from products.models import Producer, Product

PRODUCER = "producer@demo.livecommerce.example"
S = Order.State
SENT = (S.SHIPPED, S.DELIVERED, S.COMPLETED)
WAITING_HOURS = (76, 44, 40, 30, 21, 20, 9, 3, 1)
"""How long ago each order of the demo's farm was paid: one is late, some are due today."""
WORDS = (
    (5, "果子大小均匀，没有坏的，家里老人很喜欢。", "谢谢您！下个月新果上市，欢迎再来。"),
    (4, "味道很正，就是路上走了四天。", "最近雨多，路上慢了些，我们换了更快的快递。"),
    (5, "直播里看到的就是这个样子，包装很结实。", ""),
    (3, "个头比想的小一点，味道还可以。", "这一批按净重装，足斤足两；大果会单独标明。"),
    (5, "第二次买了，真是半价，价格单也看得明白。", ""),
    (4, "", ""),
)


def farm() -> Producer | None:
    """The producer with most goods on the shelf gets the demo's account, once."""
    user = User.objects.filter(email=PRODUCER).first()
    if user is None:
        return None
    known = Producer.objects.filter(user=user).first()
    if known is not None:
        return known
    listed = Q(products__state=Product.State.LISTED, products__seven_day_return=True)
    found = Producer.objects.annotate(n=Count("products", filter=listed)).order_by("-n", "pk")
    chosen = found.filter(n__gt=0).first()
    if chosen is not None:
        chosen.user = user
        chosen.save(update_fields=["user"])
    return chosen


def send_on(order: Order, state: str) -> None:
    """From paid to `state` the way real orders go: prepared, in parcels, received."""
    lines = list(order.lines.select_related("producer").order_by("pk"))
    for line in lines:
        assert line.producer is not None
        actor = line.producer.user or order.buyer
        if state in (S.PREPARING, *SENT):
            fulfilment.prepare(order=order, producer=line.producer, actor=actor)
        if state in SENT:
            parcel = parcels.ship(
                order=order,
                producer=line.producer,
                actor=actor,
                carrier="sf" if line.pk % 2 else "jt",
                tracking_number=f"{'SF' if line.pk % 2 else 'JT'}{6_020_000_000_000 + line.pk}",
                units={line.pk: line.quantity},
            )
            if state != S.SHIPPED:
                parcels.record_delivery(parcel=parcel, how=Parcel.Word.BUYER, actor=order.buyer)
    if state == S.COMPLETED:
        order.refresh_from_db()
        ORDER.advance(order, S.COMPLETED, closed_at=timezone.now())


def turn_back(order: Order) -> None:
    """Parcels, and what was said about them, at the times of the order's own steps."""
    steps = dict(order.events.values_list("to_state", "at"))
    sent_at, arrived_at = steps.get(S.SHIPPED), steps.get(S.DELIVERED)
    Order.objects.filter(pk=order.pk).update(delivered_at=arrived_at)
    if arrived_at is not None and S.COMPLETED in steps:
        done_at = min(arrived_at + timedelta(days=settings.COMPLETION_DAYS), timezone.now())
        order.events.filter(to_state=S.COMPLETED).update(at=done_at)
        Order.objects.filter(pk=order.pk).update(closed_at=done_at)
    order.preparations.update(begun_at=steps.get(S.PREPARING, timezone.now()))
    for parcel in order.parcels.all():
        Parcel.objects.filter(pk=parcel.pk).update(
            shipped_at=sent_at or parcel.shipped_at,
            delivered_at=arrived_at if parcel.is_delivered else None,
        )
        parcel.events.filter(to_state=Parcel.State.SHIPPED).update(at=sent_at)
        parcel.events.filter(to_state=Parcel.State.DELIVERED).update(at=arrived_at)
        _turn_messages_back(parcel, sent_at)


def state_at(age: timedelta) -> str:
    """Where an order paid so long ago is by now."""
    for days, state in ((13, S.COMPLETED), (5, S.DELIVERED), (1.5, S.SHIPPED), (1, S.PREPARING)):
        if age > timedelta(days=days):
            return state
    return S.PAID


def say(orders: Sequence[Order]) -> int:
    """Reviews of what has arrived, some answered; returns how many."""
    arrived = [order for order in orders if order.state in (S.DELIVERED, S.COMPLETED)]
    lines = OrderLine.objects.filter(order__in=arrived).select_related("order__buyer", "producer")
    said = 0
    for number, line in enumerate(lines.order_by("pk")):
        if number % 3 == 2 or not reviews.can_review(line):
            continue
        stars, text, answer = WORDS[number % len(WORDS)]
        row = reviews.review(line=line, author=line.order.buyer, stars=stars, text=text)
        at = (line.order.delivered_at or timezone.now()) + timedelta(hours=5)
        Review.objects.filter(pk=row.pk).update(written_at=min(at, timezone.now()))
        if answer and line.producer is not None:
            actor = line.producer.user or line.order.buyer
            reviews.reply(review=row, producer=line.producer, actor=actor, text=answer)
        office = county_officials(row.product).first() if not said else None
        if office is not None and review_replies.may_reply(office.user, row):
            words = "县里到合作社看过，产地属实。有不满意的地方，请继续告诉我们。"
            review_replies.reply_as_office(review=row, by=office.user, text=words)
        said += 1
    return said


def _turn_messages_back(parcel: Parcel, at: datetime | None) -> None:
    if at is not None:
        rows = Notification.objects.filter(key=f"parcel:{parcel.pk}:sent")
        rows.update(created_at=at, read_at=at + timedelta(hours=1))
