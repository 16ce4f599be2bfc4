"""A festival as large as wanted, copied into the tables as it would stand there afterwards: for
the tests that count it again row by row, and for the bench. Drawn from one seed: every run is
alike, and nothing in it is round.
"""

import io
import json
import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from livecommerce.accounts.models import User
from products.models import Festival, Product
from streams.models import Broadcast, Segment
from tests.factories import make_county, make_festival, make_official, make_product
from tests.streams.shows import make_show

MINUTES = 120
COUNTIES = ("凤山县", "天峨县", "东兰县", "巴马瑶族自治县")


@dataclass(frozen=True)
class Crowd:
    festival: Festival
    shows: list[Broadcast]
    products: list[Product]
    rows: int
    """How many were written."""


def make_crowd(*, shows=14, people=4000, events=100_000, seed=20261123) -> Crowd:
    """About `events` rows: visitors, looks, moments, comments, follows, orders and their lines,
    payments, settlements, refunds and networks."""
    chance = random.Random(seed)
    now = timezone.now().replace(microsecond=0)
    festival = make_festival(starts_at=now - timedelta(days=25), ends_at=now + timedelta(days=5))
    county = make_county()
    hosts = [make_official(region=county) for _ in range(3)]
    rooms = []
    for number in range(shows):
        began = now - timedelta(days=22) + timedelta(hours=36 * number, minutes=number)
        rooms.append(
            make_show(
                state="ended",
                host=hosts[number % 3],
                festival=festival,
                scheduled_at=began,
                started_at=began,
                ended_at=began + timedelta(minutes=MINUTES),
                peak_viewers=chance.randint(0, 2000),
                likes=chance.randint(0, 90_000),
            )
        )
    products = [make_product(county=county) for _ in range(12)]
    users = User.objects.bulk_create(
        User(email=f"crowd{n}@example.com", display_name=f"众{n}") for n in range(people)
    )
    before = [
        _segments(rooms),
        _audience(chance, rooms, products, people, events),
        _said(chance, rooms, users, events),
        _followed(chance, hosts, rooms, users, events),
        _sold(chance, rooms, products, users, events),
    ]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Crowd(festival, rooms, products, sum(before))


def _segments(rooms):
    rows = []
    for show in rooms:
        for position, (start, minutes) in enumerate([(0, 10), (10, 45), (60, 30), (95, 25)], 1):
            began = show.started_at + timedelta(minutes=start)
            rows.append(
                Segment(
                    broadcast=show,
                    position=position,
                    kind="pitch",
                    title_zh=f"第{position}段",
                    state="done",
                    started_at=began,
                    ended_at=began + timedelta(minutes=minutes),
                )
            )
    return len(Segment.objects.bulk_create(rows))


