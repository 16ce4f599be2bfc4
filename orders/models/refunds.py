"""Money on its way back: asked for, decided, sent; and what a bank takes back by itself. In fen."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livecommerce.money import CURRENCY
from officials.models import Region
from orders.models.fulfilment import Carrier
from orders.models.orders import EventRow, OrderLine
from orders.models.payments import Payment
from products.models import Producer


class Refund(models.Model):
    """requested → approved → in transit → done; or refused, withdrawn, failed.

    What is requested counts in `Payment.asked_fen`, what is decided in `Payment.refunded_fen`: a
    trigger on this table keeps both, and a CHECK keeps their sum within what was paid.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        APPROVED = "approved", pgettext_lazy("a refund", "approved")
        IN_TRANSIT = "in_transit", _("on its way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Origin(models.TextChoices):
        REQUEST = "request", _("asked for by the buyer")
        CANCELLATION = "cancellation", _("order cancelled by the buyer")
        STAFF = "staff", _("given by staff")
        LATE = "late", _("paid after the order was closed")

    class Cause(models.TextChoices):
        BAD_FRUIT = "bad_fruit", _("Spoiled or bad fruit")
        DAMAGED = "damaged", _("Damaged on the way")
        NOT_ARRIVED = "not_arrived", _("Has not arrived")
        NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
        CHANGED_MIND = "changed_mind", _("I changed my mind")

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    key = models.CharField(max_length=80, unique=True)
    origin = models.CharField(
        max_length=12,
        choices=Origin.choices,
        default=Origin.STAFF,
        verbose_name=pgettext_lazy("a refund", "origin"),
    )
    producer = models.ForeignKey(
        Producer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        help_text=_("whose goods it is about; empty: the whole order"),
        verbose_name=_("producer"),
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("empty: the shop itself, for a payment that came too late"),
        verbose_name=_("by whom"),
    )
    amount_fen = models.PositiveIntegerField(verbose_name=_("amount"))
    cause = models.CharField(
        max_length=20, choices=Cause.choices, blank=True, verbose_name=_("cause")
    )
    reason = models.CharField(max_length=400, blank=True, verbose_name=_("reason"))
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.REQUESTED, verbose_name=_("state")
    )
    decide_by = models.DateTimeField(null=True, blank=True, verbose_name=_("to be decided by"))
    escalated_at = models.DateTimeField(null=True, blank=True, verbose_name=_("handed to staff"))
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("decided"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("empty: decided by the rule"),
        verbose_name=_("decided by"),
    )
    answer = models.CharField(max_length=400, blank=True, verbose_name=_("answer to the buyer"))
    is_automatic = models.BooleanField(default=False, verbose_name=_("decided by the rule"))
    sent_back_at = models.DateTimeField(null=True, blank=True, verbose_name=_("goods sent back"))
    sent_back_by = models.CharField(max_length=60, blank=True, verbose_name=_("carrier"))
    sent_back_number = models.CharField(
        max_length=60, blank=True, verbose_name=_("tracking number")
    )
    provider_id = models.CharField(
        max_length=80, blank=True, verbose_name=_("number at the provider")
    )
    failed_ids = ArrayField(
        models.CharField(max_length=80, blank=True),
        default=list,
        blank=True,
        editable=False,
        help_text="the number at the provider of each try that failed; empty: it got none",
    )
    requested_at = models.DateTimeField(auto_now_add=True, verbose_name=_("asked"))
    done_at = models.DateTimeField(null=True, blank=True, verbose_name=_("done"))
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=200, blank=True, verbose_name=_("last error"))

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["approved", "in_transit"]),
                name="refund_due",
            ),
            models.Index(
                fields=["decide_by"], condition=Q(state="requested"), name="refund_to_decide"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=~Q(origin="request") | ~Q(cause=""), name="refund_request_has_cause"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""), name="refund_refused_in_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_fen} {self.state}"

    @property
    def try_key(self) -> str:
        """The same for every attempt to send it, another after each failure: at the provider an old
        key would only repeat the old answer, and each try is booked for itself."""
        return f"{self.key}:{len(self.failed_ids)}" if self.failed_ids else self.key

    def key_of_try(self, provider_id: str) -> str:
        """The `try_key` under which the provider gave out that number."""
        tries = [*self.failed_ids, self.provider_id]
        number = tries.index(provider_id)
        return f"{self.key}:{number}" if number else self.key

    @property
    def wants_goods_back(self) -> bool:
        """Who changed their mind sends the goods back first."""
        return self.cause == self.Cause.CHANGED_MIND

    @property
    def is_open(self) -> bool:
        return self.state == self.State.REQUESTED

    @property
    def sent_back_name(self) -> str:
        """The carrier's name as people know it."""
        known = dict(Carrier.choices)
        return str(known.get(self.sent_back_by, self.sent_back_by))


