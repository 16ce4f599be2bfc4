"""The inbox and what is still to be sent; a row first, Celery afterwards."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    SHOW_REMINDER = "show_reminder", _("A show begins soon")
    HOST_LIVE = "host_live", _("A followed host is live")
    ORDER_PAID = "order_paid", _("Order paid")
    ORDER_EXPIRED = "order_expired", _("Order expired")
    ORDER_SHIPPED = "order_shipped", _("Order shipped")
    ORDER_REFUNDED = "order_refunded", _("Order refunded")
    OFFICIAL_VERIFIED = "official_verified", _("Official verified")
    DRAW_WON = "draw_won", _("Lucky draw won")
    BACK_IN_STOCK = "back_in_stock", _("Back in stock")
    QUESTION_ANSWERED = "question_answered", _("Your question was answered")
    VOICE_ANSWERED = "voice_answered", _("An office answered a demand")
    VOICE_ASSIGNED = "voice_assigned", _("The public asks your office")
    REVIEW_ANSWERED = "review_answered", _("Your review was answered")
    APPROVAL = "approval", _("Approvals: your turn, or decided")
    IDENTITY = "identity", _("Identity check runs out")
    SYSTEM = "system", _("From the platform")


MAY_BE_OFF_IN_INBOX = (
    Kind.SHOW_REMINDER,
    Kind.HOST_LIVE,
    Kind.BACK_IN_STOCK,
    Kind.QUESTION_ANSWERED,
    Kind.VOICE_ANSWERED,
    Kind.REVIEW_ANSWERED,
)
"""The rest is about money, parcels, prizes or the account: somebody has to be able to find it."""
ONLY_NOW = (Kind.SHOW_REMINDER, Kind.HOST_LIVE)
"""Of no use a night later: not pushed in quiet hours, and not afterwards either."""
URGENT = (Kind.ORDER_EXPIRED,)
"""Pushed in quiet hours, too: the goods go to somebody else in minutes, and whoever ordered a
moment ago is awake. A prize waits 48 hours to be claimed, a payment is said on the page itself:
both can wait for the morning. See docs/notifications.md."""


class Notification(models.Model):
    """One message to one person; `key` makes a retried task say it once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=24, choices=Kind.choices)
    key = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user", "-created_at"])]

    def __str__(self) -> str:
        return self.title


class Channel(models.TextChoices):
    """The ways to say something, as people choose between them."""

    INBOX = "inbox", _("Inbox")
    EMAIL = "email", _("E-mail")
    PUSH = "push", _("Web push")


class Choice(models.Model):
    """What somebody switched off or on, for one kind and one way; without a row it is on."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices"
    )
    kind = models.CharField(max_length=24, choices=Kind.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    is_on = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="one_choice")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.channel}"


ZONES = (
    ("Asia/Shanghai", _("China")),
    ("Asia/Bangkok", _("Thailand, Vietnam")),
    ("Asia/Tokyo", _("Japan, Korea")),
    ("Australia/Sydney", _("Sydney")),
    ("Europe/London", _("London")),
    ("Europe/Paris", _("Paris, Berlin")),
    ("America/New_York", _("New York")),
    ("America/Los_Angeles", _("Los Angeles")),
)
"""Where people live who are told of a fair in Guangxi."""


class QuietHours(models.Model):
    """No push between the two by the clock of `zone`; may run over midnight."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quiet_hours"
    )
    begins = models.TimeField(pgettext_lazy("quiet hours", "from"))
    ends = models.TimeField(pgettext_lazy("quiet hours", "until"))
    zone = models.CharField(
        _("by the clock of"), max_length=32, choices=ZONES, default="Asia/Shanghai"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(begins=models.F("ends")), name="quiet_hours_last"
            )
        ]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


class PushSubscription(models.Model):
    """One browser of one person, as its push service named it (RFC 8030, RFC 8291). The address is
    a secret of theirs: whoever has it can write to that browser."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    endpoint = models.CharField(max_length=1000)
    endpoint_hash = models.CharField(max_length=64, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    browser = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.browser}"


class Delivery(models.Model):
    """The outbox: one row a channel and, for push, one more a browser; each sent at most once,
    found again by a sweep. The push row without a browser becomes those of its browsers."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PUSH = "push", _("Web push")

    class State(models.TextChoices):
        DUE = "due", _("due")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("not wanted")

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries"
    )
    subscription = models.ForeignKey(
        PushSubscription,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel", "subscription"],
                name="one_delivery_a_channel",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="due"), name="delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}: {self.notification}"
