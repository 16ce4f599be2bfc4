"""Shelf cards: what a viewer must know to buy, the same for everyone, in both languages.

A card holds the deal *and* the everyday offer; which of the two counts follows from the time
(`reduce.js` offerAt, and `price_at` here), so that a card needs no event when a deal begins.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.core.files.storage import default_storage

from products.models import Deal, Product, ProductImage, StockPool
from streams.models import Broadcast, ShelfItem

CARD_IMAGE_WIDTH = 320


class DealFacts(TypedDict):
    id: int
    price_fen: int
    base_fen: int | None
    percent: int
    limit: int
    is_flash: bool
    starts_at: int
    ends_at: int
    pool: str


class Card(TypedDict):
    item: int
    position: int
    sku: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    image: str
    list_fen: int
    pool: str
    deal: DealFacts | None


class Level(TypedDict):
    left: int
    total: int
    version: int


def epoch_ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def shelf_items(broadcast_id: int) -> list[ShelfItem]:
    """A show's shelf with all that its cards need: four queries, whatever its length."""
    return list(
        ShelfItem.objects.filter(broadcast_id=broadcast_id)
        .select_related("product", "deal")
        .prefetch_related("product__images", "product__pools")
    )


def image_url(product: Product, width: int = CARD_IMAGE_WIDTH) -> str:
    """The smallest rendition at least `width` pixels wide; empty without a picture."""
    images = list(product.images.all())
    return rendition_url(images[0], width) if images else ""


def rendition_url(image: ProductImage, width: int) -> str:
    widths = sorted(int(known) for known in image.renditions)
    fitting = next((known for known in widths if known >= width), None)
    name = image.renditions[str(fitting)] if fitting is not None else image.file.name
    return default_storage.url(name) if name else ""


def poster_url(show: Broadcast, width: int = 640) -> str:
    """The show's cover, or its first product's picture. Wants `shelf…images` prefetched."""
    if show.cover:
        return str(show.cover.url)
    return next((url for item in show.shelf.all() if (url := image_url(item.product, width))), "")


def pools_of(item: ShelfItem) -> list[StockPool]:
    """The pools this item can be sold from: the everyday one and its deal's."""
    return [
        pool
        for pool in item.product.pools.all()
        if pool.deal_id is None or pool.deal_id == item.deal_id
    ]


def card(item: ShelfItem) -> Card:
    product = item.product
    pools = {pool.deal_id: str(pool.pk) for pool in pools_of(item)}
    return Card(
        item=item.pk,
        position=item.position,
        sku=product.sku,
        name_zh=product.name_zh,
        name_en=product.name_en or product.name_zh,
        unit_zh=product.unit_zh,
        unit_en=product.unit_en or product.unit_zh,
        image=image_url(product),
        list_fen=product.list_price_fen,
        pool=pools.get(None, ""),
        deal=_deal_facts(item.deal, pools.get(item.deal_id, "")),
    )


def _deal_facts(deal: Deal | None, pool: str) -> DealFacts | None:
    if deal is None or deal.state != Deal.State.APPROVED:
        return None
    return DealFacts(
        id=deal.pk,
        price_fen=deal.price_fen,
        base_fen=deal.base_price_fen,
        percent=deal.discount_percent,
        limit=deal.per_person_limit,
        is_flash=deal.is_flash,
        starts_at=int(deal.starts_at.timestamp() * 1000),
        ends_at=int(deal.ends_at.timestamp() * 1000),
        pool=pool,
    )


def level(pool: StockPool) -> Level:
    return Level(left=pool.available, total=pool.total, version=pool.version)


def levels(items: Iterable[ShelfItem]) -> dict[str, Any]:
    """Pool id → what is left, for all pools of these items."""
    return {str(pool.pk): level(pool) for item in items for pool in pools_of(item)}


class PriceNow(TypedDict):
    price: int
    base: int | None
    percent: int
    pool: str
    ends_at: int | None


def price_at(card: Card, now_ms: int) -> PriceNow:
    """What a card is sold for at `now_ms`; the same rule as `offerAt` in reduce.js."""
    deal = card["deal"]
    if deal is not None and deal["starts_at"] <= now_ms < deal["ends_at"]:
        return PriceNow(
            price=deal["price_fen"],
            base=deal["base_fen"],
            percent=deal["percent"],
            pool=deal["pool"],
            ends_at=deal["ends_at"],
        )
    return PriceNow(price=card["list_fen"], base=None, percent=0, pool=card["pool"], ends_at=None)
