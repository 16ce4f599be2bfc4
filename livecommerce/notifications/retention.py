"""How long messages are kept."""

from django.conf import settings
from django.db.models import Q

from livecommerce.notifications.models import Notification, PushSubscription
from livecommerce.upkeep import Policy

POLICIES = [
    Policy(
        "notifications.inbox",
        "messages, with what was sent of them",
        settings.LOGS_KEEP_DAYS,
        lambda limit: Notification.objects.filter(created_at__lt=limit),
    ),
    Policy(
        "notifications.push",
        "addresses of browsers that were not written to for so long",
        settings.LOGS_KEEP_DAYS,
        lambda limit: PushSubscription.objects.filter(
            Q(used_at__lt=limit) | Q(used_at=None, created_at__lt=limit)
        ),
    ),
]
