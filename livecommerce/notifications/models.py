"""The inbox and what is still to be sent; a row first, Celery afterwards."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    SHOW_REMINDER = "show_reminder", _("A show begins soon")
    HOST_LIVE = "host_live", _("A followed host is live")
    ORDER_PAID = "order_paid", _("Order paid")
    ORDER_EXPIRED = "order_expired", _("Order expired")
    ORDER_SHIPPED = "order_shipped", _("Order shipped")
    ORDER_REFUNDED = "order_refunded", _("Order refunded")
    OFFICIAL_VERIFIED = "official_verified", _("Official verified")
    SYSTEM = "system", _("From the platform")


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


class Delivery(models.Model):
    """The outbox: one row a channel, sent at most once, found again by a sweep."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PUSH = "push", _("Web push")

    class State(models.TextChoices):
        DUE = "due", _("due")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries"
    )
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel"], name="one_delivery_a_channel"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="due"), name="delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}: {self.notification}"
