"""Where the money of one unit goes: parts that sum exactly to the price paid."""

from dataclasses import dataclass

from livecommerce import money
from products.domain.offers import Offer
from products.domain.platform_share import share_bps


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
    product = offer.product
    cost = product.producer_cost_fen + product.packing_fen + product.freight_fen
    left = offer.price_fen - cost
    platform = money.platform_share(offer.price_fen, left, share_bps())
    return MoneySplit(
        producer=product.producer_cost_fen + max(left, 0) - platform,
        packing=product.packing_fen,
        freight=product.freight_fen,
        platform=platform,
        subsidy=max(-left, 0),
        payer=offer.deal.subsidy_payer if offer.deal else "",
    )
