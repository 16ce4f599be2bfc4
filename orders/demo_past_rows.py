"""The rows of the demo's invented orders, as the way of real ones leaves them (a test compares):
held and sold stock, payment, books balanced by the shop's own arithmetic, parcels, reviews, shares
to pay out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import connection
from django.db.models import F

from livecommerce.accounts.models import User
from orders import demo_refunds
from orders.domain import ledger, refund_rules
from orders.domain.money_shares import AccountKey, receipt_entries
from orders.models import (
    Account,
    Entry,
    Hold,
    LimitCounter,
    Order,
    OrderEvent,
    OrderLine,
    OrderNetwork,
    Parcel,
    ParcelEvent,
    ParcelLine,
    Payment,
    PaymentEvent,
    Preparation,
    Review,
    Settlement,
    SettlementEvent,
)
from orders.payments.protocol import Method
from products.models import Deal, Product, StockPool

S = Order.State
FEE_BPS, SAYS = 60, 0.85
STEPS = (S.PLACED, S.PAID, S.PREPARING, S.SHIPPED, S.DELIVERED, S.COMPLETED)
WORDS = (
    (5, "新鲜，个个都好，和直播里看到的一样。"),
    (5, "包装很结实，一个没坏。"),
    (4, "味道好，路上走了三天。"),
    (5, ""),
    (5, "家里老人说是小时候的味道。"),
    (4, "分量足，下次还买。"),
    (3, "比想的小一点，味道还可以。"),
    (5, "价格单看得明白，农户拿多少都写着。"),
    (4, ""),
    (2, "有两个压坏了，客服很快给退了。"),
)


@dataclass
class Sale:
    """One order of one line, and what became of it."""

    order: Order
    line: OrderLine
    product: Product
    deal: Deal | None
    buyer: User
    sent_at: datetime | None = None
    arrived_at: datetime | None = None
    fee_fen: int = 0

    @property
    def is_paid(self) -> bool:
        return self.order.paid_at is not None


def write(sales: Sequence[Sale], now: datetime) -> None:
    Order.objects.bulk_create(sale.order for sale in sales)
    OrderLine.objects.bulk_create(sale.line for sale in sales)
    chance = Random(7)
    networks = {sale.buyer.pk: chance.randint(1, 2**40) for sale in sales}
    OrderNetwork.objects.bulk_create(
        OrderNetwork(order=sale.order, number=networks[sale.buyer.pk]) for sale in sales
    )
    _take_stock(sales)
    paid = [sale for sale in sales if sale.is_paid]
    _pay(paid)
    _post(paid)
    _parcel([sale for sale in paid if sale.sent_at is not None])
    _review([sale for sale in paid if sale.arrived_at is not None], now)
    _step(sales)


def _take_stock(sales: Sequence[Sale]) -> None:
    pools = {(pool.product_id, pool.deal_id): pool for pool in StockPool.objects.all()}
    mine = [pools[sale.product.pk, sale.deal.pk if sale.deal else None] for sale in sales]
    Hold.objects.bulk_create(
        Hold(
            order=sale.order,
            pool=pool,
            quantity=sale.line.quantity,
            state=Hold.State.SOLD if sale.is_paid else Hold.State.RELEASED,
            expires_at=sale.order.expires_at,
        )
        for sale, pool in zip(sales, mine, strict=True)
    )
    sold: Counter[int] = Counter()
    counted: Counter[tuple[int, int]] = Counter()
    for sale, pool in zip(sales, mine, strict=True):
        if sale.is_paid:
            sold[pool.pk] += sale.line.quantity
            if sale.deal is not None:
                counted[sale.deal.pk, sale.buyer.pk] += sale.line.quantity
    for pk, quantity in sorted(sold.items()):
        StockPool.objects.filter(pk=pk).update(
            available=F("available") - quantity,
            sold=F("sold") + quantity,
            version=F("version") + 1,
        )
    LimitCounter.objects.bulk_create(
        LimitCounter(deal_id=deal, buyer_id=buyer, quantity=quantity)
        for (deal, buyer), quantity in sorted(counted.items())
    )


def _pay(paid: Sequence[Sale]) -> None:
    """As `orders.demo` does: `demo_refunds` gives them to the provider's double."""
    for sale in paid:
        sale.fee_fen = sale.order.total_fen * FEE_BPS // 10_000
    payments = Payment.objects.bulk_create(
        Payment(
            order=sale.order,
            method=Method.ALIPAY if number % 3 else Method.WECHAT_PAY,
            intent_id=f"{demo_refunds.MARK}{sale.order.number}",
            idempotency_key=f"demo:{sale.order.number}",
            state=Payment.State.SUCCEEDED,
            amount_fen=sale.order.total_fen,
            fee_fen=sale.fee_fen,
        )
        for number, sale in enumerate(paid)
    )
    PaymentEvent.objects.bulk_create(
        PaymentEvent(payment=one, from_state="created", to_state="succeeded") for one in payments
    )


