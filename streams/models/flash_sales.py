"""Flash sales of a show: what was approved, and what became of it on air."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import pick
from products.models import Deal, Festival, Product
from streams.models.broadcasts import Broadcast

COUNTDOWN_SECONDS = (10, 300)
RUN_SECONDS = (60, 1200)


class FlashSale(models.Model):
    """proposed → scheduled → countdown → running → ended; or cancelled (it can be started again)
    or withdrawn.

    A curator approves the terms and a window (`opens_at` … `closes_at`); from then on the database
    keeps them. Starting it makes `deal`, whose window is the minutes in which the price really is
    offered: before `deal.starts_at` nothing can be bought at it and from `deal.ends_at` on nothing
    either, whatever this row's state says. `planned_at` is when it begins by itself.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for approval")
        SCHEDULED = "scheduled", _("ready to start")
        COUNTDOWN = "countdown", _("counting down")
        RUNNING = "running", _("on sale now")
        ENDED = "ended", _("ended")
        CANCELLED = "cancelled", _("called off")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Reason(models.TextChoices):
        TIME = "time", _("its time was over")
        SOLD_OUT = "sold_out", _("sold out")
        STOPPED = "stopped", _("stopped by the host")
        SHOW_OVER = "show_over", _("the show ended")
        WITHDRAWN = "withdrawn", _("taken back by the curator")

    OPEN = (State.COUNTDOWN, State.RUNNING)
    STARTABLE = (State.SCHEDULED, State.CANCELLED)

    broadcast = models.ForeignKey(
        Broadcast, on_delete=models.PROTECT, related_name="flash_sales", verbose_name=_("show")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="flash_sales", verbose_name=_("product")
    )
    festival = models.ForeignKey(
        Festival, on_delete=models.PROTECT, related_name="flash_sales", verbose_name=_("festival")
    )
    price_fen = models.PositiveIntegerField(verbose_name=_("price"))
    base_price_fen = models.PositiveIntegerField(
        null=True, blank=True, editable=False, verbose_name=_("base price")
    )
    quantity = models.PositiveIntegerField(verbose_name=_("units"))
    per_person_limit = models.PositiveSmallIntegerField(default=1, verbose_name=_("limit a person"))
    countdown_seconds = models.PositiveSmallIntegerField(
        default=60, verbose_name=_("countdown (seconds)")
    )
    run_seconds = models.PositiveSmallIntegerField(
        default=600, verbose_name=_("lasts at most (seconds)")
    )
    opens_at = models.DateTimeField(verbose_name=_("may begin from"))
    closes_at = models.DateTimeField(verbose_name=_("is over by"))
    planned_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("Empty: the host starts it."),
        verbose_name=_("begins by itself at"),
    )
    subsidy_payer_zh = models.CharField(
        max_length=80, blank=True, verbose_name=_("who pays the difference (Chinese)")
    )
    subsidy_payer_en = models.CharField(
        max_length=120, blank=True, verbose_name=_("who pays the difference (English)")
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.PROPOSED, verbose_name=_("state")
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("proposed by"),
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
    deal = models.OneToOneField(
        Deal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="flash_sale",
        verbose_name=_("deal"),
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: it began by itself."),
        verbose_name=_("started by"),
    )
    started_at = models.DateTimeField(null=True, blank=True, verbose_name=_("countdown began"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("closed"))
    reason = models.CharField(
        max_length=10, choices=Reason.choices, blank=True, verbose_name=_("why it ended")
    )
    units_taken = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("units bought or held at the end")
    )
    note = models.CharField(
        max_length=200, blank=True, editable=False, verbose_name=_("why it did not begin by itself")
    )
    media_start_ms = models.BigIntegerField(null=True, blank=True)
    media_end_ms = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created"))

    class Meta:
        verbose_name = _("flash sale")
        verbose_name_plural = _("flash sales")
        ordering = ["opens_at", "pk"]
        indexes = [
            models.Index(fields=["broadcast", "-started_at"]),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["scheduled", "countdown", "running"]),
                name="flash_sale_to_watch",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(price_fen__gt=0, quantity__gt=0, per_person_limit__gt=0)
                & Q(per_person_limit__lte=F("quantity")),
                name="flash_numbers",
            ),
            models.CheckConstraint(
                condition=Q(countdown_seconds__range=COUNTDOWN_SECONDS), name="flash_countdown"
            ),
            models.CheckConstraint(condition=Q(run_seconds__range=RUN_SECONDS), name="flash_run"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="flash_window"),
            models.CheckConstraint(
                condition=Q(planned_at=None)
                | Q(planned_at__gte=F("opens_at"), planned_at__lt=F("closes_at")),
                name="flash_planned_in_window",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "withdrawn"])
                | Q(
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    base_price_fen__isnull=False,
                ),
                name="flash_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["countdown", "running", "ended"])
                | Q(deal__isnull=False, started_at__isnull=False),
                name="flash_started_has_deal",
            ),
            models.UniqueConstraint(
                fields=["broadcast"],
                condition=Q(state__in=["countdown", "running"]),
                name="one_open_flash_a_show",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.price_fen} × {self.quantity}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def can_be_started(self) -> bool:
        return self.state in self.STARTABLE

    @property
    def run_minutes(self) -> int:
        return self.run_seconds // 60

    @property
    def length(self) -> timedelta:
        """Countdown and all."""
        return timedelta(seconds=self.countdown_seconds + self.run_seconds)

    @property
    def starts_by_itself_at(self) -> datetime | None:
        """When the countdown of an automatic start begins."""
        if self.planned_at is None:
            return None
        return self.planned_at - timedelta(seconds=self.countdown_seconds)

    @property
    def subsidy_payer(self) -> str:
        return pick(self.subsidy_payer_zh, self.subsidy_payer_en)

    @property
    def discount_percent(self) -> int:
        """Whole percent off the base price, rounded down."""
        if not self.base_price_fen:
            return 0
        return (self.base_price_fen - self.price_fen) * 100 // self.base_price_fen
