"""The run of a show: its segments in order, what was said of marked words, and runs to reuse."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import pick
from officials.models import Official
from products.models import Product
from streams.models.broadcasts import Broadcast
from streams.models.flash_sales import FlashSale

SEGMENT_MINUTES = (1, 180)


class SegmentKind(models.TextChoices):
    TALK = "talk", _("Welcome and talk")
    PITCH = "pitch", _("Product pitch")
    TALENT = "talent", _("Talent show")
    SONG = "song", _("Song")
    QUESTIONS = "questions", _("Questions and answers")
    DRAW = "draw", _("Lucky draw")
    BREAK = "break", _("Intermission")


class SegmentPlan(models.Model):
    """What a segment of a show and one of a template have in common. Without a title its product's
    name stands for it, or the kind's."""

    kind = models.CharField(max_length=10, choices=SegmentKind.choices, default=SegmentKind.PITCH)
    title_zh = models.CharField(max_length=60, blank=True)
    title_en = models.CharField(max_length=100, blank=True)
    planned_minutes = models.PositiveSmallIntegerField(default=5)
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    script = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        if self.title_zh or self.title_en:
            return pick(self.title_zh, self.title_en)
        return self.product.name if self.product else str(SegmentKind(self.kind).label)


class Segment(SegmentPlan):
    """planned → running → done; one step back is taken by the same two moves the other way.

    `started_at` / `ended_at` are by the clock, `media_start_ms` / `media_end_ms` in media
    milliseconds, so that the replay has a chapter of it. `version` grows with each edit.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("to come")
        RUNNING = "running", _("on now")
        DONE = "done", _("done")

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveSmallIntegerField()
    flash_sale = models.ForeignKey(
        FlashSale, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    media_start_ms = models.BigIntegerField(null=True, blank=True)
    media_end_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "position"],
                name="segment_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["broadcast"], condition=Q(state="running"), name="one_running_segment"
            ),
            models.CheckConstraint(
                condition=Q(state="planned", started_at=None, ended_at=None)
                | Q(state="running", started_at__isnull=False, ended_at=None)
                | Q(state="done", started_at__isnull=False, ended_at__isnull=False),
                name="segment_times_of_its_state",
            ),
            models.CheckConstraint(
                condition=Q(planned_minutes__range=SEGMENT_MINUTES), name="segment_minutes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class ScriptClearance(models.Model):
    """A marked word that may stay in this sentence, why, and who says so. Kept with the show.

    Another sentence with the same word is another claim, and marked again.
    """

    segment = models.ForeignKey(
        Segment,
        on_delete=models.CASCADE,
        related_name="clearances",
        verbose_name=_("segment"),
    )
    word = models.CharField(max_length=60, verbose_name=_("marked word"))
    sentence = models.CharField(max_length=500, verbose_name=_("sentence"))
    reason = models.CharField(max_length=200, verbose_name=_("why it may stay"))
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who says so"),
    )
    cleared_at = models.DateTimeField(auto_now_add=True, verbose_name=_("when"))

    class Meta:
        verbose_name = _("answered mark")
        verbose_name_plural = _("answered marks")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["segment", "word", "sentence"], name="cleared_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="cleared_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.reason}"


class RunTemplate(models.Model):
    """A run to start shows from: its host's own or, if shared, of every host of the prefecture."""

    host = models.ForeignKey(
        Official, on_delete=models.CASCADE, related_name="run_templates", verbose_name=_("host")
    )
    name = models.CharField(max_length=60, verbose_name=_("name"))
    is_shared = models.BooleanField(default=False, verbose_name=_("for the whole prefecture"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created"))

    class Meta:
        verbose_name = _("run to reuse")
        verbose_name_plural = _("runs to reuse")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["host", "name"], name="run_template_name"),
            models.CheckConstraint(condition=~Q(name=""), name="run_template_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class RunTemplateSegment(SegmentPlan):
    template = models.ForeignKey(RunTemplate, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="run_template_position"),
            models.CheckConstraint(
                condition=Q(planned_minutes__range=SEGMENT_MINUTES), name="run_template_minutes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"
