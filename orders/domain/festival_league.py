"""Who does it well in a festival: by how content buyers are, how many come back, and how much of
each yuan stays with the farm. Never by how much was sold.

Only settled orders count: delivered, the time to return them over, nothing argued about. A share
of few says little, so that the lower end of what it may well be is ranked (Wilson, 95 %), and who
has fewer than LEAST of what is counted is not ranked at all. The rule in words: docs/festival.md.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import pick
from officials.models import Region
from products.models import Festival, Producer

KEPT_SECONDS = 300
LEAST = 10
"""Reviews, buyers or orders; fewer are not ranked."""
SHOWN = 10
SURE = 1.96
"""Of the normal distribution: 95 % lie within so many standard deviations."""


class Level(TextChoices):
    PREFECTURE = "prefecture", _("Prefectures")
    COUNTY = "county", _("Counties")
    PRODUCER = "producer", _("Producers")


class Measure(TextChoices):
    CONTENT = "content", _("Content buyers")
    BACK = "back", _("Buyers who came back")
    FARM = "farm", _("The farm’s share")


@dataclass(frozen=True)
class Row:
    """What is counted of one place or producer. Money in fen: `farm_fen` is what the books say is
    the producer's of `price_fen`, the price paid with the subsidies that others added."""

    level: str
    key: str
    name_zh: str
    name_en: str
    where_zh: str
    where_en: str
    orders: int
    buyers: int
    came_back: int
    reviews: int
    content: int
    farm_fen: int
    price_fen: int

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en or self.name_zh)

    @property
    def where(self) -> str:
        return pick(self.where_zh, self.where_en or self.where_zh)

    def of(self, measure: Measure) -> tuple[int, int]:
        """What of how much."""
        return {
            Measure.CONTENT: (self.content, self.reviews),
            Measure.BACK: (self.came_back, self.buyers),
            Measure.FARM: (self.farm_fen, self.price_fen),
        }[measure]

    def base(self, measure: Measure) -> int:
        """How many were counted: reviews, buyers, orders."""
        return self.orders if measure == Measure.FARM else self.of(measure)[1]


@dataclass(frozen=True)
class Ranked:
    """`share` and `floor` in per mille; they are the same for money, which is no sample."""

    rank: int
    row: Row
    share: int
    floor: int
    base: int

    @property
    def percent(self) -> str:
        return _tenths(self.share)

    @property
    def floor_percent(self) -> str:
        return _tenths(self.floor)


@dataclass(frozen=True)
class League:
    level: Level
    measure: Measure
    ranked: list[Ranked]
    more: int
    """Ranked behind those that are shown."""
    too_few: int
    """Have sold something and are not ranked."""


def league_of(festival: Festival, *, level: str = "", measure: str = "") -> League:
    """One table of the league; unknown names mean the first. Counted anew every five minutes."""
    chosen = Level(level) if level in Level.values else Level.PREFECTURE
    by = Measure(measure) if measure in Measure.values else Measure.CONTENT
    rows = [row for row in _kept(festival) if row.level == chosen]
    enough = [row for row in rows if row.base(by) >= LEAST and row.of(by)[1] > 0]
    scored = sorted(
        ((_floor(row, by), row) for row in enough),
        key=lambda one: (-one[0], -one[1].base(by), one[1].key),
    )
    floors = [floor for floor, _row in scored]
    ranked = [
        Ranked(floors.index(floor) + 1, row, _share(*row.of(by)), floor, row.base(by))
        for floor, row in scored[:SHOWN]
    ]
    return League(chosen, by, ranked, len(scored) - len(ranked), len(rows) - len(enough))


