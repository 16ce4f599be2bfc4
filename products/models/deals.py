"""Festivals and the discounts they promise."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import BilingualName, pick
from officials.models import Region
from products.models.catalogue import Product


class TsTzRange(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


class Festival(BilingualName):
    """Dates, regions and one discount rule.

    `max_price_bps`: a deal's price is at most this many hundredths of a percent of the base
    price (5000 = half price). `base_window_days`: N of the base-price rule, never under 7.
    """

    slug = models.SlugField(max_length=60, unique=True, verbose_name=_("address on this site"))
    starts_at = models.DateTimeField(verbose_name=_("starts"))
    ends_at = models.DateTimeField(verbose_name=_("ends"))
    regions = models.ManyToManyField(
        Region, blank=True, related_name="festivals", verbose_name=_("places")
    )
    max_price_bps = models.PositiveIntegerField(
        default=5000, verbose_name=_("highest price (1/100 % of the base price)")
    )
    base_window_days = models.PositiveSmallIntegerField(
        default=30, verbose_name=_("days of the base price")
    )
    intro_zh = models.TextField(blank=True, verbose_name=_("introduction (Chinese)"))
    intro_en = models.TextField(blank=True, verbose_name=_("introduction (English)"))

    class Meta:
        verbose_name = _("festival")
        verbose_name_plural = _("festivals")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="festival_dates"),
            models.CheckConstraint(
                condition=Q(max_price_bps__gt=0, max_price_bps__lte=10_000),
                name="festival_rule_range",
            ),
            models.CheckConstraint(
                condition=Q(base_window_days__gte=7, base_window_days__lte=365),
                name="festival_window_range",
            ),
        ]

    @property
    def intro(self) -> str:
        return pick(self.intro_zh, self.intro_en)


class Deal(models.Model):
    """A festival price for one product in one window.

    `base_price_fen` is computed by the database from the price history when the deal is
    approved (and refused if the rule is broken), never typed in. Ordinary deals of a product
    never overlap, nor do its flash sales; a flash sale stands in front of the ordinary deal.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        ENDED = "ended", _("ended")
        WITHDRAWN = "withdrawn", _("withdrawn")

    festival = models.ForeignKey(
        Festival, on_delete=models.PROTECT, related_name="deals", verbose_name=_("festival")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="deals", verbose_name=_("product")
    )
    price_fen = models.PositiveIntegerField(verbose_name=_("price"))
    base_price_fen = models.PositiveIntegerField(
        null=True, blank=True, editable=False, verbose_name=_("base price")
    )
    quantity = models.PositiveIntegerField(verbose_name=_("units"))
    per_person_limit = models.PositiveSmallIntegerField(default=2, verbose_name=_("limit a person"))
    starts_at = models.DateTimeField(verbose_name=_("starts"))
    ends_at = models.DateTimeField(verbose_name=_("ends"))
    is_flash = models.BooleanField(default=False, verbose_name=_("flash sale"))
    subsidy_payer_zh = models.CharField(
        max_length=80,
        blank=True,
        help_text=_("who pays the difference below the producer's cost"),
        verbose_name=_("who pays the difference (Chinese)"),
    )
    subsidy_payer_en = models.CharField(
        max_length=120, blank=True, verbose_name=_("who pays the difference (English)")
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, verbose_name=_("state")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(null=True, blank=True, verbose_name=_("approved"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text=_("who wrote its terms last; somebody else approves it"),
        verbose_name=_("proposed by"),
    )
    sent_back_reason = models.CharField(
        max_length=300, blank=True, editable=False, verbose_name=_("why it was sent back")
    )
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created"))

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["-starts_at", "pk"]
        indexes = [models.Index(fields=["state", "starts_at", "ends_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="deal_dates"),
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="deal_price_positive"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, per_person_limit__gt=0),
                name="deal_quantities",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    base_price_fen__isnull=False,
                ),
                name="deal_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(proposed_by=None)
                | ~Q(approved_by=F("proposed_by")),
                name="deal_approved_by_another",
            ),
            ExclusionConstraint(
                name="deal_no_overlap",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="approved", is_flash=False),
            ),
            ExclusionConstraint(
                name="flash_no_overlap",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="approved", is_flash=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.price_fen}"

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[models.BaseConstraint]]]:
        """What forms check by themselves. Not the overlap: Django cannot evaluate a condition on a
        field the form leaves out; the domain has the words for it and the database the last one."""
        return [
            (model, [rule for rule in rules if not isinstance(rule, ExclusionConstraint)])
            for model, rules in super().get_constraints()
        ]

    @property
    def subsidy_payer(self) -> str:
        return pick(self.subsidy_payer_zh, self.subsidy_payer_en)

    @property
    def is_on(self) -> bool:
        """Approved and inside its window, by the server's clock."""
        return self.state == self.State.APPROVED and self.starts_at <= timezone.now() < self.ends_at

    @property
    def discount_percent(self) -> int:
        """Whole percent off the base price, rounded down (an honest figure never rounds up)."""
        if not self.base_price_fen:
            return 0
        return (self.base_price_fen - self.price_fen) * 100 // self.base_price_fen
