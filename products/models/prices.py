"""The append-only record of every price that was really offered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.models.catalogue import Product


class PricePoint(models.Model):
    """From `effective_at` on, this price was offered, until the series' next point.

    A series is (product, deal): `deal` null is the list price, offered while the product is
    listed; a deal's series starts with its price. A null `price_fen` means "no longer offered".
    The points are written by triggers on products and deals, so that no way of writing a price
    can forget them; UPDATE, DELETE and TRUNCATE are refused, and so is writing the past
    (`products.domain.prices.importing_history` is for histories kept elsewhere).
    """

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="price_points", verbose_name=_("product")
    )
    deal = models.ForeignKey(
        "products.Deal",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="price_points",
        verbose_name=_("deal"),
    )
    price_fen = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("price"))
    effective_at = models.DateTimeField(verbose_name=_("offered from"))
    recorded_at = models.DateTimeField(auto_now_add=True, verbose_name=_("recorded"))

    class Meta:
        verbose_name = _("price point")
        verbose_name_plural = _("price history")
        ordering = ["effective_at", "pk"]
        indexes = [models.Index(fields=["product", "effective_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_fen__gt=0) | models.Q(price_fen__isnull=True),
                name="price_point_positive",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.price_fen} @ {self.effective_at:%Y-%m-%d}"
