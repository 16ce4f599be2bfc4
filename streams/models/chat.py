"""What was said in a room."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from streams.models.broadcasts import Broadcast


class ChatMessageQuerySet(models.QuerySet["ChatMessage"]):
    def public(self) -> "ChatMessageQuerySet":
        """What everyone may read (again): not held, not for its author alone, not hidden."""
        return self.filter(visibility=ChatMessage.Visibility.SHOWN, hidden_at=None)


class ChatMessage(models.Model):
    """Plain text, at most 200 characters as people count. `key` is the sender's, so a retry says
    it once.

    With the badge `system` the shop itself speaks in the host's room, in both languages. Only
    what is `shown` was ever told to the room; `private` lines (a telephone number, a link) are
    seen by their author and moderators.
    """

    class Visibility(models.TextChoices):
        SHOWN = "shown", _("shown")
        HELD = "held", _("held for review")
        PRIVATE = "private", _("seen by its author only")
        REFUSED = "refused", pgettext_lazy("a line", "refused")

    SYSTEM = "system"
    BUYER = "buyer"

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="messages")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages"
    )
    key = models.CharField(max_length=36)
    text = models.CharField(max_length=600)
    text_en = models.CharField(max_length=200, blank=True)
    badge = models.CharField(
        max_length=10, blank=True, help_text="host, assistant, moderator, buyer (then) or system"
    )
    visibility = models.CharField(
        max_length=8,
        choices=Visibility.choices,
        default=Visibility.SHOWN,
        verbose_name=_("visibility"),
    )
    reply_to = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replies"
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    media_ms = models.BigIntegerField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects: ClassVar[models.Manager["ChatMessage"]] = ChatMessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["broadcast", "id"],
                condition=Q(visibility="held"),
                name="chat_held",
            ),
            models.Index(
                fields=["broadcast", "-id"],
                condition=Q(hidden_at=None),
                name="chat_shown",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "user", "key"], name="chat_said_once"),
            models.CheckConstraint(condition=~Q(text=""), name="chat_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.text[:20]}"
