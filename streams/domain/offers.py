"""Shelf cards: what a viewer must know to buy, the same for everyone, in both languages.

A card holds the flash sale, the deal *and* the everyday offer; which of them counts follows from
the time (`reduce.js` offerAt, and `price_at` here), so that a card needs no event when one begins.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.core.files.storage import default_storage
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from products.models import Deal, Product, ProductImage, StockPool
from streams.models import Broadcast, FlashSale, RehearsalFlash, ShelfItem

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
    ai: bool
    list_fen: int
    pool: str
    deal: DealFacts | None
    flash: DealFacts | None


class Level(TypedDict):
    left: int
    total: int
    version: int


def epoch_ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def shelf_items(broadcast_id: int) -> list[ShelfItem]:
    """A show's shelf with all that its cards need: four queries, whatever its length."""
    return items_with_offers(ShelfItem.objects.filter(broadcast_id=broadcast_id))


def items_with_offers(items: QuerySet[ShelfItem]) -> list[ShelfItem]:
    """The same of several shows at once."""
    to_come = Deal.objects.filter(state=Deal.State.APPROVED, ends_at__gt=timezone.now())
    found: list[ShelfItem] = list(
        items.select_related("product").prefetch_related(
            "product__images",
            "product__pools",
            Prefetch("product__deals", to_come.order_by("starts_at"), to_attr="deals_to_come"),
        )
    )
    _add_rehearsed([item for item in found if item.broadcast_id < 0])
    return found


def _add_rehearsed(items: list[ShelfItem]) -> None:
    """One query more for rehearsals, none for shows."""
    if not items:
        return
    on = RehearsalFlash.objects.filter(
        broadcast__in={item.broadcast_id for item in items},
        state__in=FlashSale.OPEN,
        ends_at__gt=timezone.now(),
    ).select_related("plan")
    by_place = {(sale.broadcast_id, sale.plan.product_id): sale for sale in on}
    for item in items:
        item.rehearsed = by_place.get((item.broadcast_id, item.product_id))


def rehearsed_of(item: ShelfItem) -> RehearsalFlash | None:
    """In a rehearsal, the flash sale that is tried out. It stands in front of everything."""
    return item.rehearsed


def deal_of(item: ShelfItem) -> Deal | None:
    """The product's deal that is on, or its next one: what the checkout sells by.

    Whatever deal the show was planned with: deals of one product never overlap, and a price in
    a room must be the price that the buyer is asked for.
    """
    return next((deal for deal in _to_come(item) if not deal.is_flash), None)


def flash_of(item: ShelfItem) -> Deal | None:
    """The flash sale that is on or counting down. It stands in front of the deal."""
    return next((deal for deal in _to_come(item) if deal.is_flash), None)


def _to_come(item: ShelfItem) -> list[Deal]:
    deals: list[Deal] = item.product.deals_to_come  # type: ignore[attr-defined]
    return deals


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


def is_picture_made_by_ai(product: Product) -> bool:
    """Of the picture that stands for the product everywhere, its first."""
    images = list(product.images.all())
    return bool(images) and images[0].is_made_by_ai


def picture_marks(show: Broadcast) -> list[str]:
    """What has to be said beside `poster_url`, in the language in force: where the show's picture
    comes from, unless a camera takes it live, and whether its poster was made by AI."""
    marks = []
    if show.picture_source != Broadcast.PictureSource.CAMERA:
        marks.append(str(show.get_picture_source_display()))
    if not show.cover:
        shown = next((one.product for one in show.shelf.all() if image_url(one.product)), None)
        if shown is not None and is_picture_made_by_ai(shown):
            marks.append(_("AI picture"))
    return marks


def pools_of(item: ShelfItem) -> list[StockPool]:
    """The pools this item can be sold from: the everyday one, its deal's and its flash sale's."""
    deals = {deal.pk for deal in (deal_of(item), flash_of(item)) if deal}
    pools = item.product.pools.all()
    return [pool for pool in pools if pool.deal_id is None or pool.deal_id in deals]


def card(item: ShelfItem) -> Card:
    product = item.product
    deal, flash = deal_of(item), flash_of(item)
    pools = {pool.deal_id: str(pool.pk) for pool in pools_of(item)}
    flash_facts = _deal_facts(flash, pools[flash.pk]) if flash else None
    rehearsed = rehearsed_of(item)
    return Card(
        item=item.pk,
        position=item.position,
        sku=product.sku,
        name_zh=product.name_zh,
        name_en=product.name_en or product.name_zh,
        unit_zh=product.unit_zh,
        unit_en=product.unit_en or product.unit_zh,
        image=image_url(product),
        ai=is_picture_made_by_ai(product),
        list_fen=product.list_price_fen,
        pool=pools.get(None, ""),
        deal=_deal_facts(deal, pools[deal.pk]) if deal else None,
        flash=_rehearsed_facts(rehearsed) if rehearsed else flash_facts,
    )


def _rehearsed_facts(sale: RehearsalFlash) -> DealFacts:
    return DealFacts(
        id=0,
        price_fen=sale.price_fen,
        base_fen=sale.base_price_fen,
        percent=sale.discount_percent,
        limit=sale.per_person_limit,
        is_flash=True,
        starts_at=epoch_ms(sale.starts_at) or 0,
        ends_at=epoch_ms(sale.ends_at) or 0,
        pool=sale.pool,
    )


def _deal_facts(deal: Deal, pool: str) -> DealFacts:
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
    shelf = list(items)
    found = {str(pool.pk): level(pool) for item in shelf for pool in pools_of(item)}
    rehearsed = [sale for item in shelf if (sale := rehearsed_of(item))]
    return found | {
        sale.pool: Level(left=sale.left, total=sale.quantity, version=sale.stock_version)
        for sale in rehearsed
    }


class PriceNow(TypedDict):
    price: int
    base: int | None
    percent: int
    pool: str
    ends_at: int | None


def price_at(card: Card, now_ms: int) -> PriceNow:
    """What a card is sold for at `now_ms`; the same rule as `offerAt` in reduce.js."""
    for deal in (card["flash"], card["deal"]):
        if deal is not None and deal["starts_at"] <= now_ms < deal["ends_at"]:
            return PriceNow(
                price=deal["price_fen"],
                base=deal["base_fen"],
                percent=deal["percent"],
                pool=deal["pool"],
                ends_at=deal["ends_at"],
            )
    return PriceNow(price=card["list_fen"], base=None, percent=0, pool=card["pool"], ends_at=None)
