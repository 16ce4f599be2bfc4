"""Whether an official's portrait may be used beyond their own pages."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from officials.models import Official


class PortraitConsent(models.Model):
    """The official allowed their portrait on share posters; in force until `withdrawn_at`.
    Only their own account can give it. Kept when withdrawn: it says what was allowed when."""

    official = models.ForeignKey(
        Official, on_delete=models.CASCADE, related_name="portrait_consents"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(_("allowed"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("portrait on posters")
        verbose_name_plural = _("portraits on posters")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["official"],
                condition=Q(withdrawn_at=None),
                name="one_portrait_consent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.official_id}: {self.given_at:%Y-%m-%d}"
