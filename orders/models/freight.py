"""What carriage costs, by where a parcel goes and what it weighs. Money in fen."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import BilingualName, pick
from products.models import Producer


class FreightTemplate(BilingualName):
    """A producer's prices of carriage; the one without a producer is the shop's, for all who have
    none. A producer's goods of one order travel as one parcel."""

    producer = models.OneToOneField(
        Producer,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="freight_template",
        help_text=_("empty: the shop's own, for producers without one"),
        verbose_name=_("producer"),
    )
    changed_at = models.DateTimeField(auto_now=True, verbose_name=_("changed"))

    class Meta:
        verbose_name = _("freight template")
        verbose_name_plural = _("freight templates")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["producer"],
                name="one_template_of_the_shop",
                nulls_distinct=False,
            )
        ]


class FreightZone(models.Model):
    """Some provinces, or with none named all that no other zone of its template names.

    A parcel costs `first_kg_fen`, `further_kg_fen` for each kilogram begun after the first, and
    `surcharge_fen` where the road is long. All zero: carriage is in the price of the goods.
    """

    template = models.ForeignKey(FreightTemplate, on_delete=models.CASCADE, related_name="zones")
    provinces = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text=_("as an address writes them; empty: everywhere else"),
        verbose_name=_("provinces"),
    )
    first_kg_fen = models.PositiveIntegerField(default=0, verbose_name=_("first kilogram"))
    further_kg_fen = models.PositiveIntegerField(default=0, verbose_name=_("each further kilogram"))
    surcharge_fen = models.PositiveIntegerField(
        default=0, verbose_name=_("surcharge for remote places")
    )
    is_served = models.BooleanField(default=True, verbose_name=_("we send there"))
    takes_cold = models.BooleanField(default=True, verbose_name=_("chilled, frozen and live goods"))
    reason_zh = models.CharField(
        max_length=120, blank=True, verbose_name=_("why not, in words (Chinese)")
    )
    reason_en = models.CharField(
        max_length=160, blank=True, verbose_name=_("why not, in words (English)")
    )
    position = models.PositiveSmallIntegerField(default=0, verbose_name=_("position"))

    class Meta:
        verbose_name = _("freight zone")
        verbose_name_plural = _("freight zones")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(provinces=[]),
                name="one_zone_for_everywhere_else",
            )
        ]

    def __str__(self) -> str:
        return "、".join(self.provinces) or str(_("everywhere else"))

    @property
    def reason(self) -> str:
        return pick(self.reason_zh, self.reason_en)
