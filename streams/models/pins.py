"""Explanations: which product was being explained, from when to when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from streams.models.broadcasts import Broadcast, ShelfItem


class Pin(models.Model):
    """Open while `unpinned_at` is null; an unclosed one ends with the show.

    `media_start_ms` / `media_end_ms` are media milliseconds, so that a replay jumps there.
    """

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="pins")
    item = models.ForeignKey(ShelfItem, on_delete=models.RESTRICT, related_name="pins")
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    pinned_at = models.DateTimeField(auto_now_add=True)
    unpinned_at = models.DateTimeField(null=True, blank=True)
    media_start_ms = models.BigIntegerField(null=True, blank=True)
    media_end_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pinned_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(unpinned_at=None),
                name="one_open_pin_an_item",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.pinned_at:%H:%M:%S}"
