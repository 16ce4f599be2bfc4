"""Following a host, being reminded of a show, and telling those who asked."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from officials.models import Official
from streams.models import Broadcast, Follow, Reminder

REMIND_BEFORE = timedelta(minutes=10)
TOO_LATE_AFTER = timedelta(minutes=30)
"""A reminder that could not be sent by then (worker down) would only annoy."""


def follow(*, user: User, official: Official) -> None:
    """Hear from this host; twice is the same as once. Raises DomainError (404)."""
    if not official.is_verified:
        raise DomainError("no_such_official", _("This official is not here."), status=404)
    Follow.objects.get_or_create(user=user, official=official)


def unfollow(*, user: User, official: Official) -> None:
    Follow.objects.filter(user=user, official=official).delete()


def remind(*, user: User, broadcast: Broadcast) -> None:
    """Tell `user` ten minutes before. Raises DomainError `not_upcoming` (409)."""
    if broadcast.state != Broadcast.State.SCHEDULED:
        raise DomainError("not_upcoming", _("This show has already begun."), status=409)
    Reminder.objects.get_or_create(user=user, broadcast=broadcast)


def forget_reminder(*, user: User, broadcast: Broadcast) -> None:
    Reminder.objects.filter(user=user, broadcast=broadcast, sent_at=None).delete()


def send_due_reminders() -> int:
    """Tell everyone whose show begins within ten minutes; each at most once. Returns how many."""
    now = timezone.now()
    due = Reminder.objects.filter(
        sent_at=None,
        broadcast__state__in=[Broadcast.State.SCHEDULED, Broadcast.State.LIVE],
        broadcast__scheduled_at__lte=now + REMIND_BEFORE,
        broadcast__scheduled_at__gte=now - TOO_LATE_AFTER,
    ).select_related("user", "broadcast__host")
    return sum(_send_reminder(reminder) for reminder in due[:1000])


def _send_reminder(reminder: Reminder) -> bool:
    show = reminder.broadcast
    with transaction.atomic():
        claimed = Reminder.objects.filter(pk=reminder.pk, sent_at=None)
        if not claimed.update(sent_at=timezone.now()):
            return False
        with translation.override(reminder.user.language):
            at = timezone.localtime(show.scheduled_at).strftime("%H:%M")
            notify(
                user=reminder.user,
                kind=Kind.SHOW_REMINDER,
                key=f"remind:{show.public_id}:{reminder.user_id}",
                title=_("“%(title)s” begins at %(time)s") % {"title": show.title, "time": at},
                body=_("%(host)s will be there. See you in the room.") % {"host": show.host.name},
                url=reverse("streams:room", args=[show.public_id]),
            )
    return True


def tell_followers() -> int:
    """Tell the followers of hosts who went live; each once a show. Returns how many were told.

    The show is marked after all were told: a crash between repeats, and the key of each
    notification makes the repetition harmless.
    """
    told = 0
    for show in Broadcast.objects.live().filter(followers_told_at=None).select_related("host"):
        followers = Follow.objects.filter(official=show.host).select_related("user")
        for row in followers.iterator():
            _tell_follower(row.user, show)
            told += 1
        Broadcast.objects.filter(pk=show.pk).update(followers_told_at=timezone.now())
    return told


def _tell_follower(user: User, show: Broadcast) -> None:
    with transaction.atomic(), translation.override(user.language):
        notify(
            user=user,
            kind=Kind.HOST_LIVE,
            key=f"live:{show.public_id}:{user.pk}",
            title=_("%(host)s is live") % {"host": show.host.name},
            body=show.title,
            url=reverse("streams:room", args=[show.public_id]),
        )
