"""A show before it may go live: its official declares and proposes, the prefecture approves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from livecommerce.machines import StepRow
from products.models import Producer
from streams.models.broadcasts import Broadcast


class ShowApproval(models.Model):
    """One row a planned show. A show without one was planned before there were approvals, or by
    the demo, and may go live as it is.

    `fingerprint` is of what was approved (title, goods, prices, words to say): a show that differs
    from it goes back to being a draft. The database lets no show go live whose approval is not
    given (streams/migrations/sql/show_approvals.sql).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being planned")
        PROPOSED = "proposed", _("prefecture decides")
        APPROVED = "approved", _("approved")

    broadcast = models.OneToOneField(
        Broadcast, on_delete=models.CASCADE, related_name="approval", verbose_name=_("show")
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, verbose_name=_("state")
    )
    words = models.CharField(max_length=300, blank=True, verbose_name=_("note"))
    """What the proposer wrote to the prefecture."""
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("proposed"))
    due_at = models.DateTimeField(null=True, blank=True, verbose_name=_("due"))
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
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created"))

    class Meta:
        verbose_name = _("approval of a show")
        verbose_name_plural = _("approvals of shows")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="proposed"), name="show_approval_due")
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="proposed")
                | Q(proposed_by__isnull=False, proposed_at__isnull=False, due_at__isnull=False),
                name="show_proposed_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(fingerprint="")
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="show_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.state}"

    @property
    def was_sent_back(self) -> bool:
        return self.state == self.State.DRAFT and bool(self.reason)


class ShowApprovalStep(StepRow):
    approval = models.ForeignKey(ShowApproval, on_delete=models.CASCADE, related_name="steps")

    class Meta(StepRow.Meta):
        verbose_name = _("step of a show's approval")
        verbose_name_plural = _("steps of shows' approvals")


class Declaration(models.Model):
    """What the official of a show says about themselves and one of its producers: no relation, or
    which. Anybody may read it on the show's page."""

    broadcast = models.ForeignKey(
        Broadcast, on_delete=models.CASCADE, related_name="declarations", verbose_name=_("show")
    )
    producer = models.ForeignKey(
        Producer, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("producer")
    )
    is_related = models.BooleanField(verbose_name=_("related"))
    words = models.CharField(max_length=200, blank=True, verbose_name=_("how"))
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("declared by"),
    )
    declared_at = models.DateTimeField(auto_now=True, verbose_name=_("declared"))

    class Meta:
        verbose_name = _("declaration of interest")
        verbose_name_plural = _("declarations of interest")
        ordering = ["producer_id"]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "producer"], name="one_declaration"),
            models.CheckConstraint(
                condition=Q(is_related=False) | ~Q(words=""), name="declared_with_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.producer_id}"
