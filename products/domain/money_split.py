"""Where the money of one unit goes: parts that sum exactly to the price paid."""

from dataclasses import dataclass

from livecommerce import money
from products.domain.offers import Offer
from products.domain.platform_share import share_bps
from products.models import Deal, Product


@dataclass(frozen=True)
class MoneySplit:
    """Fen of one unit. `subsidy` is what `payer` adds so that the producer's cost is met:
    producer + packing + freight + platform = price + subsidy."""

    producer: int
    packing: int
    freight: int
    platform: int
    subsidy: int
    payer: str

    @property
    def total(self) -> int:
        return self.producer + self.packing + self.freight + self.platform


def split_price(offer: Offer) -> MoneySplit:
    return _split(
        offer.product, offer.price_fen, payer=offer.deal.subsidy_payer if offer.deal else ""
    )


def split_deal(deal: Deal) -> MoneySplit:
    """Of a deal's price, on or not, by what its goods cost now."""
    return _split(deal.product, deal.price_fen, payer=deal.subsidy_payer)


def _split(product: Product, price_fen: int, *, payer: str) -> MoneySplit:
    cost = product.producer_cost_fen + product.packing_fen + product.freight_fen
    left = price_fen - cost
    platform = money.platform_share(price_fen, left, share_bps())
    return MoneySplit(
        producer=product.producer_cost_fen + max(left, 0) - platform,
        packing=product.packing_fen,
        freight=product.freight_fen,
        platform=platform,
        subsidy=max(-left, 0),
        payer=payer,
    )