def count_rows(festival: Festival) -> list[Row]:
    """Everybody who has settled orders in this festival. Three queries, one of them large."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"festival": festival.pk})
        counted = cursor.fetchall()
    codes = [key for level, key, *_rest in counted if level != Level.PRODUCER]
    regions = Region.objects.select_related("parent").in_bulk(codes)
    makers = [int(key) for level, key, *_rest in counted if level == Level.PRODUCER]
    producers = Producer.objects.select_related("region__parent").in_bulk(makers)
    return [
        Row(level, key, *_names(level, key, regions, producers), *map(int, numbers))
        for level, key, *numbers in counted
    ]


def wilson_floor(good: int, of: int) -> int:
    """The lower end of the 95 % interval of a share, in per mille, rounded down."""
    if not of:
        return 0
    share, square = good / of, SURE**2
    middle = share + square / (2 * of)
    width = SURE * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0, int((middle - width) / (1 + square / of) * 1000 + 1e-9))


def _floor(row: Row, measure: Measure) -> int:
    part, whole = row.of(measure)
    return _share(part, whole) if measure == Measure.FARM else wilson_floor(part, whole)


def _share(part: int, whole: int) -> int:
    """Per mille, rounded down."""
    return part * 1000 // whole


def _tenths(per_mille: int) -> str:
    whole, rest = divmod(per_mille, 10)
    return f"{whole}.{rest}" if rest else str(whole)


def _kept(festival: Festival) -> list[Row]:
    found = cache.get(f"festival-league:{festival.pk}")
    if found is None:
        found = count_rows(festival)
        cache.set(f"festival-league:{festival.pk}", found, KEPT_SECONDS)
    rows: list[Row] = found
    return rows


def _names(
    level: str, key: str, regions: dict[str, Region], producers: dict[int, Producer]
) -> tuple[str, str, str, str]:
    """Its own, and where it is, each in both languages."""
    if level == Level.PRODUCER:
        producer = producers[int(key)]
        return (
            producer.name_zh,
            producer.name_en,
            producer.region.name_zh,
            producer.region.name_en,
        )
    region = regions[key]
    above = region.parent
    return region.name_zh, region.name_en, above.name_zh if above else "", _english(above)


def _english(region: Any) -> str:
    return str(region.name_en) if region else ""


# What of an order is the festival's: lines sold by one of its deals or in one of its shows. What
# the farm gets is read from the books, an order's share by producer; where only some of the lines
# of a producer are the festival's, it is split by what the lines cost. `weight` is what came in
# for a line and stayed: its price, or its costs where others paid the difference, less refunds.
_COUNT = """
WITH weighed AS (
    SELECT line.id, line.order_id, line.product_id, line.producer_id,
           line.deal_id, line.broadcast_id,
           greatest(line.amount_fen,
                    (line.producer_fen + line.packing_fen + line.freight_fen) * line.quantity)
           * CASE WHEN line.amount_fen = line.discount_fen THEN 1
                  ELSE 1 - coalesce(back.fen, 0)::numeric
                           / (line.amount_fen - line.discount_fen) END AS weight
    FROM orders_orderline line
    JOIN orders_settlement settled
      ON settled.order_id = line.order_id AND settled.lines_at IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT sum(part.amount_fen) AS fen FROM orders_refundline part
        JOIN orders_refund refund ON refund.id = part.refund_id AND refund.state = 'done'
        WHERE part.line_id = line.id
    ) back ON true
    WHERE line.order_id IN (
        SELECT theirs.order_id FROM orders_orderline theirs
        WHERE theirs.deal_id IN (SELECT id FROM products_deal WHERE festival_id = %(festival)s)
           OR theirs.broadcast_id IN
              (SELECT id FROM streams_broadcast WHERE festival_id = %(festival)s)
    )
),
split AS (
    SELECT weighed.*,
           weight / nullif(sum(weight) OVER (PARTITION BY order_id, producer_id), 0) AS part
    FROM weighed
),
books AS (
    SELECT posted.order_id, account.producer_id, -sum(entry.amount_fen) AS fen
    FROM orders_entry entry
    JOIN orders_transaction posted ON posted.id = entry.transaction_id AND posted.kind <> 'payout'
    JOIN orders_account account ON account.id = entry.account_id AND account.kind = 'producer'
    WHERE posted.order_id IN (SELECT order_id FROM weighed)
    GROUP BY posted.order_id, account.producer_id
),
fair AS (
    SELECT split.id, split.order_id, bought.buyer_id,
           (bought.placed_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
           split.weight, coalesce(books.fen * split.part, 0) AS farm_fen,
           place.level, place.key
    FROM split
    JOIN orders_order bought ON bought.id = split.order_id
    JOIN products_product product ON product.id = split.product_id
    LEFT JOIN books ON books.order_id = split.order_id
                   AND books.producer_id = split.producer_id
    CROSS JOIN LATERAL (VALUES
        ('prefecture', product.prefecture_id),
        ('county', product.county_id),
        ('producer', split.producer_id::text)
    ) AS place(level, key)
    WHERE place.key IS NOT NULL AND split.weight > 0
      AND (split.deal_id IN (SELECT id FROM products_deal WHERE festival_id = %(festival)s)
           OR split.broadcast_id IN
              (SELECT id FROM streams_broadcast WHERE festival_id = %(festival)s))
),
people AS (
    SELECT level, key, count(*) AS buyers, count(*) FILTER (WHERE days > 1) AS came_back
    FROM (SELECT level, key, buyer_id, count(DISTINCT day) AS days
          FROM fair GROUP BY level, key, buyer_id) each_one
    GROUP BY level, key
),
said AS (
    SELECT fair.level, fair.key, count(*) AS reviews,
           count(*) FILTER (WHERE review.stars >= 4) AS content
    FROM fair JOIN orders_review review ON review.line_id = fair.id AND review.hidden_at IS NULL
    GROUP BY fair.level, fair.key
)
SELECT fair.level, fair.key, count(DISTINCT fair.order_id), people.buyers, people.came_back,
       coalesce(said.reviews, 0), coalesce(said.content, 0),
       round(sum(fair.farm_fen)), round(sum(fair.weight))
FROM fair
JOIN people USING (level, key)
LEFT JOIN said USING (level, key)
GROUP BY fair.level, fair.key, people.buyers, people.came_back, said.reviews, said.content
ORDER BY fair.level, fair.key
"""
