"""What a paid order still owes: ledger posting now, payout after delivery and return window."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.orders import EventRow, Order


class Settlement(models.Model):
    """due → posted → paid_out. The row is made with the payment; a sweep finds what is due."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        POSTED = "posted", _("posted")
        PAID_OUT = "paid_out", _("paid out")

    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, related_name="settlement", verbose_name=_("order")
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DUE, verbose_name=_("state")
    )
    due_at = models.DateTimeField(auto_now_add=True, verbose_name=_("next try"))
    attempts = models.PositiveSmallIntegerField(default=0, verbose_name=_("attempts"))
    posted_at = models.DateTimeField(null=True, blank=True, verbose_name=_("posted"))
    payable_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("delivered, and the time to return the goods is over"),
        verbose_name=_("may be paid out from"),
    )
    lines_at = models.DateTimeField(null=True, blank=True, verbose_name=_("shares worked out"))
    last_error = models.CharField(max_length=200, blank=True, verbose_name=_("last error"))

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="settlement_due"),
            models.Index(
                fields=["payable_at"],
                condition=Q(state="posted", lines_at=None),
                name="settlement_payable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"


class SettlementEvent(EventRow):
    settlement = models.ForeignKey(Settlement, on_delete=models.CASCADE, related_name="events")

    class Meta(EventRow.Meta):
        verbose_name = _("step of a settlement")
        verbose_name_plural = _("steps of settlements")
