"""How many there are: one narrow row a pool, the hot row of a flash sale."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from products.models.catalogue import Product
from products.models.deals import Deal


class StockPool(models.Model):
    """What may be sold from one offer: the product's everyday pool (`deal` null) or a deal's.

    Approving a deal moves its quantity from the everyday pool; ending it moves the rest back.
    A flash sale's pool may be `taken_from` the ordinary deal's, and what is left returns there.
    `available + held + sold = total`, kept by a CHECK: nothing leaks and nothing is oversold.
    """

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="pools", verbose_name=_("product")
    )
    deal = models.OneToOneField(
        Deal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pool",
        verbose_name=_("deal"),
    )
    taken_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken from"),
    )
    total = models.IntegerField(default=0, verbose_name=pgettext_lazy("a stock's", "total"))
    available = models.IntegerField(default=0, verbose_name=_("available"))
    held = models.IntegerField(default=0, verbose_name=_("held"))
    sold = models.IntegerField(default=0, verbose_name=_("sold"))
    version = models.BigIntegerField(
        default=0,
        help_text="grows with every change; stamps StockChanged",
        verbose_name=_("version"),
    )

    class Meta:
        verbose_name = _("stock pool")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(deal=None), name="one_everyday_pool"
            ),
            models.CheckConstraint(
                condition=Q(available__gte=0, held__gte=0, sold__gte=0),
                name="stock_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(total=F("available") + F("held") + F("sold")),
                name="stock_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.deal_id}: {self.available} of {self.total}"
