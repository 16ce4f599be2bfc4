"""What the platform keeps of a price, from when on, and who said so. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PlatformShare(models.Model):
    """The most the platform keeps from `valid_from` on, in hundredths of a percent of a price.

    The database refuses to change or remove a row, and one that begins in the past or at once:
    what an order was told when it was placed stays true for ever.
    """

    most_bps = models.PositiveIntegerField(verbose_name=_("at most (1/100 % of a price)"))
    valid_from = models.DateTimeField(unique=True, verbose_name=_("valid from"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("set by"),
    )
    reason = models.CharField(max_length=200, verbose_name=_("reason"))
    set_at = models.DateTimeField(auto_now_add=True, verbose_name=_("set"))

    class Meta:
        verbose_name = _("platform share")
        verbose_name_plural = _("platform share")
        ordering = ["-valid_from"]
        permissions = [("set_platform_share", _("may set what the platform keeps"))]
        constraints = [
            models.CheckConstraint(condition=Q(most_bps__lte=10_000), name="platform_share_range"),
            models.CheckConstraint(condition=~Q(reason=""), name="platform_share_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{(self.most_bps or 0) / 100:g} %"  # a refused one has none yet
