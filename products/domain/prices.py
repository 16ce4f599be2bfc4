"""The price history: what was really offered, and the base price that follows from it.

Points are written by the database's triggers (products/migrations/0002); Python reads them
through the same SQL functions the triggers use, so that the two cannot disagree.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from products.domain.refusals import explain
from products.models import Deal, PricePoint, Product

SEVEN_DAYS = timedelta(days=7)


@dataclass(frozen=True)
class Offered:
    """A price in fen that was on offer from `since` to `until`; `deal_id` null: the list price."""

    price_fen: int
    deal_id: int | None
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Proof:
    """Why a base price is what it is. `base_price_fen` is None when history is too short.

    `possible_from` is then the first moment a deal could start, if the product stays on offer;
    None when the product is not on offer at all, so that the seven days have not begun.
    """

    window_from: datetime
    window_until: datetime
    offered: tuple[Offered, ...]
    base_price_fen: int | None
    possible_from: datetime | None

    @property
    def lowest(self) -> Offered | None:
        """The stretch that set the base price (the latest, if the price came back)."""
        if self.base_price_fen is None:
            return None
        return max(
            (span for span in self.offered if span.price_fen == self.base_price_fen),
            key=lambda span: span.until,
        )


@contextmanager
def importing_history() -> Iterator[None]:
    """Allow points of the past within this transaction: for a history kept elsewhere (or a demo's).

    Back-dating is refused otherwise, or a curator could invent the price a discount is shown from.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('livecommerce.import_history', 'on', true)")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('livecommerce.import_history', 'off', true)")


def offered_between(
    *, product: Product, deal: Deal | None = None, since: datetime, until: datetime
) -> tuple[Offered, ...]:
    """Every price on offer in the window, oldest first; never `deal`'s own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT price_fen, deal_id, lower(span), upper(span)"
            " FROM products_offered(%s, %s, %s, %s) ORDER BY lower(span), price_fen",
            [product.pk, deal.pk if deal else None, since, until],
        )
        return tuple(Offered(*row) for row in cursor.fetchall())


def compute_base_price(
    *, product: Product, deal: Deal | None = None, starts_at: datetime, days: int
) -> int | None:
    """The lowest price really offered in the `days` before `starts_at`, in fen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT products_base_price(%s, %s, %s, %s)",
            [product.pk, deal.pk if deal else None, starts_at, days],
        )
        (base,) = cursor.fetchone()
    return None if base is None else int(base)


def prove_base_price(
    *, product: Product, deal: Deal | None = None, starts_at: datetime, days: int
) -> Proof:
    since = starts_at - timedelta(days=days)
    base = compute_base_price(product=product, deal=deal, starts_at=starts_at, days=days)
    return Proof(
        window_from=since,
        window_until=starts_at,
        offered=offered_between(product=product, deal=deal, since=since, until=starts_at),
        base_price_fen=base,
        possible_from=None if base is not None else _possible_from(product),
    )


def _possible_from(product: Product) -> datetime | None:
    """Seven days after the list price that is on offer now began to be offered."""
    began: datetime | None = None
    points = PricePoint.objects.filter(product=product, deal=None, effective_at__lte=timezone.now())
    for price_fen, effective_at in points.values_list("price_fen", "effective_at"):
        if price_fen is None:
            began = None
        elif began is None:
            began = effective_at
    return None if began is None else began + SEVEN_DAYS


def change_list_price(*, product: Product, price_fen: int) -> None:
    """Offer the product at another list price from now on; the database writes the history.

    Raises DomainError when an approved deal would no longer be what it promises.
    """
    try:
        with transaction.atomic():
            Product.objects.filter(pk=product.pk).update(
                list_price_fen=price_fen, updated_at=timezone.now()
            )
    except IntegrityError as error:
        raise explain(error) from error
    product.list_price_fen = price_fen
