"""Payments and the webhooks that speak of them. Money in fen."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livecommerce.money import CURRENCY
from orders.models.orders import EventRow, Order


class Payment(models.Model):
    """One PaymentIntent. The order ↔ intent mapping is stored before it is confirmed.

    `refunded_fen` (decided, sent or done) and `asked_fen` (asked for, not decided yet) follow the
    refunds' own rows by a trigger; nobody else writes them.
    """

    class State(models.TextChoices):
        CREATED = "created", pgettext_lazy("a payment", "created")
        PENDING = "pending", _("waiting for the buyer")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Method(models.TextChoices):
        CARD = "card", _("Bank card")
        ALIPAY = "alipay", _("Alipay")
        WECHAT_PAY = "wechat_pay", _("WeChat Pay")

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order")
    )
    method = models.CharField(max_length=12, choices=Method.choices, verbose_name=_("way to pay"))
    intent_id = models.CharField(
        max_length=80, unique=True, null=True, blank=True, verbose_name=_("number at the provider")
    )
    idempotency_key = models.CharField(max_length=80, unique=True)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.CREATED, verbose_name=_("state")
    )
    amount_fen = models.PositiveIntegerField(verbose_name=_("amount"))
    refunded_fen = models.PositiveIntegerField(default=0, verbose_name=_("given back"))
    asked_fen = models.PositiveIntegerField(default=0, verbose_name=_("asked back"))
    fee_fen = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("payment fee"))
    payer_mark = models.BigIntegerField(null=True, blank=True, editable=False)
    """Tells orders paid by the same card (or wallet) from others, and nothing else: a number made
    with this installation's key (`orders.domain.payers`). None where the provider told nothing."""
    currency = models.CharField(max_length=3, default=CURRENCY)
    failure_code = models.CharField(max_length=60, blank=True, verbose_name=_("why it failed"))
    next_action = models.JSONField(default=dict, blank=True)
    quarantined_reason = models.CharField(
        max_length=120, blank=True, verbose_name=_("why set aside")
    )
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("begun"))
    checked_at = models.DateTimeField(null=True, blank=True, verbose_name=_("last asked"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["checked_at"],
                condition=Q(state__in=["created", "pending", "failed"]),
                name="payment_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gte=F("refunded_fen") + F("asked_fen")),
                name="refunds_within_payment",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state="succeeded"),
                name="one_success_an_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.state}"


class PaymentEvent(EventRow):
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="events")

    class Meta(EventRow.Meta):
        verbose_name = _("step of a payment")
        verbose_name_plural = _("steps of payments")


class WebhookEvent(models.Model):
    """The provider's event as it came: stored once, answered with 200, then handled once.

    One that nobody can explain is kept and tried again, and in the end set aside
    (`quarantined_at`) for a person to look at: never dropped.
    """

    event_id = models.CharField(max_length=80, unique=True, verbose_name=_("event"))
    type = models.CharField(max_length=80, verbose_name=_("kind"))
    intent_id = models.CharField(
        max_length=80, blank=True, verbose_name=_("number at the provider")
    )
    payload = models.JSONField(verbose_name=_("content"))
    received_at = models.DateTimeField(auto_now_add=True, verbose_name=_("received"))
    handled_at = models.DateTimeField(null=True, blank=True, verbose_name=_("handled"))
    quarantined_at = models.DateTimeField(null=True, blank=True, verbose_name=_("set aside"))
    attempts = models.PositiveSmallIntegerField(default=0, verbose_name=_("attempts"))
    last_error = models.CharField(max_length=200, blank=True, verbose_name=_("last error"))
    due_at = models.DateTimeField(auto_now_add=True, verbose_name=_("next try"))

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(handled_at=None, quarantined_at=None),
                name="webhook_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
