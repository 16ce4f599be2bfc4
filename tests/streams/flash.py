"""A planned flash sale and the means to let its minutes pass."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from streams.domain.flash_plans import approve_flash_sale, plan_flash_sale
from streams.models import FlashSale
from tests.factories import make_curator, make_festival
from tests.streams.shows import make_show


def make_flash_sale(show=None, *, state="scheduled", product=None, **fields) -> FlashSale:
    """Half of 96 yuan for 20 units, two a person, of the first product of a live show's shelf."""
    show = show or make_show(state="live", items=2)
    if show.festival is None:
        show.festival = make_festival()
        show.save(update_fields=["festival"])
    values = {
        "price_fen": 4800,
        "quantity": 20,
        "per_person_limit": 2,
        "countdown_seconds": 30,
        "run_seconds": 300,
        "subsidy_payer_zh": "县财政助农专项",
    }
    sale = plan_flash_sale(
        broadcast=show,
        by=show.host.user,
        product=product or show.shelf.first().product,
        **values | fields,
    )
    if state == "scheduled":
        approve_flash_sale(sale=sale, by=make_curator(show.region.prefecture))
    sale.refresh_from_db()
    return sale


def let_pass(sale: FlashSale, seconds: float) -> None:
    """Move the sale's deal, and what its history says, so many seconds into the past.

    Approved terms are fixed and points are append-only: only a test turns the guards off.
    """
    step = timedelta(seconds=seconds)
    sale.refresh_from_db()
    with connection.cursor() as cursor:
        for table in ("products_deal", "products_pricepoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE products_deal SET starts_at = starts_at - %s, ends_at = ends_at - %s"
            " WHERE id = %s",
            [step, step, sale.deal_id],
        )
        cursor.execute(
            "UPDATE products_pricepoint SET effective_at = effective_at - %s WHERE deal_id = %s",
            [step, sale.deal_id],
        )
        for table in ("products_deal", "products_pricepoint"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    sale.refresh_from_db()


def begin(sale: FlashSale) -> None:
    """Let the countdown pass; the sweep has not looked yet."""
    sale.refresh_from_db()
    left = sale.deal.starts_at - timezone.now()
    let_pass(sale, left.total_seconds() + 0.01)
