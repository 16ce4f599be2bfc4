"""One row for each thing that was done, decided or refused. The database takes no row back."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AuditEntry(models.Model):
    """Append-only (migrations/sql/audit_entries_stay.sql): no UPDATE, and a DELETE only by
    `retention.py`, of rows older than three years.

    Nothing here is a foreign key that the database follows, so that a row outlives whom and what
    it tells of; the labels say what they were called then.
    """

    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_label = models.CharField(_("who"), max_length=80, blank=True)
    action = models.CharField(_("what"), max_length=60)
    is_refused = models.BooleanField(pgettext_lazy("a deed", "refused"), default=False)
    subject_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    """`products.deal`, as the app registry writes it."""
    subject_pk = models.CharField(max_length=64, blank=True)
    subject_label = models.CharField(_("on what"), max_length=200)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder, blank=True)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    network = models.CharField(_("network"), max_length=45, blank=True)
    """Of the device, without its last part: `203.0.113.0/24`."""

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records of what staff did")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_pk", "-id"], name="audit_subject"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.action} {self.subject_label}"
