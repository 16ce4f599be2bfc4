"""What producers are paid, how, and by whose hand. Money in fen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.orders import Order
from products.models import Producer


class Method(models.TextChoices):
    CONNECT = "connect", _("Stripe Connect")
    BANK = "bank", _("bank file")


class PayoutAccount(models.Model):
    """Where a producer is paid. What one person enters another confirms before money goes there."""

    producer = models.OneToOneField(
        Producer,
        on_delete=models.PROTECT,
        related_name="payout_details",
        verbose_name=_("producer"),
    )
    method = models.CharField(max_length=8, choices=Method.choices, verbose_name=_("way of payout"))
    connect_id = models.CharField(max_length=80, blank=True, verbose_name=_("account at Stripe"))
    holder = models.CharField(max_length=120, blank=True, verbose_name=_("account holder"))
    bank = models.CharField(max_length=120, blank=True, verbose_name=_("bank and branch"))
    branch_code = models.CharField(max_length=12, blank=True, verbose_name=_("branch number"))
    number = models.CharField(max_length=32, blank=True, verbose_name=_("account number"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(verbose_name=_("entered"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    class Meta:
        verbose_name = _("payout account")
        verbose_name_plural = _("payout accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")),
                name="payout_account_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(method="bank") | (~Q(holder="") & ~Q(bank="") & ~Q(number="")),
                name="payout_bank_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder or self.connect_id}"


class PayoutBatch(models.Model):
    """draft → approved → done, or cancelled while a draft. Made by one, approved by another."""

    class State(models.TextChoices):
        DRAFT = "draft", _("waiting for approval")
        APPROVED = "approved", _("being paid")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    number = models.CharField(max_length=20, unique=True, verbose_name=_("number"))
    method = models.CharField(max_length=8, choices=Method.choices, verbose_name=_("way of payout"))
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, verbose_name=_("state")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(auto_now_add=True, verbose_name=_("made"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(null=True, blank=True, verbose_name=_("approved"))
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("closed"))

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        ordering = ["-pk"]
        permissions = [
            ("make_payouts", _("may make payout batches and record what the bank did")),
            ("approve_payouts", _("may approve payout batches of others")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("made_by")),
                name="payout_batch_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"]) | Q(approved_by__isnull=False),
                name="payout_batch_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Payout(models.Model):
    """One producer's part of a batch; `payee` is where it went, as it was known then."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("a payout", "waiting")
        PAID = "paid", _("paid")
        RETURNED = "returned", _("returned by the bank")

    batch = models.ForeignKey(
        PayoutBatch, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("batch")
    )
    producer = models.ForeignKey(
        Producer, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("producer")
    )
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING, verbose_name=_("state")
    )
    amount_fen = models.PositiveBigIntegerField(verbose_name=_("amount"))
    payee = models.JSONField(default=dict, verbose_name=_("paid to"))
    reference = models.CharField(max_length=80, blank=True, verbose_name=_("reference"))
    paid_at = models.DateTimeField(null=True, blank=True, verbose_name=_("paid out"))

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "producer"], name="one_payout_a_producer"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payout_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.producer_id}: {self.amount_fen}"


class PayoutLine(models.Model):
    """What one order owes one producer (or, after a refund, is owed back: negative).

    `key` makes it exist once and is the transfer's idempotency key. `send_fen` is what is really
    sent for it: negative lines are set off against the positive ones of the same payout.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to be paid")
        BATCHED = "batched", _("in a batch")
        SENT = "sent", _("settled")

    key = models.CharField(max_length=60, unique=True, verbose_name=_("key"))
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="payout_lines", verbose_name=_("order")
    )
    producer = models.ForeignKey(
        Producer, on_delete=models.PROTECT, related_name="payout_lines", verbose_name=_("producer")
    )
    amount_fen = models.BigIntegerField(verbose_name=_("amount"))
    send_fen = models.PositiveBigIntegerField(default=0, verbose_name=_("sent"))
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.OPEN, verbose_name=_("state")
    )
    payout = models.ForeignKey(
        Payout,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("payout"),
    )
    transfer_id = models.CharField(
        max_length=80, blank=True, verbose_name=_("number at the provider")
    )
    made_at = models.DateTimeField(auto_now_add=True, verbose_name=_("due since"))
    sent_at = models.DateTimeField(null=True, blank=True, verbose_name=_("paid out"))
    attempts = models.PositiveSmallIntegerField(default=0, verbose_name=_("attempts"))
    due_at = models.DateTimeField(auto_now_add=True, verbose_name=_("next try"))
    last_error = models.CharField(max_length=200, blank=True, verbose_name=_("last error"))

    class Meta:
        verbose_name = _("line of a payout")
        verbose_name_plural = _("lines of payouts")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="batched"), name="payout_line_batched"
            ),
            models.Index(
                fields=["producer", "id"], condition=Q(state="open"), name="payout_line_open"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="payout_line_not_zero"),
            models.CheckConstraint(
                condition=Q(send_fen=0) | Q(amount_fen__gt=0, send_fen__lte=F("amount_fen")),
                name="payout_line_within",
            ),
            models.CheckConstraint(
                condition=Q(state="open", payout=None)
                | (~Q(state="open") & Q(payout__isnull=False)),
                name="payout_line_has_payout",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"
