"""The basket: what somebody means to buy, across products and shows. It holds no stock."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from products.models import Product
from streams.models import Broadcast


class BasketLine(models.Model):
    """`seen_fen` is the unit price in fen the buyer last saw; the basket says so when it changed.
    `broadcast` is the show in which they put it there: its figures count the line."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="basket_lines"
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("product")
    )
    broadcast = models.ForeignKey(
        Broadcast, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    quantity = models.PositiveIntegerField(verbose_name=_("quantity"))
    seen_fen = models.PositiveIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="basket_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=999), name="basket_quantity_in_range"
            ),
            models.CheckConstraint(
                condition=Q(broadcast__isnull=True) | Q(broadcast__gt=0),
                name="basket_of_no_rehearsal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.product_id}"
