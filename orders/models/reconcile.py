"""The provider's books beside ours: what it booked, and where the two differ. Money in fen."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livecommerce.money import CURRENCY
from orders.models.ledger import Transaction
from orders.models.orders import Order


class Movement(models.Model):
    """One booking in our balance at the provider, and the ledger transaction that answers it."""

    movement_id = models.CharField(max_length=80, unique=True, verbose_name=_("booking"))
    kind = models.CharField(max_length=40, verbose_name=_("kind"))
    amount_fen = models.BigIntegerField(verbose_name=_("amount"))
    fee_fen = models.BigIntegerField(default=0, verbose_name=_("payment fee"))
    currency = models.CharField(max_length=3, default=CURRENCY, verbose_name=_("currency"))
    source_id = models.CharField(max_length=80, blank=True, verbose_name=_("source"))
    intent_id = models.CharField(
        max_length=80, blank=True, db_index=True, verbose_name=_("number at the provider")
    )
    at = models.DateTimeField(verbose_name=_("when"))
    transaction = models.ForeignKey(
        Transaction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name=_("ledger transaction"),
    )

    class Meta:
        verbose_name = _("booking at the provider")
        verbose_name_plural = _("bookings at the provider")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["at"], condition=Q(transaction=None), name="movement_unmatched")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.movement_id}"


class Difference(models.Model):
    """Something that does not add up; it stays open until a person closes it with a reason."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("payment that does not match its order")
        UNKNOWN_INTENT = "unknown_intent", _("money without an order")
        WEBHOOK = "webhook", _("message nobody can explain")
        BOOKING = "booking", _("booking without an entry in our ledger")
        MISSING = "missing", _("entry in our ledger without a booking")
        AMOUNT = "amount", _("booking and ledger differ")
        REFUND = "refund", _("refund made elsewhere")
        BALANCE = "balance", _("balance and ledger differ")
        PAYOUT = "payout", _("payout that cannot be made")

    kind = models.CharField(max_length=16, choices=Kind.choices, verbose_name=_("kind"))
    key = models.CharField(max_length=120, unique=True, verbose_name=_("key"))
    subject = models.CharField(max_length=160, verbose_name=_("what"))
    wanted = models.CharField(max_length=120, blank=True, verbose_name=_("ours"))
    found = models.CharField(max_length=120, blank=True, verbose_name=_("theirs"))
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="differences",
        verbose_name=_("order"),
    )
    found_at = models.DateTimeField(auto_now_add=True, verbose_name=_("found"))
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("closed"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("reason"))

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["-pk"]
        permissions = [("close_differences", _("may close differences of the books"))]
        indexes = [
            models.Index(fields=["-id"], condition=Q(closed_at=None), name="difference_open")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, reason="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(reason="")),
                name="difference_closed_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"


class Reconciliation(models.Model):
    """One comparison of the provider's books with ours: when, since when, with what result."""

    since = models.DateTimeField(verbose_name=_("since"))
    started_at = models.DateTimeField(auto_now_add=True, verbose_name=_("started"))
    finished_at = models.DateTimeField(null=True, blank=True, verbose_name=_("finished"))
    looked_at = models.PositiveIntegerField(default=0, verbose_name=_("bookings looked at"))
    differences = models.PositiveIntegerField(default=0, verbose_name=_("new differences"))

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
