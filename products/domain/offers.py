"""What a product costs now and how many there are: the flash sale that is on, else the deal that
is on, else the list price."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from products.models import Deal, Product, StockPool

LOOK_AHEAD = timedelta(minutes=10)
"""Flash sales are announced so long before they begin at most; see streams.domain.flash_sales."""


@dataclass(frozen=True)
class Offer:
    """Prices in fen, `available` and `total` in units of the offer's own pool.

    `base_price_fen`, `per_person_limit` and `ends_at` are the deal's; None without one.
    `coming` is the flash sale that is counting down. `changes_at` is when this offer will be
    another one by the clock alone, if that is soon; who remembers an offer forgets it then.
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
    coming: Deal | None = None
    changes_at: datetime | None = None

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
    windows: defaultdict[int, list[Deal]] = defaultdict(list)
    for deal in (
        Deal.objects.filter(
            product__in=ids,
            state=Deal.State.APPROVED,
            starts_at__lte=at + LOOK_AHEAD,
            ends_at__gt=at,
        )
        .select_related("festival")
        .order_by("starts_at", "pk")
    ):
        windows[deal.product_id].append(deal)
    pools = {
        (pool.product_id, pool.deal_id): pool for pool in StockPool.objects.filter(product__in=ids)
    }
    return [_offer(product, windows[product.pk], pools, at) for product in rows]


def current_offer(product: Product, at: datetime | None = None) -> Offer:
    return offers_for([product], at)[0]


def _offer(
    product: Product,
    windows: Sequence[Deal],
    pools: dict[tuple[int, int | None], StockPool],
    at: datetime,
) -> Offer:
    on = [deal for deal in windows if deal.starts_at <= at]
    deal = next((deal for deal in on if deal.is_flash), on[0] if on else None)
    to_come = [deal for deal in windows if deal.starts_at > at]
    moments = [deal.ends_at for deal in on] + [deal.starts_at for deal in to_come]
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
        coming=next((deal for deal in to_come if deal.is_flash), None),
        changes_at=min(moments, default=None),
    )
