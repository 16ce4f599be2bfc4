"""The figures of a show, as they were told last to those who run it. Money in fen."""

from django.db import models

from streams.models.broadcasts import Broadcast


class ShowFigures(models.Model):
    """One row a show, counted anew by a sweep; docs/cockpit.md defines each figure.

    `products`: [{"product": id, "opened", "orders", "buyers", "units", "created_fen", "paid_fen",
    "waiting_orders", "waiting_fen", "refunded_fen"}, …]; `advice` is the worst figure
    (`streams.domain.cockpit_advice`), null if nothing stands out. `version` grows whenever a figure
    moved; `told_at` is when those who run the show heard of them last.
    """

    broadcast = models.OneToOneField(
        Broadcast, on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    version = models.PositiveIntegerField(default=0)
    viewers = models.PositiveIntegerField(default=0)
    peak = models.PositiveIntegerField(default=0)
    likes = models.PositiveBigIntegerField(default=0)
    watched = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)
    followers = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    paid_orders = models.PositiveIntegerField(default=0)
    waiting_orders = models.PositiveIntegerField(default=0)
    buyers = models.PositiveIntegerField(default=0)
    units = models.PositiveIntegerField(default=0)
    created_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    waiting_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    products = models.JSONField(default=list)
    advice = models.JSONField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(paid_orders__lte=models.F("orders")),
                name="figures_paid_of_all",
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id} v{self.version}"