def _post(paid: Sequence[Sale]) -> None:
    """Into the books, by the shop's own arithmetic."""
    accounts: dict[AccountKey, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, [[sale.order.pk for sale in paid]])
        posted = dict(cursor.fetchall())
    entries = []
    for sale in paid:
        shares = ledger.shares_of(sale.order, [sale.line])
        entries_of = receipt_entries(shares, fee_fen=sale.fee_fen)
        for key, fen in sorted(entries_of.items(), key=str):
            if key not in accounts:
                accounts[key] = _account(key)
            entries.append(
                Entry(
                    transaction_id=posted[sale.order.pk],
                    account_id=accounts[key],
                    amount_fen=fen,
                )
            )
    Entry.objects.bulk_create(entries)
    settled = Settlement.objects.bulk_create(
        Settlement(
            order=sale.order,
            state=Settlement.State.POSTED,
            posted_at=sale.order.paid_at,
            payable_at=_payable_at(sale),
        )
        for sale in paid
    )
    SettlementEvent.objects.bulk_create(
        SettlementEvent(settlement=one, from_state="due", to_state="posted") for one in settled
    )


# At its time: the books cannot be turned back afterwards, and what was booked just now is looked at
# again and again (`payables.LOOK_BACK`).
_BOOKED = """
    INSERT INTO orders_transaction (key, kind, order_id, posted_at)
    SELECT 'order:' || number || ':paid', 'paid', id, paid_at FROM orders_order WHERE id = ANY(%s)
    RETURNING order_id, id
"""


def _account(key: AccountKey) -> int:
    kind, owner = key
    is_payer = isinstance(owner, str)
    row, _made = Account.objects.get_or_create(
        kind=kind, producer_id=None if is_payer else owner, payer=owner if is_payer else ""
    )
    return row.pk


def _payable_at(sale: Sale) -> datetime | None:
    """As `payables.payable_from` says of an order in one parcel."""
    if sale.arrived_at is None:
        return None
    if refund_rules.is_returnable(sale.order, sale.line):
        return refund_rules.returnable_until(sale.arrived_at)
    return sale.arrived_at + timedelta(hours=refund_rules.FRESH_HOURS)


def _parcel(sent: Sequence[Sale]) -> None:
    Preparation.objects.bulk_create(
        Preparation(
            order=sale.order,
            producer=sale.product.producer,
            begun_at=sale.sent_at - timedelta(hours=3),
        )
        for sale in sent
        if sale.sent_at is not None
    )
    parcels = Parcel.objects.bulk_create(
        Parcel(
            order=sale.order,
            producer=sale.product.producer,
            carrier="sf" if number % 2 else "jt",
            tracking_number=f"{'SF' if number % 2 else 'JT'}{6_030_000_000_000 + number}",
            state=Parcel.State.DELIVERED if sale.arrived_at else Parcel.State.SHIPPED,
            shipped_at=sale.sent_at or sale.order.placed_at,
            delivered_at=sale.arrived_at,
            delivered_how=Parcel.Word.CARRIER if sale.arrived_at else "",
        )
        for number, sale in enumerate(sent)
    )
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line=sale.line, quantity=sale.line.quantity)
        for parcel, sale in zip(parcels, sent, strict=True)
    )
    ways = [(parcel, "", Parcel.State.SHIPPED) for parcel in parcels]
    ways += [
        (parcel, Parcel.State.SHIPPED, Parcel.State.DELIVERED)
        for parcel in parcels
        if parcel.is_delivered
    ]
    ParcelEvent.objects.bulk_create(
        ParcelEvent(parcel=parcel, from_state=was, to_state=now) for parcel, was, now in ways
    )


