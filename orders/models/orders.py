"""What was bought, at which price, and the stock it holds. Money in fen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livecommerce.bilingual import BilingualName, pick
from livecommerce.machines import StepRow
from livecommerce.money import CURRENCY
from products.models import Deal, Producer, Product, StockPool
from streams.models import Broadcast


class Order(models.Model):
    """placed → paid → preparing → shipped → delivered → completed; or cancelled, expired.

    `key` is the buyer's idempotency key and `request_hash` what it stood for: the same key
    with another body is a conflict. `address` is a snapshot.
    """

    class State(models.TextChoices):
        PLACED = "placed", _("waiting for payment")
        PAID = "paid", _("paid")
        PREPARING = "preparing", _("being prepared")
        SHIPPED = "shipped", _("on its way")
        DELIVERED = "delivered", _("delivered")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    number = models.CharField(max_length=20, unique=True, verbose_name=_("number"))
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="orders",
        db_index=False,  # the first column of an index below, as is the show
        verbose_name=_("buyer"),
    )
    key = models.UUIDField()
    request_hash = models.CharField(max_length=64)
    broadcast = models.ForeignKey(
        Broadcast,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        db_index=False,
        verbose_name=_("show"),
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.PLACED, verbose_name=_("state")
    )
    currency = models.CharField(max_length=3, default=CURRENCY)
    items_fen = models.PositiveIntegerField(verbose_name=_("goods in all"))
    freight_fen = models.PositiveIntegerField(default=0, verbose_name=_("freight"))
    discount_fen = models.PositiveIntegerField(default=0, verbose_name=_("discount"))
    total_fen = models.PositiveIntegerField(verbose_name=_("total"))
    address = models.JSONField(default=dict, blank=True, verbose_name=_("send to"))
    perishable_accepted_at = models.DateTimeField(
        null=True, blank=True, verbose_name=_("fresh goods confirmed")
    )
    placed_at = models.DateTimeField(verbose_name=_("placed"))
    expires_at = models.DateTimeField(verbose_name=_("kept until"))
    paid_at = models.DateTimeField(null=True, blank=True, verbose_name=_("paid"))
    delivered_at = models.DateTimeField(null=True, blank=True, verbose_name=_("delivered"))
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("closed"))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = pgettext_lazy("bought goods", "orders")
        ordering = ["-placed_at", "-pk"]
        indexes = [
            models.Index(fields=["buyer", "-placed_at"]),
            models.Index(fields=["broadcast", "-placed_at"]),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="placed"),
                name="order_expiring",
            ),
            models.Index(
                fields=["delivered_at"],
                condition=Q(state="delivered"),
                name="order_completing",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["buyer", "key"], name="order_once_a_key"),
            models.CheckConstraint(
                condition=Q(total_fen=F("items_fen") + F("freight_fen") - F("discount_fen")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(broadcast__isnull=True) | Q(broadcast__gt=0),
                name="order_of_no_rehearsal",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(BilingualName):
    """A snapshot of the offer: nothing here changes when the catalogue does.

    `broadcast` is the show that sold it, `discount_fen` the line's part of the order's coupons.

    `producer_fen`, `packing_fen` and `freight_fen` are what one unit costs those who make and
    send it, as agreed when it was bought; the ledger shares the price by them.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="order_lines", verbose_name=_("product")
    )
    deal = models.ForeignKey(
        Deal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        verbose_name=_("deal"),
    )
    unit_zh = models.CharField(max_length=40, blank=True)
    unit_en = models.CharField(max_length=60, blank=True)
    quantity = models.PositiveIntegerField(verbose_name=_("quantity"))
    unit_price_fen = models.PositiveIntegerField(verbose_name=_("price"))
    base_price_fen = models.PositiveIntegerField(null=True, blank=True)
    amount_fen = models.PositiveIntegerField(verbose_name=_("amount"))
    producer = models.ForeignKey(
        Producer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        verbose_name=_("producer"),
    )
    producer_fen = models.PositiveIntegerField(default=0)
    packing_fen = models.PositiveIntegerField(default=0)
    freight_fen = models.PositiveIntegerField(default=0)
    shipped_quantity = models.PositiveIntegerField(default=0, db_default=0)
    withdrawn_quantity = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("given back before it was sent: not to be sent")
    )
    discount_fen = models.PositiveIntegerField(default=0, db_default=0, verbose_name=_("discount"))
    broadcast = models.ForeignKey(
        Broadcast,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        verbose_name=_("show"),
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(amount_fen=F("unit_price_fen") * F("quantity")),
                name="line_amount_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped_quantity") + F("withdrawn_quantity")),
                name="line_sends_what_was_bought",
            ),
            models.CheckConstraint(
                condition=Q(discount_fen__lte=F("amount_fen")), name="line_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(broadcast__isnull=True) | Q(broadcast__gt=0),
                name="line_of_no_rehearsal",
            ),
        ]

    @property
    def unit(self) -> str:
        return pick(self.unit_zh, self.unit_en)

    @property
    def unsent(self) -> int:
        """Units that are still to be put into a parcel."""
        return self.quantity - self.shipped_quantity - self.withdrawn_quantity


class Hold(models.Model):
    """Units of a pool kept for an order until `expires_at`; extended once when payment starts."""

    class State(models.TextChoices):
        HELD = "held", _("held")
        SOLD = "sold", _("sold")
        RELEASED = "released", _("released")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="holds")
    pool = models.ForeignKey(StockPool, on_delete=models.PROTECT, related_name="holds")
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    expires_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="hold_expiring")
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "pool"], name="one_hold_a_pool"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="hold_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.pool_id} ({self.state})"


class LimitCounter(models.Model):
    """Units of a deal one person holds or has bought; the per-person limit's own row."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="limit_counters")
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="limit_counters",
    )
    quantity = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "buyer"], name="one_limit_counter"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="limit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id} {self.deal_id}: {self.quantity}"


class EventRow(StepRow):
    note = models.CharField(max_length=200, blank=True, verbose_name=_("note"))

    class Meta(StepRow.Meta):
        abstract = True


class OrderEvent(EventRow):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")

    class Meta(EventRow.Meta):
        verbose_name = _("step of an order")
        verbose_name_plural = _("steps of orders")
