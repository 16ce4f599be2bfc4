"""What the public asks the host, and who wants to know it, too."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from streams.models.broadcasts import Broadcast


class Question(models.Model):
    """open → on_air → answered, or removed. One at a time is on air.

    `version` grows with every change, votes included; `told_version` is what the room knows.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ON_AIR = "on_air", _("on air")
        ANSWERED = "answered", _("answered")
        REMOVED = "removed", _("removed")

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="questions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="questions"
    )
    key = models.CharField(max_length=36)
    text = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    votes = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    told_version = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    media_start_ms = models.BigIntegerField(null=True, blank=True)
    media_end_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["broadcast"],
                condition=Q(version__gt=F("told_version")),
                name="question_to_tell",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "user", "key"], name="asked_once"),
            models.UniqueConstraint(
                fields=["broadcast"], condition=Q(state="on_air"), name="one_question_on_air"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="question_not_empty"),
            models.CheckConstraint(
                condition=~Q(state="answered")
                | Q(answered_at__isnull=False, taken_at__isnull=False),
                name="question_answered_at",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class QuestionVote(models.Model):
    """One a person and question; the database counts nobody twice."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="voters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    voted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="one_vote")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.question_id}"
