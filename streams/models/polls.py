"""What the host asks the room, and what the room answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from streams.models.broadcasts import Broadcast, new_public_id

CHOICES = (2, 6)
POLL_SECONDS = (30, 1800)


class Poll(models.Model):
    """open → closed. Question and choices never change; the database counts the last time itself.

    `tally` is what the room was told last, one number a choice; while it is open a sweep renews it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", pgettext_lazy("a poll", "closed")

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="polls")
    key = models.CharField(max_length=36)
    question = models.CharField(max_length=180)
    choices = models.JSONField()
    tally = models.JSONField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    is_pinned = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    media_start_ms = models.BigIntegerField(null=True, blank=True)
    media_end_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["broadcast", "-opened_at"]),
            models.Index(fields=["closes_at"], condition=Q(state="open"), name="poll_to_run"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "key"], name="poll_asked_once"),
            models.UniqueConstraint(
                fields=["broadcast"], condition=Q(state="open"), name="one_open_poll_a_show"
            ),
        ]

    def __str__(self) -> str:
        return self.question[:40]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def total(self) -> int:
        return sum(self.tally)


class PollVote(models.Model):
    """One a person and poll; it may be changed until the poll closes."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    choice = models.PositiveSmallIntegerField()
    voted_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "user"], name="one_poll_vote")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.poll_id}"
