"""Saying something to somebody, once: a row in the inbox and one row for each way to send it.

The rows are written in the caller's transaction. `send_due` sends what they say; Celery is woken
for it and its sweep finds what the waking missed.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from livecommerce.accounts.models import User
from livecommerce.notifications.choices import off_for
from livecommerce.notifications.models import Channel, Delivery, Notification
from livecommerce.notifications.unsubscribing import headers_for, link_for
from livecommerce.transitions import move
from livecommerce.wake import wake

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=30)
STUCK_AFTER = timedelta(minutes=10)


def notify(
    *,
    user: User,
    kind: str,
    key: str,
    title: str | Promise,
    body: str | Promise,
    url: str = "",
) -> bool:
    """Leave a message in `user`'s inbox and queue its e-mail and push, in the caller's transaction.

    `key` is unique: a second call with the same key says nothing more and returns False. Lazy
    texts are rendered in the reader's own language. `url` is a path of this site.
    """
    with override(user.language):
        words = {"title": str(title)[:120], "body": str(body), "url": url}
    notification, is_new = Notification.objects.get_or_create(
        key=key, defaults={"user": user, "kind": kind, **words}
    )
    if is_new:
        Delivery.objects.bulk_create(_outgoing(notification))
        wake("notifications.send_due")
        wake("notifications.push_due")
    return is_new


def _outgoing(notification: Notification) -> list[Delivery]:
    """Who wants what by which way is asked when it is sent: the choice of then counts."""
    return [
        Delivery(notification=notification, channel=channel) for channel in Delivery.Channel.values
    ]


@dataclass(frozen=True)
class Message:
    """What `notify` takes, for many people at once."""

    user: User
    kind: str
    key: str
    title: str | Promise
    body: str | Promise
    url: str = ""


def notify_all(messages: Sequence[Message]) -> int:
    """As `notify` for each, in three statements and one waking; returns how many were new. For
    keys that nobody else writes at the same time."""
    known = Notification.objects.filter(key__in=[one.key for one in messages])
    said = set(known.values_list("key", flat=True))
    made: list[Notification] = []
    for one in messages:
        if one.key not in said:
            with override(one.user.language):
                words = {"title": str(one.title)[:120], "body": str(one.body), "url": one.url}
            made.append(Notification(user=one.user, kind=one.kind, key=one.key, **words))
    rows = Notification.objects.bulk_create(made)
    Delivery.objects.bulk_create(one for row in rows for one in _outgoing(row))
    if rows:
        wake("notifications.send_due")
        wake("notifications.push_due")
    return len(rows)


def mark_read(*, user: User) -> int:
    """All of the inbox counts as read; returns how many were not."""
    return Notification.objects.filter(user=user, read_at=None).update(read_at=timezone.now())


def send_due(*, limit: int = 100) -> int:
    """Send e-mails that are due and wanted; returns how many. Several may run at once."""
    due = list(
        Delivery.objects.filter(
            state=Delivery.State.DUE,
            due_at__lte=timezone.now(),
            channel=Delivery.Channel.EMAIL,
        )
        .select_related("notification__user")
        .order_by("due_at")[:limit]
    )
    off = off_for({one.notification.user_id for one in due}, Channel.EMAIL)
    sent = 0
    for delivery in due:
        if (delivery.notification.user_id, delivery.notification.kind) in off:
            move(delivery, "state", Delivery.State.DUE, Delivery.State.SKIPPED)
        else:
            sent += _send(delivery)
    return sent


def give_up_stuck() -> int:
    """A worker died between taking a delivery and saying that it was sent: nobody knows. Sending
    again could say it twice, so it is closed; the inbox has it anyway."""
    stuck = Delivery.objects.filter(
        state=Delivery.State.SENDING, due_at__lt=timezone.now() - STUCK_AFTER
    )
    return stuck.update(state=Delivery.State.FAILED, last_error="the worker died while sending")


def _send(delivery: Delivery) -> bool:
    now = timezone.now()
    attempts = delivery.attempts + 1
    if not move(
        delivery,
        "state",
        Delivery.State.DUE,
        Delivery.State.SENDING,
        attempts=attempts,
        due_at=now,
    ):
        return False  # another worker has it
    try:
        _email(delivery.notification).send()
    except Exception as error:  # SMTP, network and file back ends each have their own
        logger.warning("e-mail of %s was not sent: %s", delivery.notification.key, error)
        is_last = attempts >= MOST_ATTEMPTS
        move(
            delivery,
            "state",
            Delivery.State.SENDING,
            Delivery.State.FAILED if is_last else Delivery.State.DUE,
            due_at=now + FIRST_PAUSE * 2 ** (attempts - 1),
            last_error=str(error)[:200],
        )
        return False
    return move(
        delivery, "state", Delivery.State.SENDING, Delivery.State.SENT, sent_at=timezone.now()
    )


def _email(notification: Notification) -> EmailMessage:
    user = notification.user
    with override(user.language):
        link = settings.PUBLIC_URL + notification.url if notification.url else ""
        body = render_to_string(
            "notifications/mail/message.txt",
            {
                "notification": notification,
                "user": user,
                "link": link,
                "way_out": link_for(user, notification.kind),
            },
        )
    return EmailMessage(
        subject=" ".join(notification.title.split()),  # a line break is refused in a header
        body=body,
        to=[user.email],
        headers={
            "Message-ID": f"<{notification.key.replace(':', '.')}@livecommerce>",
            **headers_for(user, notification.kind),
        },
    )
