"""A show's flash sales as its host sees them: what is on, what can be started, what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from products.models import ProductImage
from streams.domain.offers import epoch_ms, rendition_url
from streams.models import Broadcast, FlashSale, RehearsalFlash

State = FlashSale.State


@dataclass(frozen=True)
class Row:
    """One flash sale with its goods, in units; `left`, `held` and `sold` once it was started."""

    sale: FlashSale | RehearsalFlash
    image: str
    left: int = 0
    held: int = 0
    sold: int = 0

    @property
    def until_ms(self) -> int | None:
        """What the countdown runs to: the start, then the end."""
        starts_at, ends_at = self._window
        return epoch_ms(ends_at if self.has_begun else starts_at)

    @property
    def has_begun(self) -> bool:
        starts_at = self._window[0]
        return starts_at is not None and starts_at <= timezone.now()

    @property
    def _window(self) -> tuple[datetime | None, datetime | None]:
        if isinstance(self.sale, RehearsalFlash):
            return self.sale.starts_at, self.sale.ends_at
        deal = self.sale.deal
        return (deal.starts_at, deal.ends_at) if deal else (None, None)

    @property
    def pool(self) -> str:
        if isinstance(self.sale, RehearsalFlash):
            return self.sale.pool
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
    if broadcast.is_rehearsal:
        return _board([_row_of_rehearsal(sale) for sale in _tried(broadcast)])
    sales = (
        FlashSale.objects.filter(broadcast=broadcast)
        .exclude(state=State.WITHDRAWN)
        .select_related("product", "deal__pool", "started_by")
        .prefetch_related("product__images")
        .order_by("planned_at", "pk")
    )
    return _board([_row(sale) for sale in sales])


def _board(rows: list[Row]) -> Board:
    past = [row for row in rows if row.sale.state == State.ENDED]
    return Board(
        now=timezone.now(),
        open=next((row for row in rows if row.sale.is_open), None),
        ready=[row for row in rows if row.sale.can_be_started],
        waiting=[row for row in rows if row.sale.state == State.PROPOSED],
        past=sorted(past, key=lambda row: row.sale.closed_at or timezone.now(), reverse=True),
    )


def _tried(broadcast: Broadcast) -> list[RehearsalFlash]:
    rows = RehearsalFlash.objects.filter(broadcast=broadcast).select_related("plan__product")
    return list(rows.prefetch_related("plan__product__images"))


def _row_of_rehearsal(sale: RehearsalFlash) -> Row:
    """What was bought there counts as sold: nothing is held for anybody."""
    image = _image(list(sale.product.images.all()))
    return Row(sale, image, left=sale.left, sold=sale.taken)


def _row(sale: FlashSale) -> Row:
    image = _image(list(sale.product.images.all()))
    if sale.deal is None:
        return Row(sale, image)
    pool = sale.deal.pool
    return Row(sale, image, left=pool.available, held=pool.held, sold=pool.sold)


def _image(images: list[ProductImage]) -> str:
    return rendition_url(images[0], 320) if images else ""
