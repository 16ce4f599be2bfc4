"""What was said in a room."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from streams.models.broadcasts import Broadcast


class ChatMessage(models.Model):
    """Plain text, at most 200 characters. `key` is the sender's, so a retry says it once.

    With the badge `system` the shop itself speaks in the host's room, in both languages.
    """

    SYSTEM = "system"

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="messages")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages"
    )
    key = models.CharField(max_length=36)
    text = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200, blank=True)
    badge = models.CharField(
        max_length=10, blank=True, help_text="host, assistant, moderator (then) or system"
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

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["broadcast", "-id"],
                condition=Q(hidden_at=None),
                name="chat_shown",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "user", "key"], name="chat_said_once"),
            models.CheckConstraint(condition=~Q(text=""), name="chat_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.text[:20]}"
