"""What a room knows of its flash sale: the one that was started last, until the next one is."""

from collections.abc import Iterable
from typing import Any

from streams.domain.offers import epoch_ms
from streams.models import Broadcast, FlashSale, RehearsalFlash, ShelfItem


def newest(broadcast: Broadcast, items: Iterable[ShelfItem]) -> dict[str, Any] | None:
    """For the snapshot; `items` is the show's shelf. One query."""
    by_product = {item.product_id: item.pk for item in items}
    if broadcast.is_rehearsal:
        tried = RehearsalFlash.objects.filter(broadcast=broadcast, started_at__isnull=False)
        last = tried.select_related("plan__product").order_by("-started_at").first()
        return facts_of_rehearsal(last, by_product.get(last.plan.product_id)) if last else None
    started = FlashSale.objects.filter(broadcast=broadcast, deal__isnull=False)
    sale = started.select_related("deal__pool").order_by("-started_at").first()
    if sale is None:
        return None
    return facts(sale, by_product.get(sale.product_id))


LINGER_MS = 60_000
"""How long a room still says that its flash sale is over, or was called off; as in flash.js."""


def phase_at(sale: dict[str, Any] | None, now_ms: int) -> str:
    """`soon`, `on`, `over`, `off`, or empty when there is nothing to say (any more). The same
    rule as `phaseAt` in static/js/room/flash.js."""
    if sale is None or sale["item"] is None:
        return ""
    closed = sale["closed_at"] or sale["ends_at"]
    if sale["state"] in (FlashSale.State.CANCELLED, FlashSale.State.WITHDRAWN):
        return "off" if now_ms < closed + LINGER_MS else ""
    if sale["state"] == FlashSale.State.ENDED or now_ms >= sale["ends_at"]:
        return "over" if now_ms < min(closed, sale["ends_at"]) + LINGER_MS else ""
    return "soon" if now_ms < sale["starts_at"] else "on"


def facts(sale: FlashSale, item_id: int | None) -> dict[str, Any]:
    """Times in epoch milliseconds, money in fen. Which of countdown, on and over it is follows
    from `starts_at` and `ends_at` by the server's clock; `state` says what was cut short."""
    deal = sale.deal
    assert deal is not None
    return {
        "id": sale.pk,
        "item": item_id,
        "run": epoch_ms(sale.started_at),
        "version": sale.version,
        "state": sale.state,
        "starts_at": epoch_ms(deal.starts_at),
        "ends_at": epoch_ms(deal.ends_at),
        "price_fen": deal.price_fen,
        "base_fen": deal.base_price_fen,
        "percent": deal.discount_percent,
        "limit": deal.per_person_limit,
        "total": deal.quantity,
        "deal": deal.pk,
        "pool": str(deal.pool.pk),
        "closed_at": epoch_ms(sale.closed_at),
        "reason": sale.reason,
        "taken": sale.units_taken,
    }


def facts_of_rehearsal(sale: RehearsalFlash, item_id: int | None) -> dict[str, Any]:
    """The same of one that is tried out."""
    return {
        "id": sale.pk,
        "item": item_id,
        "run": epoch_ms(sale.started_at),
        "version": sale.version,
        "state": sale.state,
        "starts_at": epoch_ms(sale.starts_at),
        "ends_at": epoch_ms(sale.ends_at),
        "price_fen": sale.price_fen,
        "base_fen": sale.base_price_fen,
        "percent": sale.discount_percent,
        "limit": sale.per_person_limit,
        "total": sale.quantity,
        "deal": None,
        "pool": sale.pool,
        "closed_at": epoch_ms(sale.closed_at),
        "reason": sale.reason,
        "taken": sale.taken,
    }
