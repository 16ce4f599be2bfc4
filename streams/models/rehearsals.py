"""Rehearsals: who may see them, how big a crowd is played, and what was "bought" in them.

Nothing here is money. An order, a hold or a payment of a rehearsal cannot exist: they name their
show by its id, and the database lets them name none below zero (`Broadcast`).
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from products.models import Product
from streams.models.broadcasts import Broadcast
from streams.models.rehearsal_flash import RehearsalFlash


class Rehearsal(models.Model):
    """One rehearsal, beside its broadcast. `step` counts what the played crowd has done."""

    class Crowd(models.IntegerChoices):
        NOBODY = 0, _("nobody")
        SMALL = 20, _("20 people")
        LARGE = 200, _("200 people")

    broadcast = models.OneToOneField(
        Broadcast, on_delete=models.CASCADE, primary_key=True, related_name="rehearsal"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    crowd = models.PositiveSmallIntegerField(choices=Crowd.choices, default=Crowd.SMALL)
    step = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(broadcast__lt=0), name="rehearsal_apart"),
        ]

    def __str__(self) -> str:
        return f"rehearsal {self.broadcast_id}"


class RehearsalGuest(models.Model):
    """Somebody who may see the rehearsals of a show, besides those who run it."""

    show = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="rehearsal_guests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rehearsals_invited_to"
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    invited_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["show", "user"], name="one_invitation"),
            models.CheckConstraint(condition=models.Q(show__gt=0), name="guests_of_a_show"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.show_id}"


class RehearsalOrder(models.Model):
    """What looks like an order in a rehearsal: no stock is held, nobody can be charged, and no
    table of money knows it. `buyer` is null where the played crowd bought; then `key` names who
    of it did (before the colon). Prices in fen, as
    they were shown."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for payment")
        PAID = "paid", _("paid")
        LAPSED = "lapsed", _("expired")

    broadcast = models.ForeignKey(
        Broadcast, on_delete=models.CASCADE, related_name="rehearsal_orders"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    key = models.CharField(max_length=36)
    flash = models.ForeignKey(
        RehearsalFlash, on_delete=models.CASCADE, null=True, related_name="orders"
    )
    quantity = models.PositiveSmallIntegerField()
    unit_price_fen = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "key"], name="rehearsed_once"),
            models.CheckConstraint(
                condition=models.Q(broadcast__lt=0), name="rehearsal_order_is_none"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="rehearsal_order_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.quantity} × {self.product_id}"
