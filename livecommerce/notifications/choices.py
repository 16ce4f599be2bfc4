"""What people want to hear, and by which way; and when they want to be left in peace."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.models import (
    MAY_BE_OFF_IN_INBOX,
    ONLY_NOW,
    URGENT,
    ZONES,
    Channel,
    Choice,
    Kind,
    Notification,
    QuietHours,
)

OFFERED = (
    Kind.SHOW_REMINDER,
    Kind.HOST_LIVE,
    Kind.ORDER_PAID,
    Kind.ORDER_EXPIRED,
    Kind.ORDER_SHIPPED,
    Kind.ORDER_REFUNDED,
    Kind.DRAW_WON,
    Kind.BACK_IN_STOCK,
    Kind.QUESTION_ANSWERED,
    Kind.VOICE_ANSWERED,
    Kind.REVIEW_ANSWERED,
    Kind.VOICE_ASSIGNED,
    Kind.SYSTEM,
)
"""Kinds that can be chosen, in the order of the page."""
OF_OFFICES = (Kind.VOICE_ASSIGNED,)
"""Offered to those who were told of it once: to everybody else it means nothing."""
HOME_ZONE = ZONES[0][0]
Wanted = Mapping[tuple[str, str], bool]


def may_be_off(kind: str, channel: str) -> bool:
    return channel != Channel.INBOX or kind in MAY_BE_OFF_IN_INBOX


def choices_of(user: User) -> dict[tuple[str, str], bool]:
    """(kind, channel) → whether it is on, for all that can be chosen. Two queries."""
    told = {(row.kind, row.channel): row.is_on for row in Choice.objects.filter(user=user)}
    has_office = Notification.objects.filter(user=user, kind__in=OF_OFFICES).exists()
    return {
        (kind, channel): told.get((kind, channel), True) or not may_be_off(kind, channel)
        for kind in OFFERED
        if has_office or kind not in OF_OFFICES
        for channel in Channel.values
    }


def choose(*, user: User, wanted: Wanted) -> None:
    """Keep what was chosen; what cannot be switched off stays on."""
    rows = [
        Choice(user=user, kind=kind, channel=channel, is_on=is_on)
        for (kind, channel), is_on in wanted.items()
        if kind in OFFERED and channel in Channel.values and may_be_off(kind, channel)
    ]
    Choice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "kind", "channel"],
        update_fields=["is_on"],
    )


def off_for(users: Iterable[int], channel: str) -> set[tuple[int, str]]:
    """(user, kind) that were switched off for this way. One query."""
    rows = Choice.objects.filter(user__in=set(users), channel=channel, is_on=False)
    return set(rows.values_list("user", "kind"))


def in_inbox(user: User) -> "QuerySet[Notification]":
    """The messages that this person wants to see there."""
    off = Choice.objects.filter(user=user, channel=Channel.INBOX, is_on=False).values("kind")
    return Notification.objects.filter(user=user).exclude(kind__in=off)


def switch_off(*, user: User, kind: str, channel: str) -> None:
    """One kind by one way, as the link in a mail does it; twice is once."""
    if may_be_off(kind, channel):
        Choice.objects.update_or_create(
            user=user, kind=kind, channel=channel, defaults={"is_on": False}
        )


def keep_quiet(
    *, user: User, begins: time | None, ends: time | None, zone: str = HOME_ZONE
) -> None:
    """No push between the two, each day, by the clock of `zone`; both None: at any time.

    Raises DomainError `quiet_hours` (422): only one of them, or the same, or no such zone.
    """
    if begins is None and ends is None:
        QuietHours.objects.filter(user=user).delete()
        return
    if begins is None or ends is None or begins == ends or zone not in dict(ZONES):
        raise DomainError("quiet_hours", _("Say when the quiet begins and when it ends."))
    with transaction.atomic():
        QuietHours.objects.update_or_create(
            user=user, defaults={"begins": begins, "ends": ends, "zone": zone}
        )


def quiet_until(hours: QuietHours | None, now: datetime) -> datetime | None:
    """When the quiet that is now ends; None if it is not quiet."""
    if hours is None:
        return None
    local = timezone.localtime(now, ZoneInfo(hours.zone))
    clock = local.time()
    if hours.begins < hours.ends:
        is_quiet = hours.begins <= clock < hours.ends
    else:
        is_quiet = clock >= hours.begins or clock < hours.ends
    if not is_quiet:
        return None
    end = local.replace(
        hour=hours.ends.hour, minute=hours.ends.minute, second=hours.ends.second, microsecond=0
    )
    return end if end > local else end + timedelta(days=1)


def push_at(kind: str, hours: QuietHours | None, now: datetime) -> datetime | None:
    """When a push of this kind may go: now, when the quiet ends, or (None) not at all."""
    until = quiet_until(hours, now)
    if until is None or kind in URGENT:
        return now
    return None if kind in ONLY_NOW else until