def _audience(chance, rooms, products, people, events):
    visitors, looks, moments = [], [], []
    each = events * 30 // 100 // len(rooms)
    for show in rooms:
        seen = chance.sample(range(people * 3), min(each, people * 3))
        for person in seen:
            came = show.started_at + timedelta(seconds=chance.randint(0, MINUTES * 60 - 1))
            left = min(came + timedelta(seconds=chance.randint(0, 4000)), show.ended_at)
            seconds = int((left - came).total_seconds()) // 15 * 15
            visits = 1 + (chance.random() < 0.15)
            visitors.append((show.pk, person, visits, seconds, came, left))
        looked = {
            (chance.choice(products).pk, chance.choice(seen))
            for _ in range(events * 17 // 100 // len(rooms))
        }
        looks += [
            (
                show.pk,
                product,
                person,
                show.started_at + timedelta(seconds=chance.randint(0, MINUTES * 60 - 1)),
            )
            for product, person in sorted(looked)
        ]
        for number in range(MINUTES * 4):
            at = show.started_at + timedelta(seconds=15 * number)
            moments.append((show.pk, at, chance.randint(0, 900)))
    return (
        _copy(
            "streams_showvisitor",
            "broadcast_id, person, visits, seconds, first_at, last_at",
            visitors,
        )
        + _copy("streams_showlook", "broadcast_id, product_id, person, at", looks)
        + _copy("streams_showmoment", "broadcast_id, at, viewers", moments)
    )


def _said(chance, rooms, users, events):
    rows = []
    for number in range(events * 13 // 100):
        show = chance.choice(rooms)
        at = show.started_at + timedelta(seconds=chance.randint(-300, MINUTES * 60 + 300))
        visibility = chance.choices(["shown", "held", "private"], [90, 5, 5])[0]
        badge = chance.choices(["", "system", "buyer"], [90, 5, 5])[0]
        text = chance.choice(
            ["支持家乡", f"怎么保存{number}", "已下单，冲啊冲啊", f"好吃{number % 7}"]
        )
        hidden = at if chance.random() < 0.03 else None
        user = chance.choice(users).pk
        rows.append((show.pk, user, f"k{number}", text, "", badge, visibility, False, at, hidden))
    columns = (
        "broadcast_id, user_id, key, text, text_en, badge, visibility, is_demo, created_at,"
        " hidden_at"
    )
    return _copy("streams_chatmessage", columns, rows)


def _followed(chance, hosts, rooms, users, events):
    pairs = {(chance.choice(users).pk, chance.choice(hosts).pk) for _ in range(events * 2 // 100)}
    first = rooms[0].started_at
    rows = [
        (user, host, first + timedelta(minutes=chance.randint(0, 60 * 24 * 22)))
        for user, host in sorted(pairs)
    ]
    return _copy("streams_follow", "user_id, official_id, created_at", rows)


def _sold(chance, rooms, products, users, events):
    orders, lines, payments, settlements, refunds, parts, networks = ([] for _ in range(7))
    order = _next("orders_order")
    line = _next("orders_orderline")
    payment, refund = _next("orders_payment"), _next("orders_refund")
    for _number in range(events * 10 // 100):
        show = chance.choice(rooms)
        buyer = chance.choice(users).pk
        placed = show.started_at + timedelta(seconds=chance.randint(0, MINUTES * 60 - 1))
        order += 1
        goods = chance.sample(products, chance.choices([1, 2, 3], [80, 15, 5])[0])
        discount = chance.choice([0, 0, 0, 500])
        mine = []
        for position, product in enumerate(goods):
            line += 1
            quantity, price = chance.randint(1, 4), chance.randint(990, 12_900)
            off = discount if position == 0 else 0
            sold_in = show.pk if position == 0 else chance.choice([show.pk, None])
            mine.append((line, quantity * price - off))
            lines.append(
                (line, order, product.pk, product.producer_id, product.name_zh, "", "", "",
                 quantity, price, quantity * price, 300, 30, 60, 0, 0, off, sold_in)
            )  # fmt: skip
        total = sum(fen for _line, fen in mine)
        is_paid = chance.random() < 0.72
        paid_at = placed + timedelta(seconds=chance.randint(20, 800)) if is_paid else None
        state = "expired" if not is_paid else chance.choice(["paid", "shipped", "completed"])
        address = {
            "recipient": f"人{buyer}",
            "phone": f"138{buyer % 2500:08}",
            "province": "广西壮族自治区",
            "city": "河池市",
            "county": chance.choice(COUNTIES),
            "street": f"路{chance.randint(1, 3000)}号",
        }
        orders.append(
            (order, f"C{order}", buyer, str(UUID(int=order)), "", show.pk, state, "cny",
             total + discount, 0, discount, total, json.dumps(address, ensure_ascii=False), placed,
             placed + timedelta(minutes=15), paid_at)
        )  # fmt: skip
        networks.append((order, chance.choice([7, chance.randint(1, 2**40)])))
        if paid_at is None:
            continue
        payment += 1
        payments.append(
            (payment, order, "card", f"pi_{order}", f"pay{order}", "succeeded", total, 0, 0,
             "cny", "", "{}", "", placed)
        )  # fmt: skip
        if state == "completed":
            payable = paid_at + timedelta(days=chance.randint(2, 20))
            settlements.append((order, "posted", placed, 0, paid_at, payable, ""))
        if chance.random() < 0.16:
            refund += 1
            asked = paid_at + timedelta(hours=chance.randint(1, 24 * 20))
            fen_of = {one: chance.randint(1, fen) for one, fen in mine if fen > 1}
            verdict = chance.choices(["done", "approved", "refused", "requested"], [70, 10, 10, 10])
            refunds.append(
                (refund, payment, f"r{refund}", "staff", sum(fen_of.values()), "", "",
                 verdict[0], "nein", False, "", "", "", "{}", asked, 0, asked, "")
            )  # fmt: skip
            parts += [(refund, one, fen) for one, fen in fen_of.items()]
    written = _copy(
        "orders_order",
        "id, number, buyer_id, key, request_hash, broadcast_id, state, currency, items_fen,"
        " freight_fen, discount_fen, total_fen, address, placed_at, expires_at, paid_at",
        orders,
    )
    written += _copy(
        "orders_orderline",
        "id, order_id, product_id, producer_id, name_zh, name_en, unit_zh, unit_en, quantity,"
        " unit_price_fen, amount_fen, producer_fen, packing_fen, freight_fen, shipped_quantity,"
        " withdrawn_quantity, discount_fen, broadcast_id",
        lines,
    )
    written += _copy(
        "orders_payment",
        "id, order_id, method, intent_id, idempotency_key, state, amount_fen, refunded_fen,"
        " asked_fen, currency, failure_code, next_action, quarantined_reason, created_at",
        payments,
    )
    written += _copy(
        "orders_settlement",
        "order_id, state, due_at, attempts, posted_at, payable_at, last_error",
        settlements,
    )
    written += _copy(
        "orders_refund",
        "id, payment_id, key, origin, amount_fen, cause, reason, state, answer, is_automatic,"
        " sent_back_by, sent_back_number, provider_id, failed_ids, requested_at, attempts, due_at,"
        " last_error",
        refunds,
    )
    written += _copy("orders_refundline", "refund_id, line_id, amount_fen", parts)
    return written + _copy("orders_ordernetwork", "order_id, number", networks)


def _next(table):
    """The highest id so far; what is copied in with ids of its own begins behind it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        return cursor.fetchone()[0]


def _copy(table, columns, rows):
    """COPY: a hundred thousand rows in about a second."""
    text = io.StringIO()
    for row in rows:
        text.write("\t".join("\\N" if one is None else _escaped(one) for one in row) + "\n")
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", text)
        if columns.startswith("id, "):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
    return len(rows)


def _escaped(value):
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")
