"""The browsers an account speaks from: a ban reaches accounts that are opened in the same one."""

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from livecommerce.accounts.models import User
from streams.models import BannedDevice, ChatDevice, Sanction

KNOWN_FOR_SECONDS = 3600
REACH = timedelta(days=90)
MOST_DEVICES = 20


def note_device(*, user: User, device: str) -> None:
    """Remember that this account is used in this browser; written once an hour at most."""
    if device and cache.add(f"chat-device:{user.pk}:{device}", 1, KNOWN_FOR_SECONDS):
        ChatDevice.objects.update_or_create(
            user=user, device=device, defaults={"seen_at": timezone.now()}
        )


def ban_devices(*, sanction: Sanction) -> None:
    """The browsers in which the person spoke of late."""
    known = ChatDevice.objects.filter(
        user=sanction.user_id, seen_at__gt=timezone.now() - REACH
    ).order_by("-seen_at")[:MOST_DEVICES]
    BannedDevice.objects.bulk_create(
        [BannedDevice(sanction=sanction, device=one.device) for one in known],
        ignore_conflicts=True,
    )
