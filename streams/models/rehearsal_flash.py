"""A flash sale tried out in a rehearsal: the plan's terms and clock, units that are no stock."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from products.models import Product
from streams.models.broadcasts import Broadcast
from streams.models.flash_sales import FlashSale


class RehearsalFlash(models.Model):
    """scheduled → countdown → running → ended; or cancelled, and it can be started again.

    Made from a plan of the show (`plan`) when the rehearsal begins, approved or not: nothing is
    promised by it. `taken` counts practice orders against `quantity`; no pool, no deal, no order
    knows it. `stock_version` counts its changes for the room's bar.
    """

    broadcast = models.ForeignKey(
        Broadcast, on_delete=models.CASCADE, related_name="rehearsal_flashes"
    )
    plan = models.ForeignKey(FlashSale, on_delete=models.CASCADE, related_name="rehearsals")
    quantity = models.PositiveIntegerField()
    base_price_fen = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=FlashSale.State.choices, default=FlashSale.State.SCHEDULED
    )
    reason = models.CharField(max_length=10, choices=FlashSale.Reason.choices, blank=True)
    version = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    stock_version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    planned_at: datetime | None = None
    """Only a real one begins by itself: here the host presses."""
    note = ""

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(broadcast__lt=0), name="rehearsal_flash_is_none"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("quantity")), name="rehearsal_flash_units"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["countdown", "running", "ended"])
                | Q(started_at__isnull=False, starts_at__lt=F("ends_at")),
                name="rehearsal_flash_has_times",
            ),
            models.UniqueConstraint(
                fields=["broadcast"],
                condition=Q(state__in=["countdown", "running"]),
                name="one_open_rehearsal_flash",
            ),
        ]

    def __str__(self) -> str:
        return f"rehearsal {self.broadcast_id}: {self.plan_id}"

    @property
    def product(self) -> Product:
        return self.plan.product

    @property
    def price_fen(self) -> int:
        return self.plan.price_fen

    @property
    def per_person_limit(self) -> int:
        return self.plan.per_person_limit

    @property
    def countdown_seconds(self) -> int:
        return self.plan.countdown_seconds

    @property
    def run_minutes(self) -> int:
        return self.plan.run_minutes

    @property
    def discount_percent(self) -> int:
        """Whole percent off the base price, rounded down."""
        return max(0, (self.base_price_fen - self.price_fen) * 100 // self.base_price_fen)

    @property
    def is_open(self) -> bool:
        return self.state in FlashSale.OPEN

    @property
    def can_be_started(self) -> bool:
        return self.state in FlashSale.STARTABLE

    @property
    def left(self) -> int:
        return self.quantity - self.taken

    @property
    def units_taken(self) -> int:
        return self.taken

    @property
    def pool(self) -> str:
        """Names its units in the room's events; no stock pool is called so."""
        return f"rehearsal-{self.pk}"
