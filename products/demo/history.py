"""Sixty to ninety days of prices, and a festival whose deals they honestly support.

Nothing is typed in that the shop computes: points go in as history kept elsewhere, products are
listed and deals approved through the same triggers as in the shop, which refuse a dishonest one.
"""

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from livecommerce.accounts.models import User
from officials.models import Region
from products.models import Deal, Festival, PricePoint, Product, StockPool

FESTIVAL_SLUG = "sanyuesan"
_NEARBY_DEALS = 34
"""Deals besides those of the 2020 event, so that every prefecture has some."""


def price_points(products: list[Product], now: datetime) -> list[PricePoint]:
    """Two to four list prices each; the last is today's, and has stood for weeks.

    Every fourth product was on sale at 5 % less some weeks ago: that lower price, not today's,
    is what its deal is measured by.
    """
    points = []
    for number, product in enumerate(products):
        chance = Random(product.sku)
        price = product.list_price_fen
        steps = [(chance.randint(76, 92), _round(price * chance.randint(100, 108) // 100))]
        if number % 3 == 0:
            steps.append((chance.randint(56, 70), _round(price * chance.randint(96, 104) // 100)))
        if number % 4 == 0:
            steps.append((chance.randint(24, 30), _round(price * 95 // 100)))
            steps.append((chance.randint(12, 18), price))
        else:
            steps.append((chance.randint(46, 54), price))
        points += [
            PricePoint(
                product=product,
                price_fen=fen,
                effective_at=now - timedelta(days=days, minutes=chance.randint(0, 600)),
            )
            for days, fen in steps
        ]
    return points


def _round(fen: int) -> int:
    """To whole yuan, as labels are."""
    return max(100, round(fen / 100) * 100)


def seed_festival(now: datetime) -> Festival:
    """Around today: began sixteen days ago (its first orders are settled), ends in three weeks."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    festival, made = Festival.objects.get_or_create(
        slug=FESTIVAL_SLUG,
        defaults={
            "name_zh": "广西三月三好物节",
            "name_en": "Guangxi Third-of-March Fair",
            "starts_at": midnight - timedelta(days=16),
            "ends_at": midnight + timedelta(days=22),
            "intro_zh": "十四个市的领导干部走进直播间，家乡好物全场五折起，价格有据可查。",
            "intro_en": (
                "Officials of all fourteen cities open their rooms: the goods of home at half"
                " price, and every price with its proof."
            ),
        },
    )
    if made:
        festival.regions.set(Region.objects.filter(kind=Region.Kind.PREFECTURE))
    return festival


def seed_deals(
    products: list[Product], event_skus: set[str], festival: Festival, approver: User
) -> list[Deal]:
    """Approved deals with their pools; the database computes and checks every base price.

    The caller allows history to be imported, as the deals began some days ago.
    """
    bases = _lowest_list_prices(products, festival.starts_at)
    deals = []
    for product in _chosen(products, event_skus):
        chance = Random(product.sku + "deal")
        share = chance.choice([50, 50, 50, 49, 48, 45, 42]) if product.sku not in event_skus else 50
        price = bases[product.pk] * share // 100 // 10 * 10
        below_cost = price < product.producer_cost_fen + product.packing_fen + product.freight_fen
        quantity = chance.choice([18, 60, 120, 200, 300, 500, 800])
        deals.append(
            Deal(
                festival=festival,
                product=product,
                price_fen=price,
                quantity=quantity,
                per_person_limit=chance.choice([2, 2, 3, 5]),
                starts_at=festival.starts_at + timedelta(hours=chance.choice([8, 9, 10])),
                ends_at=festival.ends_at - timedelta(hours=chance.choice([1, 2, 3])),
                subsidy_payer_zh=f"{product.origin.name_zh}助农补贴资金" if below_cost else "",
                subsidy_payer_en=(
                    f"Farm-aid fund of {product.origin.name_en}" if below_cost else ""
                ),
                state=Deal.State.APPROVED,
                approved_by=approver,
                approved_at=festival.starts_at - timedelta(days=1),
            )
        )
    Deal.objects.bulk_create(deals)
    StockPool.objects.bulk_create(_pools(products, deals))
    return deals


def _chosen(products: list[Product], event_skus: set[str]) -> list[Product]:
    """The products of the 2020 event, then others, prefecture by prefecture in turn."""
    first = [product for product in products if product.sku in event_skus]
    rest = [product for product in products if product.sku not in event_skus]
    rest.sort(key=lambda product: (product.sku[6:], product.sku[:5]))
    return first + rest[:_NEARBY_DEALS]


def _lowest_list_prices(products: list[Product], starts_at: datetime) -> dict[int, int]:
    """What the triggers will find: the lowest list price of the thirty days before."""
    since = starts_at - timedelta(days=31)
    series: dict[int, list[tuple[datetime, int]]] = {}
    points = PricePoint.objects.filter(
        product__in=products, deal=None, effective_at__lte=starts_at + timedelta(days=1)
    )
    for product_id, at, fen in points.values_list("product_id", "effective_at", "price_fen"):
        series.setdefault(product_id, []).append((at, fen or 0))
    lowest = {}
    for product_id, steps in series.items():
        ends = [at for at, _ in steps[1:]] + [starts_at + timedelta(days=1)]
        lowest[product_id] = min(
            fen for (_, fen), end in zip(steps, ends, strict=True) if end > since
        )
    return lowest


def _pools(products: list[Product], deals: list[Deal]) -> list[StockPool]:
    """Everyday stock, and the deals' own. Nothing is sold yet: no order stands behind it."""
    pools = []
    for product in products:
        units = Random(product.sku + "stock").randint(300, 2400)
        pools.append(StockPool(product=product, total=units, available=units))
    for deal in deals:
        units = deal.quantity
        pools.append(StockPool(product=deal.product, deal=deal, total=units, available=units))
    return pools
