"""How goods come onto the shelf: a producer submits, the county checks, the prefecture approves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from livecommerce.machines import StepRow
from officials.models import IdentityCheck
from products.models.catalogue import Producer, Product


class ProducerCheck(IdentityCheck):
    producer = models.ForeignKey(
        Producer, on_delete=models.CASCADE, related_name="checks", verbose_name=_("producer")
    )

    class Meta(IdentityCheck.Meta):
        verbose_name = _("identity check of a producer")
        verbose_name_plural = _("identity checks of producers")


class Submission(models.Model):
    """One round of a product through the offices; a product that was sent back has several.

    `changes` holds what a round is about when the product was approved before, as field →
    [before, after]. A producer's wish is applied when it is approved; a correction by staff
    counts at once and is confirmed by somebody else afterwards.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("new product")
        CHANGE = "change", _("change wished by the producer")
        CORRECTION = "correction", _("correction by staff")

    class State(models.TextChoices):
        COUNTY = "county", _("county checks")
        PREFECTURE = "prefecture", _("prefecture decides")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("sent back")
        WITHDRAWN = "withdrawn", _("taken back")

    OPEN = ("county", "prefecture")

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="submissions", verbose_name=_("product")
    )
    kind = models.CharField(
        max_length=10, choices=Kind.choices, default=Kind.NEW, verbose_name=_("kind")
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.COUNTY, verbose_name=_("state")
    )
    changes = models.JSONField(default=dict, blank=True, verbose_name=_("changes"))
    note = models.CharField(max_length=300, blank=True, verbose_name=_("note"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(auto_now_add=True, verbose_name=_("submitted"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(null=True, blank=True, verbose_name=_("checked"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("decided"))
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("reason"))
    due_at = models.DateTimeField(verbose_name=_("due"))
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["county", "prefecture"]),
                name="submission_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(state__in=["county", "prefecture"]),
                name="one_open_submission",
            ),
            # Whoever holds two offices still is one person.
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("submitted_by")),
                name="submission_not_checked_by_its_own",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("submitted_by"))
                    & (Q(checked_by=None) | ~Q(decided_by=F("checked_by")))
                ),
                name="submission_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""),
                name="submission_returned_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class SubmissionStep(StepRow):
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="steps")

    class Meta(StepRow.Meta):
        verbose_name = _("step of a submission")
        verbose_name_plural = _("steps of submissions")
