"""What the public wants, who answers for it by when, and what was answered."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import pick
from officials.models import Official, Region
from products.models import Product
from streams.models.broadcasts import Broadcast


class Tag(models.TextChoices):
    """What a demand is about; suggested by word lists, corrected by staff."""

    FREIGHT = "freight", _("Freight")
    PRICE = "price", _("Price")
    QUALITY = "quality", _("Quality")
    VARIETY = "variety", _("Variety")
    SUPPLY = "supply", _("In stock")
    PACKING = "packing", _("Packing")
    ROADS = "roads", _("Roads and logistics")
    SERVICE = "service", _("Service")
    OTHER = "other", _("Something else")


class Demand(models.Model):
    """suggested → published → assigned → answered → told, or declined, or merged into another.

    `gist` is what was made of what people said; only staff see it. `title` and `details` are the
    public wording, written by staff. `votes` counts DemandVote rows, `voices` what came in.
    `remind_at` is when the office is to be reminded next. `official` holds the office that answers.
    """

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("suggested")
        PUBLISHED = "published", _("waiting for an office")
        ASSIGNED = "assigned", _("waiting for an answer")
        ANSWERED = "answered", _("has an answer")
        TOLD = "told", _("answered, and read in a show")
        DECLINED = "declined", _("declined")
        MERGED = "merged", _("merged")

    OPEN = (State.SUGGESTED, State.PUBLISHED, State.ASSIGNED)
    """What else is said of it belongs to it."""
    VOTED_ON = (State.PUBLISHED, State.ASSIGNED)
    WITH_ANSWER = (State.ANSWERED, State.TOLD)

    state = models.CharField(
        max_length=9, choices=State.choices, default=State.SUGGESTED, verbose_name=_("state")
    )
    prefecture = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prefecture"),
    )
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
    )
    tags = ArrayField(
        models.CharField(max_length=8, choices=Tag.choices), default=list, verbose_name=_("tags")
    )
    gist = models.CharField(max_length=200, verbose_name=_("what came in"))
    title_zh = models.CharField(max_length=60, blank=True, verbose_name=_("wording (Chinese)"))
    title_en = models.CharField(max_length=120, blank=True, verbose_name=_("wording (English)"))
    details_zh = models.CharField(max_length=300, blank=True, verbose_name=_("more (Chinese)"))
    details_en = models.CharField(max_length=500, blank=True, verbose_name=_("more (English)"))
    votes = models.PositiveIntegerField(default=0, verbose_name=_("votes"))
    voices = models.PositiveIntegerField(default=0, verbose_name=_("voices"))
    official = models.ForeignKey(
        Official,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="demands",
        verbose_name=_("office in charge"),
    )
    due_at = models.DateTimeField(null=True, blank=True, verbose_name=_("to be answered by"))
    remind_at = models.DateTimeField(null=True, blank=True, editable=False)
    answer_zh = models.CharField(max_length=500, blank=True, verbose_name=_("answer (Chinese)"))
    answer_en = models.CharField(max_length=800, blank=True, verbose_name=_("answer (English)"))
    reason = models.CharField(max_length=200, blank=True, verbose_name=_("why it was declined"))
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("came in"))
    published_at = models.DateTimeField(null=True, blank=True, verbose_name=_("published"))
    assigned_at = models.DateTimeField(null=True, blank=True, verbose_name=_("office named"))
    answered_at = models.DateTimeField(null=True, blank=True, verbose_name=_("answered"))
    told_at = models.DateTimeField(null=True, blank=True, verbose_name=_("read in a show"))

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "-votes", "-id"], name="demand_by_votes"),
            models.Index(fields=["prefecture", "state"], name="demand_of_prefecture"),
            models.Index(
                fields=["remind_at"], condition=Q(state="assigned"), name="demand_to_remind"
            ),
            GinIndex(fields=["tags"], name="demand_tags"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["published", "assigned", "answered", "told"])
                | ~Q(title_zh="") & Q(published_at__isnull=False),
                name="demand_public_in_words",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["assigned", "answered", "told"])
                | Q(official__isnull=False, due_at__isnull=False, assigned_at__isnull=False),
                name="demand_assigned_to_office",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "told"])
                | ~Q(answer_zh="") & Q(answered_at__isnull=False),
                name="demand_answered_in_words",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="demand_declined_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | ~Q(state="merged") & Q(merged_into=None),
                name="demand_merged_into_one",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="demand_not_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("streams:demand", args=[self.pk])

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def details(self) -> str:
        return pick(self.details_zh, self.details_en)

    @property
    def answer(self) -> str:
        return pick(self.answer_zh, self.answer_en)

    @property
    def is_public(self) -> bool:
        """It has stood on the board; what was merged away stands there as the other one."""
        return self.published_at is not None and self.state != self.State.MERGED

    @property
    def is_voted_on(self) -> bool:
        return self.state in self.VOTED_ON

    @property
    def is_overdue(self) -> bool:
        return (
            self.state == self.State.ASSIGNED
            and self.due_at is not None
            and self.due_at < timezone.now()
        )

    @property
    def days_overdue(self) -> int:
        """Whole days since it was due, the first one counted; 0 if it is not."""
        if not self.is_overdue or self.due_at is None:
            return 0
        return (timezone.now() - self.due_at).days + 1

    @property
    def tag_labels(self) -> list[str]:
        return [str(Tag(one).label) for one in self.tags]


class DemandVoice(models.Model):
    """One thing that speaks for a demand; `key` says what it was made of, so that it is one.

    `text` is for staff and never shown to the public. Of a refund there is the reason code alone:
    neither the person nor a word of theirs.
    """

    class Source(models.TextChoices):
        QUESTION = "question", _("question in a show")
        WISH = "wish", _("wish")
        SEARCH = "search", _("missed search")
        WATCH = "watch", _("waiting for stock")
        REFUND = "refund", _("refund reason")

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="heard")
    source = models.CharField(max_length=8, choices=Source.choices)
    key = models.CharField(max_length=120, unique=True)
    text = models.CharField(max_length=300, blank=True)
    times = models.PositiveIntegerField(default=1)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    heard_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-times", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(source__in=["refund", "search", "watch"]) | Q(user=None),
                name="demand_voice_of_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(source="refund") | Q(text=""), name="demand_refund_without_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} × {self.times}"


class DemandVote(models.Model):
    """One a person and demand. `told_at`: they were told of the answer."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="voters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    voted_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["demand"], condition=Q(told_at=None), name="demand_vote_untold")
        ]
        constraints = [models.UniqueConstraint(fields=["demand", "user"], name="one_demand_vote")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.demand_id}"


class DemandEvent(models.Model):
    """Who moved a demand, when, from where to where. `note` is for staff unless it was declined."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=9, blank=True)
    to_state = models.CharField(max_length=9)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"

    @property
    def label(self) -> str:
        return str(Demand.State(self.to_state).label)


class DemandReading(models.Model):
    """An answer read out in a show, in media milliseconds. One at a time; a slip is taken back and
    stays as a row, so that what the room was told last can be told again."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="readings")
    broadcast = models.ForeignKey(
        Broadcast, on_delete=models.PROTECT, related_name="demand_readings"
    )
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_slip = models.BooleanField(default=False)
    media_start_ms = models.BigIntegerField(null=True, blank=True)
    media_end_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast"], condition=Q(ended_at=None), name="one_answer_read_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["demand"], condition=Q(is_slip=False), name="answer_read_once"
            ),
            models.CheckConstraint(
                condition=Q(is_slip=False) | Q(ended_at__isnull=False), name="slip_is_over"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} in {self.broadcast_id}"
