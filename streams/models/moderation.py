"""Keeping a room civil: word lists, mutes and bans, appeals, and the book of who did what."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from officials.models import Official
from streams.models.broadcasts import Broadcast
from streams.models.chat import ChatMessage


class WordList(models.Model):
    """Banned words of every room, or of one host's rooms, and what happens to a line with one.

    `version` grows with every change: processes build the list anew when they see another.
    """

    class Consequence(models.TextChoices):
        REFUSE = "refuse", _("the line is refused")
        HOLD = "hold", _("the line waits for a moderator")
        MASK = "mask", _("the word is masked")

    name = models.CharField(max_length=60, verbose_name=_("name"))
    host = models.ForeignKey(
        Official,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="word_lists",
        verbose_name=_("rooms of this host"),
        help_text=_("Empty: every room of the site."),
    )
    consequence = models.CharField(
        max_length=6,
        choices=Consequence.choices,
        default=Consequence.HOLD,
        verbose_name=_("what happens"),
    )
    is_active = models.BooleanField(default=True, verbose_name=_("in use"))
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True, verbose_name=_("changed"))

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class BannedWord(models.Model):
    """One word of a list; an exception excuses what lies inside it."""

    list = models.ForeignKey(
        WordList, on_delete=models.CASCADE, related_name="words", verbose_name=_("word list")
    )
    word = models.CharField(max_length=60, verbose_name=_("word"))
    is_exception = models.BooleanField(
        default=False,
        verbose_name=_("exception"),
        help_text=_("A harmless phrase that contains a banned word."),
    )

    class Meta:
        verbose_name = _("banned word")
        verbose_name_plural = _("banned words")
        ordering = ["word"]
        constraints = [
            models.UniqueConstraint(fields=["list", "word"], name="banned_word_once"),
            models.CheckConstraint(condition=~Q(word=""), name="banned_word_not_empty"),
        ]

    def __str__(self) -> str:
        return self.word


class Reason(models.TextChoices):
    SPAM = "spam", _("advertising or repetition")
    INSULT = "insult", _("insults or hatred")
    FRAUD = "fraud", _("misleading people or fraud")
    CONTACT = "contact", _("leading people away from the shop")
    LAW = "law", _("against the law")
    OTHER = "other", _("disturbing the show")


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self, now: datetime | None = None) -> "SanctionQuerySet":
        now = now or timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


class Sanction(models.Model):
    """A person may not take part in the rooms of one host (or, without a host, in any).

    A mute is of the account; a ban also of the browsers it was used in. Both hide what the person
    said. Watching and buying stay as they are. `until` empty: for good. One appeal each.
    """

    class Kind(models.TextChoices):
        MUTE = "mute", _("mute")
        BAN = "ban", _("ban")

    class Appeal(models.TextChoices):
        NONE = "", _("no appeal")
        WAITING = "waiting", _("waits for a decision")
        GRANTED = "granted", _("granted")
        UPHELD = "upheld", _("not granted")

    kind = models.CharField(max_length=4, choices=Kind.choices, verbose_name=_("kind"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="sanctions",
        verbose_name=_("person"),
    )
    host = models.ForeignKey(
        Official,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rooms of this host"),
        help_text=_("Empty: every room of the site."),
    )
    broadcast = models.ForeignKey(
        Broadcast,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sanctions",
        verbose_name=_("show"),
    )
    message = models.ForeignKey(
        ChatMessage,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("because of this line"),
    )
    reason = models.CharField(max_length=8, choices=Reason.choices, verbose_name=_("reason"))
    note = models.CharField(max_length=200, blank=True, verbose_name=_("note"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(default=timezone.now, verbose_name=_("since"))
    until = models.DateTimeField(
        null=True, blank=True, verbose_name=_("until"), help_text=_("Empty: for good.")
    )
    lifted_at = models.DateTimeField(null=True, blank=True, verbose_name=_("lifted"))
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )
    appeal = models.CharField(
        max_length=8,
        choices=Appeal.choices,
        default=Appeal.NONE,
        blank=True,
        verbose_name=_("appeal"),
    )
    appeal_text = models.CharField(max_length=500, blank=True, verbose_name=_("what they say"))
    appealed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("appealed"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("decided"))
    answer = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("answer"),
        help_text=_("The person reads this."),
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mute or ban")
        verbose_name_plural = _("mutes and bans")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user"], condition=Q(lifted_at=None), name="sanction_of_person"),
            models.Index(
                fields=["host", "kind"], condition=Q(lifted_at=None), name="sanction_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "host", "kind"],
                condition=Q(lifted_at=None),
                name="one_open_sanction",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("created_at")), name="sanction_term"
            ),
            models.CheckConstraint(
                condition=~Q(appeal__in=["granted", "upheld"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="appeal_decided_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())


class BannedDevice(models.Model):
    """A browser in which a banned account was used, by its signed cookie."""

    sanction = models.ForeignKey(Sanction, on_delete=models.CASCADE, related_name="devices")
    device = models.CharField(max_length=32, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sanction", "device"], name="banned_device_once")
        ]

    def __str__(self) -> str:
        return self.device


class ChatDevice(models.Model):
    """In which browsers an account has spoken; what a ban is to reach."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    device = models.CharField(max_length=32)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "device"], name="chat_device_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.device}"


class ModerationAction(models.Model):
    """Who did what to whom and why: written with the deed, never changed (the database refuses)."""

    class Deed(models.TextChoices):
        HIDE = "hide", _("hid a line")
        APPROVE = "approve", _("let a held line through")
        REFUSE = "refuse", _("refused a held line")
        MUTE = "mute", _("muted")
        BAN = "ban", _("banned")
        LIFT = "lift", _("lifted a mute or ban")
        APPEAL = "appeal", _("appealed")
        GRANT = "grant", _("granted an appeal")
        UPHOLD = "uphold", _("did not grant an appeal")
        QUESTION = "question", _("took a question away")

    deed = models.CharField(max_length=8, choices=Deed.choices, verbose_name=_("deed"))
    broadcast = models.ForeignKey(
        Broadcast,
        on_delete=models.CASCADE,
        null=True,
        related_name="moderation",
        verbose_name=_("show"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )
    sanction = models.ForeignKey(
        Sanction, on_delete=models.CASCADE, null=True, related_name="deeds"
    )
    message = models.ForeignKey(
        ChatMessage, on_delete=models.CASCADE, null=True, related_name="deeds"
    )
    reason = models.CharField(
        max_length=8, choices=Reason.choices, blank=True, verbose_name=_("reason")
    )
    note = models.CharField(max_length=500, blank=True, verbose_name=_("note"))
    until = models.DateTimeField(null=True, verbose_name=_("until"))
    at = models.DateTimeField(auto_now_add=True, verbose_name=_("when"))

    class Meta:
        verbose_name = _("moderation")
        verbose_name_plural = _("moderation book")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["broadcast", "-id"], name="moderation_of_show")]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.user}"
