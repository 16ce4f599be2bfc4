"""A show's flash sales as its host sees them: what is on, what can be started, what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from products.models import ProductImage
from streams.domain.offers import epoch_ms, rendition_url
from streams.models import Broadcast, FlashSale

State = FlashSale.State


@dataclass(frozen=True)
class Row:
    """One flash sale with its goods, in units; `left`, `held` and `sold` once it was started."""

    sale: FlashSale
    image: str
    left: int = 0
    held: int = 0
    sold: int = 0

    @property
    def until_ms(self) -> int | None:
        """What the countdown runs to: the start, then the end."""
        deal = self.sale.deal
        if deal is None:
            return None
        return epoch_ms(deal.ends_at if self.has_begun else deal.starts_at)

    @property
    def has_begun(self) -> bool:
        deal = self.sale.deal
        return deal is not None and deal.starts_at <= timezone.now()

    @property
    def pool(self) -> str:
        return str(self.sale.deal.pool.pk) if self.sale.deal else ""


@dataclass(frozen=True)
class Board:
    now: datetime
    open: Row | None
    ready: Sequence[Row]
    waiting: Sequence[Row]
    past: Sequence[Row]

    @property
    def is_empty(self) -> bool:
        return not (self.open or self.ready or self.waiting or self.past)

    @property
    def now_ms(self) -> int:
        return epoch_ms(self.now) or 0


def board_of(broadcast: Broadcast) -> Board:
    """Two queries, however many there are."""
    sales = (
        FlashSale.objects.filter(broadcast=broadcast)
        .exclude(state=State.WITHDRAWN)
        .select_related("product", "deal__pool", "started_by")
        .prefetch_related("product__images")
        .order_by("planned_at", "pk")
    )
    rows = [_row(sale) for sale in sales]
    past = [row for row in rows if row.sale.state == State.ENDED]
    return Board(
        now=timezone.now(),
        open=next((row for row in rows if row.sale.is_open), None),
        ready=[row for row in rows if row.sale.can_be_started],
        waiting=[row for row in rows if row.sale.state == State.PROPOSED],
        past=sorted(past, key=lambda row: row.sale.closed_at or row.sale.created_at, reverse=True),
    )


def _row(sale: FlashSale) -> Row:
    image = _image(list(sale.product.images.all()))
    if sale.deal is None:
        return Row(sale, image)
    pool = sale.deal.pool
    return Row(sale, image, left=pool.available, held=pool.held, sold=pool.sold)


def _image(images: list[ProductImage]) -> str:
    return rendition_url(images[0], 320) if images else ""
