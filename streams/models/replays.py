"""Replays: what became of a show's recording, its chapters, its MP4 files, and what went wrong."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import pick
from products.models import Product
from streams.models.broadcasts import Broadcast


class Replay(models.Model):
    """making → ready → removed; or missing (nothing was recorded) or failed (tried again).

    `stretches` are the uninterrupted parts of the recording (streams.media.recordings.Stretch), by
    which media time is turned into a position of the replay. `manifest_sha256` is the checksum of
    the list of all files with their own checksums.
    """

    class State(models.TextChoices):
        MAKING = "making", _("being made")
        READY = "ready", _("ready")
        MISSING = "missing", _("nothing was recorded")
        FAILED = "failed", _("could not be made")
        REMOVED = "removed", _("removed, its time was over")

    broadcast = models.OneToOneField(
        Broadcast, on_delete=models.PROTECT, related_name="replay", verbose_name=_("show")
    )
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.MAKING, verbose_name=_("state")
    )
    is_public = models.BooleanField(default=True, verbose_name=_("everyone may watch"))
    duration_ms = models.PositiveBigIntegerField(default=0)
    octets = models.PositiveBigIntegerField(default=0)
    segments = models.PositiveIntegerField(default=0)
    stretches: Any = models.JSONField(default=list, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True, verbose_name=_("checksum"))
    poster_ms = models.PositiveBigIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True, verbose_name=_("ready since"))
    removed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("removed"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["-ready_at"],
                condition=Q(state="ready", is_public=True),
                name="replay_public",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(duration_ms__gt=0, ready_at__isnull=False),
                name="replay_ready_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.state}"

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY


class ReplayChapter(models.Model):
    """A part of a replay that one can jump to; positions in milliseconds of the replay."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening")
        PRODUCT = "product", _("explanation")
        FLASH = "flash", _("flash sale")
        SEGMENT = "segment", _("part of the show")

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="chapters")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="replay_chapters"
    )
    item_id = models.BigIntegerField(null=True, blank=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    start_ms = models.PositiveBigIntegerField()
    end_ms = models.PositiveBigIntegerField()
    has_thumb = models.BooleanField(default=False)

    class Meta:
        ordering = ["start_ms", "pk"]
        indexes = [
            models.Index(
                fields=["product", "-id"], condition=~Q(product=None), name="replay_explained"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_ms__gt=models.F("start_ms")), name="replay_chapter_lasts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.start_ms}: {self.title}"

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def start_seconds(self) -> int:
        return self.start_ms // 1000


class ReplayExport(models.Model):
    """An MP4 file somebody asked for: queued → running → done → removed, or failed."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being written")
        DONE = "done", _("ready to download")
        FAILED = "failed", _("failed")
        REMOVED = "removed", _("removed")

    OPEN = (State.QUEUED, State.RUNNING)

    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="exports")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    key = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    percent = models.PositiveSmallIntegerField(default=0)
    octets = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["replay"],
                condition=Q(state__in=["queued", "running"]),
                name="one_open_export_a_replay",
            )
        ]

    def __str__(self) -> str:
        return f"{self.replay_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def file_name(self) -> str:
        return f"export-{self.key.hex}.mp4"


class RecordingAlert(models.Model):
    """A live show that is not recorded, from when to when; open while `ended_at` is null."""

    broadcast = models.ForeignKey(
        Broadcast,
        on_delete=models.CASCADE,
        related_name="recording_alerts",
        verbose_name=_("show"),
    )
    reason = models.CharField(max_length=300, verbose_name=_("reason"))
    began_at = models.DateTimeField(auto_now_add=True, verbose_name=_("since"))
    ended_at = models.DateTimeField(null=True, blank=True, verbose_name=_("until"))

    class Meta:
        verbose_name = _("gap of a recording")
        verbose_name_plural = _("gaps of recordings")
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast"],
                condition=Q(ended_at=None),
                name="one_open_recording_alert",
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.reason}"
