"""The append-only, balanced ledger. Signed fen; the entries of a transaction sum to zero.

The database keeps it so: a deferred constraint trigger wants at least two entries and a zero
sum per currency, and UPDATE, DELETE and TRUNCATE are refused. A correction is a new entry.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livecommerce.money import CURRENCY
from orders.models.orders import Order
from products.models import Producer


class Account(models.Model):
    """Debit positive: what came in is debited to clearing, what is owed is credited."""

    class Kind(models.TextChoices):
        CLEARING = "clearing", _("money received by the payment provider")
        PRODUCER = "producer", _("owed to a producer")
        PACKING = "packing", _("packing")
        FREIGHT = "freight", _("freight")
        SUBSIDY = "subsidy", _("subsidy")
        PLATFORM = "platform", _("platform share")
        PAYMENT_FEE = "payment_fee", _("payment fee")
        REFUNDS = "refunds", _("refunds")
        PAYOUTS = "payouts", _("paid out")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    producer = models.ForeignKey(
        Producer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "producer"], name="one_account", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind="producer", producer__isnull=False)
                | (~Q(kind="producer") & Q(producer=None)),
                name="account_of_a_producer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.producer_id or ''}".strip()


class Transaction(models.Model):
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transactions",
    )
    posted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    amount_fen = models.BigIntegerField()
    currency = models.CharField(max_length=3, default=CURRENCY)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="entry_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount_fen}"
