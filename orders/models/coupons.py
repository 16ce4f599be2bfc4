"""Coupons: what they take off, for which goods, how often, and who pays for it. Money in fen."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import BilingualName, pick
from officials.models import Region
from orders.models.orders import Order
from products.models import Festival, Producer


class Coupon(BilingualName):
    """An amount or a percentage off the goods in its scope: those of one festival, prefecture or
    producer (several narrow each other), or all goods of the shop.

    `used` counts uses that hold or have bought something; only the trigger on `CouponUse` moves
    it. A producer's share is never touched: the payer named here adds the discount.
    """

    code = models.CharField(
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9]{4,20}$", _("Capital letters and digits, 4 to 20."))],
        verbose_name=_("code"),
    )
    festival = models.ForeignKey(
        Festival,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="coupons",
        verbose_name=_("only in the festival"),
    )
    prefecture = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="coupons",
        verbose_name=_("only goods of the prefecture"),
    )
    producer = models.ForeignKey(
        Producer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="coupons",
        verbose_name=_("only goods of the producer"),
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="coupons",
        help_text=_("empty: for everybody who has the code"),
        verbose_name=_("only for the person"),
    )
    amount_fen = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("amount off"))
    percent_bps = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("share off (1/100 %)")
    )
    most_fen = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("never more off than")
    )
    minimum_fen = models.PositiveIntegerField(
        default=0, verbose_name=_("goods in its scope for at least")
    )
    total_limit = models.PositiveIntegerField(verbose_name=_("uses in all"))
    per_person_limit = models.PositiveSmallIntegerField(default=1, verbose_name=_("uses a person"))
    used = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, verbose_name=_("used")
    )
    starts_at = models.DateTimeField(verbose_name=_("starts"))
    ends_at = models.DateTimeField(verbose_name=_("ends"))
    is_stackable = models.BooleanField(default=False, verbose_name=_("together with others"))
    is_public = models.BooleanField(
        default=True,
        help_text=_("offered to every buyer; otherwise only for those who type the code"),
        verbose_name=_("offered by the shop"),
    )
    is_stopped = models.BooleanField(default=False, verbose_name=_("stopped"))
    payer_zh = models.CharField(max_length=80, verbose_name=_("who pays for it (Chinese)"))
    payer_en = models.CharField(
        max_length=120, blank=True, verbose_name=_("who pays for it (English)")
    )
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created"))

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="coupon_dates"),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=False, amount_fen__gt=0, percent_bps=None)
                | Q(
                    amount_fen=None,
                    percent_bps__isnull=False,
                    percent_bps__gt=0,
                    percent_bps__lte=10_000,
                ),
                name="coupon_amount_or_percent",
            ),
            models.CheckConstraint(
                condition=Q(total_limit__gt=0, per_person_limit__gt=0), name="coupon_limits"
            ),
            models.CheckConstraint(
                condition=Q(used__lte=F("total_limit")), name="coupon_within_its_limit"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Never writes `used` over: checkout may be counting at this very moment."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            own = [field.name for field in self._meta.concrete_fields if not field.primary_key]
            kwargs["update_fields"] = [name for name in own if name != "used"]
        super().save(*args, **kwargs)

    @property
    def payer(self) -> str:
        return pick(self.payer_zh, self.payer_en)


class CouponUse(models.Model):
    """One coupon in one order. A use that is released counts against no limit any more."""

    class State(models.TextChoices):
        HELD = "held", _("held")
        USED = "used", _("used")
        RELEASED = "released", _("released")

    coupon = models.ForeignKey(
        Coupon, on_delete=models.PROTECT, related_name="uses", verbose_name=_("coupon")
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="coupon_uses",
        verbose_name=_("buyer"),
    )
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="coupon_uses", verbose_name=_("order")
    )
    discount_fen = models.PositiveIntegerField(verbose_name=_("discount"))
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.HELD, verbose_name=_("state")
    )
    at = models.DateTimeField(auto_now_add=True, verbose_name=_("when"))

    class Meta:
        verbose_name = _("use of a coupon")
        verbose_name_plural = _("uses of coupons")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "coupon"], name="coupon_once_an_order"),
            models.CheckConstraint(condition=Q(discount_fen__gt=0), name="coupon_use_positive"),
        ]
        indexes = [
            models.Index(
                fields=["coupon", "buyer"],
                condition=~Q(state="released"),
                name="coupon_uses_of_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} in {self.order_id} ({self.state})"