class RefundLine(models.Model):
    """How much of a refund is for which goods."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="refund_lines", verbose_name=_("goods")
    )
    amount_fen = models.PositiveIntegerField(verbose_name=_("amount"))

    class Meta:
        verbose_name = _("line of a refund")
        verbose_name_plural = _("lines of refunds")
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="one_refund_line"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.amount_fen}"


class RefundPhoto(models.Model):
    """A picture shown as proof, re-encoded. Its bytes stand here and in no folder, because
    everything below MEDIA_ROOT is public; only `views.refunds.photo` hands it out."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="photos")
    small = models.BinaryField()
    large = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("photo of a refund")
        verbose_name_plural = _("photos of refunds")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.refund_id}/{self.pk}"


class RefundEvent(EventRow):
    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="events")

    class Meta(EventRow.Meta):
        verbose_name = _("step of a refund")
        verbose_name_plural = _("steps of refunds")


def causes_without_asking() -> list[str]:
    return [Refund.Cause.BAD_FRUIT.value, Refund.Cause.DAMAGED.value]


class RefundRule(models.Model):
    """What is decided without anybody, and how long a producer may be silent.

    The rule of the goods' prefecture, or else the one without a prefecture.
    """

    prefecture = models.OneToOneField(
        Region,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="refund_rule",
        help_text=_("empty: everywhere that has no rule of its own"),
        verbose_name=_("prefecture"),
    )
    is_on = models.BooleanField(default=True, verbose_name=_("approves by itself"))
    most_fen = models.PositiveIntegerField(
        default=2_000, verbose_name=_("approved by itself up to (fen)")
    )
    times_a_month = models.PositiveSmallIntegerField(
        default=2, verbose_name=_("times a month for one buyer")
    )
    causes = ArrayField(
        models.CharField(max_length=20, choices=Refund.Cause.choices),
        default=causes_without_asking,
        verbose_name=_("for these causes"),
    )
    answer_within_hours = models.PositiveSmallIntegerField(
        default=48, verbose_name=_("hours a producer has to answer")
    )
    silence_most_fen = models.PositiveIntegerField(
        default=10_000,
        help_text=_("silence approves up to this; what is more is handed to staff"),
        verbose_name=_("silence approves up to (fen)"),
    )

    class Meta:
        verbose_name = _("rule of refunds")
        verbose_name_plural = _("rules of refunds")
        constraints = [
            models.UniqueConstraint(
                fields=["prefecture"], name="one_refund_rule", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(answer_within_hours__gt=0), name="refund_answer_hours"
            ),
        ]

    def __str__(self) -> str:
        return str(self.prefecture or _("everywhere"))


class Dispute(models.Model):
    """A buyer's bank took the money back, or asks: as the provider tells it, never as we wish."""

    class State(models.TextChoices):
        OPEN = "open", _("needs an answer")
        REVIEW = "review", _("being looked at by the bank")
        WON = "won", _("decided for the shop")
        LOST = "lost", _("decided for the buyer")

    REASONS = {
        "credit_not_processed": _("promised money did not come back"),
        "duplicate": _("charged twice"),
        "fraudulent": _("the card’s owner did not pay"),
        "general": _("no reason given"),
        "product_not_received": _("goods did not arrive"),
        "product_unacceptable": _("goods were not as described"),
        "unrecognized": _("the card’s owner does not know the payment"),
    }
    """The provider's words for the commonest; others are shown as they come."""

    provider_id = models.CharField(
        max_length=80, unique=True, verbose_name=_("number at the provider")
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("payment")
    )
    amount_fen = models.PositiveIntegerField(verbose_name=_("amount"))
    currency = models.CharField(max_length=3, default=CURRENCY)
    reason = models.CharField(max_length=60, verbose_name=_("reason"))
    state = models.CharField(
        max_length=6, choices=State.choices, default=State.OPEN, verbose_name=_("state")
    )
    due_by = models.DateTimeField(null=True, blank=True, verbose_name=_("to be answered by"))
    withdrawn_fen = models.PositiveIntegerField(default=0, verbose_name=_("taken by the bank"))
    reinstated_fen = models.PositiveIntegerField(
        default=0, verbose_name=_("given back by the bank")
    )
    fee_fen = models.PositiveIntegerField(default=0, verbose_name=_("fee of the dispute"))
    opened_at = models.DateTimeField(verbose_name=_("opened"))
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("closed"))
    checked_at = models.DateTimeField(null=True, blank=True, verbose_name=_("last asked"))

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(
                fields=["checked_at"],
                condition=Q(state__in=["open", "review"]),
                name="dispute_open",
            )
        ]

    def __str__(self) -> str:
        return self.provider_id

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.OPEN, self.State.REVIEW)

    @property
    def reason_words(self) -> "str | Promise":
        return self.REASONS.get(self.reason, self.reason)


class DisputeEvent(EventRow):
    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="events")

    class Meta(EventRow.Meta):
        verbose_name = _("step of a dispute")
        verbose_name_plural = _("steps of disputes")