def _review(arrived: Sequence[Sale], now: datetime) -> None:
    chance = Random(5)
    rows = []
    for sale in arrived:
        if chance.random() > SAYS or sale.arrived_at is None:
            continue
        stars, text = chance.choice(WORDS)
        at = min(sale.arrived_at + timedelta(hours=chance.randint(2, 40)), now)
        rows.append(
            Review(
                line=sale.line,
                product=sale.product,
                author=sale.buyer,
                stars=stars,
                text=text,
                written_at=at,
            )
        )
    Review.objects.bulk_create(rows)


def _step(sales: Sequence[Sale]) -> None:
    """Each order's way, and every step at its time: the models stamp it with now."""
    rows = []
    for sale in sales:
        was = ""
        way = (
            [S.PLACED, S.EXPIRED]
            if not sale.is_paid
            else STEPS[: STEPS.index(sale.order.state) + 1]
        )
        for state in way:
            rows.append(OrderEvent(order=sale.order, from_state=was, to_state=state))
            was = state
    OrderEvent.objects.bulk_create(rows)
    orders = [sale.order.pk for sale in sales]
    with connection.cursor() as cursor:
        for statement in _TURN_BACK:
            cursor.execute(statement, [orders])


_TURN_BACK = (
    """
    UPDATE orders_orderevent step SET at = CASE step.to_state
        WHEN 'placed' THEN bought.placed_at WHEN 'paid' THEN bought.paid_at
        WHEN 'preparing' THEN parcel.shipped_at - interval '3 hours'
        WHEN 'shipped' THEN parcel.shipped_at WHEN 'delivered' THEN parcel.delivered_at
        ELSE bought.closed_at END
    FROM orders_order bought LEFT JOIN orders_parcel parcel ON parcel.order_id = bought.id
    WHERE step.order_id = bought.id AND bought.id = ANY(%s)
    """,
    """
    UPDATE orders_parcelevent step
    SET at = CASE step.to_state WHEN 'shipped' THEN parcel.shipped_at ELSE parcel.delivered_at END
    FROM orders_parcel parcel WHERE step.parcel_id = parcel.id AND parcel.order_id = ANY(%s)
    """,
    """
    UPDATE orders_payment payment SET created_at = bought.placed_at
    FROM orders_order bought
    WHERE payment.order_id = bought.id AND bought.id = ANY(%s)
    """,
    """
    UPDATE orders_paymentevent step SET at = bought.paid_at
    FROM orders_payment payment JOIN orders_order bought ON bought.id = payment.order_id
    WHERE step.payment_id = payment.id AND bought.id = ANY(%s)
    """,
    """
    UPDATE orders_settlementevent step SET at = settled.posted_at
    FROM orders_settlement settled
    WHERE step.settlement_id = settled.id AND settled.order_id = ANY(%s)
    """,
)


def work_out_payouts(now: datetime) -> None:
    """What `payables.open_due` would find at its first look, in one go."""
    with connection.cursor() as cursor:
        cursor.execute(_PAYOUTS, {"now": now})


_PAYOUTS = """
    WITH ready AS (
        UPDATE orders_settlement SET lines_at = payable_at
        WHERE state = 'posted' AND lines_at IS NULL AND payable_at <= %(now)s
          AND order_id IN (SELECT bought.id FROM orders_order bought
                           JOIN streams_broadcast show ON show.id = bought.broadcast_id
                           WHERE show.is_demo)
        RETURNING order_id
    )
    INSERT INTO orders_payoutline (key, order_id, producer_id, amount_fen, send_fen, state,
                                   made_at, attempts, due_at, transfer_id, last_error)
    SELECT bought.number || ':' || account.producer_id || ':1', bought.id, account.producer_id,
           -sum(entry.amount_fen), 0, 'open', %(now)s, 0, %(now)s, '', ''
    FROM ready
    JOIN orders_order bought ON bought.id = ready.order_id
    JOIN orders_transaction posted ON posted.order_id = bought.id AND posted.kind <> 'payout'
    JOIN orders_entry entry ON entry.transaction_id = posted.id
    JOIN orders_account account ON account.id = entry.account_id AND account.kind = 'producer'
    GROUP BY bought.number, bought.id, account.producer_id
    HAVING sum(entry.amount_fen) <> 0
"""
