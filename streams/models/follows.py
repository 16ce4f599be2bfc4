"""Who wants to hear from whom."""

from django.conf import settings
from django.db import models

from officials.models import Official
from streams.models.broadcasts import Broadcast


class Follow(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows"
    )
    official = models.ForeignKey(Official, on_delete=models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["official", "created_at"], name="follow_since")]
        constraints = [models.UniqueConstraint(fields=["user", "official"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.official_id}"


class Reminder(models.Model):
    """ "Tell me when it starts"; `sent_at` is set by the compare-and-set that sends it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders"
    )
    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="reminders")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "broadcast"], name="remind_once")]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.broadcast_id}"
