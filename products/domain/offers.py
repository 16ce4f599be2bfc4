"""What a product costs now and how many there are: the deal that is on, or the list price."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from products.models import Deal, Product, StockPool


@dataclass(frozen=True)
class Offer:
    """Prices in fen, `available` and `total` in units of the offer's own pool.

    `base_price_fen`, `per_person_limit` and `ends_at` are the deal's; None without one.
    """

    product: Product
    deal: Deal | None
    pool: StockPool | None
    price_fen: int
    base_price_fen: int | None
    per_person_limit: int | None
    ends_at: datetime | None
    available: int
    total: int

    @property
    def is_sold_out(self) -> bool:
        return self.available <= 0

    @property
    def can_be_bought(self) -> bool:
        return self.product.is_listed and not self.is_sold_out

    @property
    def discount_percent(self) -> int:
        """Whole percent off the base price, rounded down."""
        return self.deal.discount_percent if self.deal else 0

    @property
    def saving_fen(self) -> int:
        return (self.base_price_fen or self.price_fen) - self.price_fen


def offers_for(products: Iterable[Product], at: datetime | None = None) -> list[Offer]:
    """The offers of `products`, in their order, by two queries however many there are."""
    rows = list(products)
    at = at or timezone.now()
    ids = [product.pk for product in rows]
    deals = {
        deal.product_id: deal
        for deal in Deal.objects.filter(
            product__in=ids, state=Deal.State.APPROVED, starts_at__lte=at, ends_at__gt=at
        ).select_related("festival")
    }
    pools = {
        (pool.product_id, pool.deal_id): pool for pool in StockPool.objects.filter(product__in=ids)
    }
    return [_offer(product, deals.get(product.pk), pools) for product in rows]


def current_offer(product: Product, at: datetime | None = None) -> Offer:
    return offers_for([product], at)[0]


def _offer(
    product: Product, deal: Deal | None, pools: dict[tuple[int, int | None], StockPool]
) -> Offer:
    pool = pools.get((product.pk, deal.pk if deal else None))
    return Offer(
        product=product,
        deal=deal,
        pool=pool,
        price_fen=deal.price_fen if deal else product.list_price_fen,
        base_price_fen=deal.base_price_fen if deal else None,
        per_person_limit=deal.per_person_limit if deal else None,
        ends_at=deal.ends_at if deal else None,
        available=pool.available if pool else 0,
        total=pool.total if pool else 0,
    )
