"""A show: when, who, where, and the goods on its shelf."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import pick
from officials.models import Official, Region
from products.models import Deal, Festival, Product

if TYPE_CHECKING:
    from streams.models.rehearsal_flash import RehearsalFlash

REHEARSAL_MARK = "0"
"""How the `public_id` of a rehearsal begins; the letters of the others have no 0."""


def is_rehearsal_id(public_id: str) -> bool:
    """Whether this names a rehearsal, without asking the database."""
    return public_id.startswith(REHEARSAL_MARK)


def new_public_id() -> str:
    """Twelve characters that name the room, the media path and the realtime channel."""
    return get_random_string(12, "abcdefghjkmnpqrstuvwxyz23456789")


class BroadcastQuerySet(models.QuerySet["Broadcast"]):
    def live(self) -> "BroadcastQuerySet":
        return self.filter(state=Broadcast.State.LIVE)

    def upcoming(self) -> "BroadcastQuerySet":
        return self.filter(state=Broadcast.State.SCHEDULED)

    def real(self) -> "BroadcastQuerySet":
        """No rehearsals: whatever is listed, counted or told to anybody begins here."""
        return self.filter(rehearsal_of=None)

    def public(self) -> "BroadcastQuerySet":
        return self.real().exclude(state__in=[Broadcast.State.CANCELLED])


class Broadcast(models.Model):
    """scheduled → live → ended → ready, or cancelled. A rehearsal: rehearsing → ended.

    A rehearsal is a broadcast of its own, `rehearsal_of` a show, and never becomes it. The
    database keeps the two apart by their very names: the id of a rehearsal is below zero (an order
    wants one above), its `public_id` begins with a 0, which no other does, and it is never live.

    `host_online_at` / `host_offline_at` follow the media engine's hook: a live show whose host
    is offline is "host away", and goes on when the host returns. `shelf_told` is a hash of the
    cards that the room was told last.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        REHEARSING = "rehearsing", _("rehearsing")
        LIVE = "live", _("live")
        ENDED = "ended", _("ended")
        READY = "ready", _("replay ready")
        CANCELLED = "cancelled", _("cancelled")

    class PictureSource(models.TextChoices):
        """What the host declares; everything but a camera is labelled wherever the show is seen."""

        CAMERA = "camera", _("a camera, live")
        RECORDED = "recorded", _("recorded beforehand")
        AI = "ai", _("made by AI")

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    cover = models.ImageField(upload_to="covers", blank=True)
    festival = models.ForeignKey(
        Festival,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="broadcasts",
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="broadcasts")
    host = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="broadcasts")
    scheduled_at = models.DateTimeField()
    planned_minutes = models.PositiveSmallIntegerField(default=60)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SCHEDULED)
    rehearsal_of = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="rehearsals",
    )
    state_version = models.PositiveIntegerField(default=0)
    is_demo = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    host_online_at = models.DateTimeField(null=True, blank=True)
    host_offline_at = models.DateTimeField(null=True, blank=True)
    pins_version = models.PositiveIntegerField(default=0)
    run_version = models.PositiveIntegerField(default=0)
    shelf_version = models.PositiveIntegerField(default=0)
    shelf_told = models.CharField(max_length=64, blank=True, editable=False)
    followers_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    likes = models.PositiveBigIntegerField(default=0)
    peak_viewers = models.PositiveIntegerField(default=0)
    announcement = models.CharField(max_length=120, blank=True)
    picture_source = models.CharField(
        max_length=8,
        choices=PictureSource.choices,
        default=PictureSource.CAMERA,
        db_default=PictureSource.CAMERA,
        verbose_name=_("where the picture comes from"),
    )
    slow_mode_seconds = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Broadcast"]] = BroadcastQuerySet.as_manager()

    class Meta:
        ordering = ["scheduled_at", "pk"]
        indexes = [models.Index(fields=["state", "scheduled_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="live") | models.Q(started_at__isnull=False),
                name="broadcast_live_has_start",
            ),
            models.CheckConstraint(
                condition=models.Q(slow_mode_seconds__lte=120),
                name="broadcast_slow_mode",
            ),
            models.UniqueConstraint(
                fields=["host"],
                condition=models.Q(state="live"),
                name="one_live_show_a_host",
            ),
            models.CheckConstraint(
                condition=models.Q(rehearsal_of__isnull=True, pk__gt=0)
                & ~models.Q(public_id__startswith=REHEARSAL_MARK)
                & ~models.Q(state="rehearsing")
                | models.Q(
                    rehearsal_of__isnull=False,
                    pk__lt=0,
                    public_id__startswith=REHEARSAL_MARK,
                    state__in=["rehearsing", "ended"],
                ),
                name="rehearsal_is_no_show",
            ),
            models.UniqueConstraint(
                fields=["rehearsal_of"],
                condition=models.Q(state="rehearsing"),
                name="one_rehearsal_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def is_rehearsal(self) -> bool:
        return self.rehearsal_of_id is not None

    @property
    def is_on_air(self) -> bool:
        """Live, or a rehearsal that is on: what the console and its figures go by."""
        return self.state in (self.State.LIVE, self.State.REHEARSING)

    @property
    def room(self) -> str:
        """The realtime room's key."""
        return f"b:{self.public_id}"

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.ENDED, self.State.READY, self.State.CANCELLED)

    @property
    def is_host_online(self) -> bool:
        if self.host_online_at is None:
            return False
        return self.host_offline_at is None or self.host_online_at > self.host_offline_at


class RoomRole(models.Model):
    """Rights beyond the host's own: moderators (of one show, or of all when null) and so on.

    `chat`, `pins` and `draws` are what the host lets somebody do in one show, each by its row;
    an `assistant` may do all that the host may.
    """

    class Role(models.TextChoices):
        ASSISTANT = "assistant", _("assistant")
        MODERATOR = "moderator", _("moderator")
        CHAT = "chat", _("look after the chat")
        PINS = "pins", _("pin products")
        DRAWS = "draws", _("run draws and polls")

    broadcast = models.ForeignKey(
        Broadcast, on_delete=models.CASCADE, null=True, blank=True, related_name="roles"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="room_roles"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    given_at = models.DateTimeField(auto_now_add=True, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "user", "role"],
                name="one_room_role",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(broadcast__isnull=False)
                | ~models.Q(role__in=["chat", "pins", "draws"]),
                name="named_for_one_show",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"


class ShelfItem(models.Model):
    """One product on a show's shelf, with the deal it is sold by (or its list price)."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="shelf")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="shelf_items")
    deal = models.ForeignKey(
        Deal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shelf_items",
    )
    position = models.PositiveSmallIntegerField()

    rehearsed: "RehearsalFlash | None" = None
    """The flash sale that is tried out with it, as `domain.offers` finds it."""

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "product"], name="shelf_product_once"),
            models.UniqueConstraint(
                fields=["broadcast", "position"],
                name="shelf_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.product_id}"
