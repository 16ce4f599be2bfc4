"""Who waits for goods to come back."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from products.models.catalogue import Product


class StockWatch(models.Model):
    """Somebody asked to be told when a product can be bought again; told once, and then closed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stock_watches"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="watches")
    asked_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["product", "id"], condition=Q(told_at=None), name="watch_waiting"),
            models.Index(
                fields=["product", "-told_at"],
                condition=Q(told_at__isnull=False),
                name="watch_told",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "product"], condition=Q(told_at=None), name="one_open_watch"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.product_id}"
