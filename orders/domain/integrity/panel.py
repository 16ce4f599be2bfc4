"""The integrity panel of some shows: numbers that an honest crowd and a made-up one differ in.

Looked at are orders that money came in for. Nothing here names anybody; what is told of a few only
is held back from the public (`FEW`), because a share of a few is a share of somebody.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from orders.domain.integrity.people import people_of
from orders.domain.integrity.told import Told, told_of
from orders.domain.reports.figures import Sales, per_mille
from orders.domain.reports.sales import count_sales
from streams.models import Broadcast

FEW = 5
SAME_LINES, SAME_LENGTH = 10, 6
"""A line of six characters or more that was said ten times or more in one show."""
INHUMAN_PACE = 30
"""Lines of one person within one minute."""


@dataclass(frozen=True)
class Chat:
    lines: int = 0
    same: int = 0
    fast: int = 0
    odd: int = 0
    """Said too often or too fast, or both."""

    @property
    def odd_share(self) -> int | None:
        return per_mille(self.odd, self.lines)


@dataclass(frozen=True)
class Panel:
    """Shares in per mille of the orders for which the thing is known; None of nothing.
    `most_…` are the orders of the one network, address or person that has the most."""

    sales: Sales
    accounts: int
    people: int
    orders: int
    with_network: int
    most_network: int
    most_address: int
    most_person: int
    with_county: int
    from_home: int
    chat: Chat
    told: Told

    @property
    def network_share(self) -> int | None:
        return per_mille(self.most_network, self.with_network)

    @property
    def address_share(self) -> int | None:
        return per_mille(self.most_address, self.orders)

    @property
    def person_share(self) -> int | None:
        return per_mille(self.most_person, self.orders)

    @property
    def home_share(self) -> int | None:
        return per_mille(self.from_home, self.with_county)

    @property
    def is_large_enough(self) -> bool:
        """Whether the public may see shares at all."""
        return self.orders >= FEW and self.people >= FEW


_ORDERS = """
    SELECT DISTINCT ON (bought.id)
           bought.buyer_id, bought.address->>'phone',
           concat_ws('|', bought.address->>'province', bought.address->>'city',
                     bought.address->>'county', bought.address->>'street'),
           bought.address->>'city', bought.address->>'county', came.number,
           place.name_zh, place.kind = 'prefecture', paid.payer_mark
    FROM orders_orderline line
    JOIN orders_order bought ON bought.id = line.order_id AND bought.paid_at IS NOT NULL
    JOIN streams_broadcast show ON show.id = line.broadcast_id
    JOIN officials_official host ON host.id = show.host_id
    JOIN officials_region place ON place.code = host.region_id
    LEFT JOIN orders_payment paid ON paid.order_id = bought.id AND paid.state = 'succeeded'
    LEFT JOIN orders_ordernetwork came ON came.order_id = bought.id
    WHERE line.broadcast_id = ANY(%s)
    ORDER BY bought.id, line.id
"""
_CHAT = """
    WITH said AS (
        SELECT broadcast_id, user_id, date_trunc('minute', created_at) AS minute,
               regexp_replace(lower(text), '[[:space:][:punct:]！，。？、～…]', '', 'g') AS words
        FROM streams_chatmessage
        WHERE broadcast_id = ANY(%s) AND NOT is_demo
          AND badge NOT IN ('system', 'host', 'assistant', 'moderator')
    ), counted AS (
        SELECT char_length(words) >= %s
               AND count(*) OVER (PARTITION BY broadcast_id, words) >= %s AS is_same,
               count(*) OVER (PARTITION BY broadcast_id, user_id, minute) >= %s AS is_fast
        FROM said
    )
    SELECT count(*), count(*) FILTER (WHERE is_same), count(*) FILTER (WHERE is_fast),
           count(*) FILTER (WHERE is_same OR is_fast)
    FROM counted
"""
_SPACES = re.compile(r"[\s,，.。#＃-]+")


def look_at(shows: Sequence[Broadcast]) -> Panel:
    """Four queries for any number of shows."""
    ids = [show.pk for show in shows]
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [ids])
        rows = cursor.fetchall()
        cursor.execute(_CHAT, [ids, SAME_LENGTH, SAME_LINES, INHUMAN_PACE])
        chat = Chat(*cursor.fetchone())
    person_of = people_of((row[0], row[1] or "", row[8]) for row in rows)
    people = Counter(person_of[row[0]] for row in rows)
    addresses = Counter(_SPACES.sub("", row[2]).lower() for row in rows if row[2])
    networks = Counter(row[5] for row in rows if row[5] is not None)
    sent_to = [_is_home(*row[3:5], *row[6:8]) for row in rows if row[4] or row[3]]
    return Panel(
        sales=count_sales(ids).total,
        accounts=len(person_of),
        people=len(people),
        orders=len(rows),
        with_network=networks.total(),
        most_network=_most(networks),
        most_address=_most(addresses),
        most_person=_most(people),
        with_county=len(sent_to),
        from_home=sum(sent_to),
        chat=chat,
        told=told_of(ids),
    )


def _is_home(city: str | None, county: str | None, home: str, is_city: bool) -> bool:
    """Sent to the host's own county; of a host for a whole prefecture, to that."""
    return (city if is_city else county) == home


def _most(counted: "Counter[int] | Counter[str]") -> int:
    return max(counted.values(), default=0)
