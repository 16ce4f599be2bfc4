"""The append-only, balanced ledger. Signed fen; the entries of a transaction sum to zero.

The database keeps it so: a deferred constraint trigger wants at least two entries and a zero
sum per currency, and UPDATE, DELETE and TRUNCATE are refused. A correction is a new entry.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
        BANK = "bank", _("our own bank account")

    kind = models.CharField(
        max_length=12, choices=Kind.choices, verbose_name=pgettext_lazy("the ledger", "account")
    )
    producer = models.ForeignKey(
        Producer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("producer"),
    )
    payer = models.CharField(
        max_length=120,
        blank=True,
        help_text=_("of a subsidy: who pays it"),
        verbose_name=_("payer"),
    )

    class Meta:
        verbose_name = pgettext_lazy("the ledger", "account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "producer", "payer"], name="one_account", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(payer="") | Q(kind="subsidy"), name="payer_of_a_subsidy"
            ),
            models.CheckConstraint(
                condition=Q(kind="producer", producer__isnull=False)
                | (~Q(kind="producer") & Q(producer=None)),
                name="account_of_a_producer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.producer_id or self.payer}".strip()


class Transaction(models.Model):
    key = models.CharField(max_length=80, unique=True, verbose_name=_("key"))
    kind = models.CharField(max_length=20, verbose_name=_("kind"))
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transactions",
        verbose_name=_("order"),
    )
    posted_at = models.DateTimeField(auto_now_add=True, verbose_name=_("posted"))

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        indexes = [models.Index(fields=["posted_at"])]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="entries", verbose_name=_("transaction")
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="entries",
        verbose_name=pgettext_lazy("the ledger", "account"),
    )
    amount_fen = models.BigIntegerField(verbose_name=_("amount"))
    currency = models.CharField(max_length=3, default=CURRENCY, verbose_name=_("currency"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = pgettext_lazy("the ledger", "entries")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="entry_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount_fen}"
