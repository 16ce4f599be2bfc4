"""Web push: from the outbox to browsers (RFC 8030, 8188, 8291, 8292).

`spread_due` makes a row for each browser of whoever wants it; `send_due` sends those, several at a
time. Only the network is asked in other threads; rows are claimed and closed here, each by
compare-and-set, so that each browser is told at most once. A message that is sent again after an
uncertain answer has the same topic and tag: it takes the place of the first one.
"""

import base64
import hashlib
import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

import httpx
from django.db import transaction
from django.utils import timezone

from livecommerce.notifications import choices, push_keys
from livecommerce.notifications.models import (
    ONLY_NOW,
    Channel,
    Delivery,
    Kind,
    Notification,
    PushSubscription,
    QuietHours,
)
from livecommerce.notifications.push_addresses import NotPublic, PublicOnly
from livecommerce.transitions import move

logger = logging.getLogger(__name__)

AT_ONCE = 16
BATCH = 200
RUN_SECONDS = 45.0
MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=2)
GOOD_FOR = {True: timedelta(minutes=20), False: timedelta(days=1)}
"""How long a message is of use: those that are only for now, and the others."""
TIMEOUT = httpx.Timeout(5.0, connect=4.0)
BODY_LENGTH = 180
State = Delivery.State


@dataclass(frozen=True)
class Answer:
    """What became of one try: sent, gone (the browser is no more), again, refused."""

    outcome: str
    words: str = ""
    wait: timedelta = timedelta(0)


@dataclass(frozen=True)
class Envelope:
    """All that the network needs; no rows."""

    endpoint: str
    p256dh: str
    auth: str
    payload: bytes
    ttl: int
    urgency: str
    topic: str


def spread_due(*, limit: int = BATCH) -> int:
    """Make a delivery for each browser of those who want it; returns how many messages were
    looked at."""
    now = timezone.now()
    waiting = Delivery.objects.filter(
        state=State.DUE, due_at__lte=now, channel=Delivery.Channel.PUSH, subscription=None
    )
    rows = list(waiting.select_related("notification").order_by("due_at")[:limit])
    users = {row.notification.user_id for row in rows}
    off = choices.off_for(users, Channel.PUSH)
    quiet = QuietHours.objects.in_bulk(users, field_name="user_id")
    browsers: dict[int, list[PushSubscription]] = {}
    for browser in PushSubscription.objects.filter(user__in=users):
        browsers.setdefault(browser.user_id, []).append(browser)
    for row in rows:
        user = row.notification.user_id
        wanted = [] if (user, row.notification.kind) in off else browsers.get(user, [])
        at = choices.push_at(row.notification.kind, quiet.get(user), now)
        _spread(row, wanted if at is not None else [], at or now)
    return len(rows)


def _spread(row: Delivery, browsers: Sequence[PushSubscription], at: datetime) -> None:
    with transaction.atomic():
        to = State.SENT if browsers else State.SKIPPED
        if not move(row, "state", State.DUE, to, sent_at=timezone.now()):
            return  # another worker has it
        Delivery.objects.bulk_create(
            Delivery(
                notification=row.notification,
                channel=Delivery.Channel.PUSH,
                subscription=browser,
                due_at=at,
            )
            for browser in browsers
        )


def send_due() -> int:
    """Send what is due, for RUN_SECONDS at most; returns how many were sent."""
    sent, until = 0, monotonic() + RUN_SECONDS
    with _client() as client, ThreadPoolExecutor(AT_ONCE, "push") as pool:
        while monotonic() < until:
            claimed = _claim(AT_ONCE)
            if not claimed:
                if spread_due():
                    continue
                break
            envelopes = [_envelope(row) for row in claimed]
            answers = pool.map(lambda one: deliver(client, one), envelopes)
            for row, answer in zip(claimed, answers, strict=True):
                sent += _close(row, answer)
    return sent


def _client() -> httpx.Client:
    """Straight to the push service: a proxy would hide where that is."""
    transport = PublicOnly(retries=0)
    return httpx.Client(
        transport=transport, timeout=TIMEOUT, follow_redirects=False, trust_env=False
    )


def _claim(most: int) -> list[Delivery]:
    now = timezone.now()
    due = Delivery.objects.filter(
        state=State.DUE,
        due_at__lte=now,
        channel=Delivery.Channel.PUSH,
        subscription__isnull=False,
    ).select_related("notification__user", "subscription")
    claimed = []
    for row in due.order_by("due_at")[:most]:
        if _is_stale(row.notification, now) and row.attempts:
            move(row, "state", State.DUE, State.FAILED, last_error="too late to be of use")
        elif move(row, "state", State.DUE, State.SENDING, attempts=row.attempts + 1, due_at=now):
            claimed.append(row)
    return claimed


def _is_stale(notification: Notification, now: datetime) -> bool:
    return now > notification.created_at + GOOD_FOR[notification.kind in ONLY_NOW]


def _envelope(row: Delivery) -> Envelope:
    notification, browser = row.notification, row.subscription
    assert browser is not None
    tag = base64.urlsafe_b64encode(hashlib.sha256(notification.key.encode()).digest()).decode()[:32]
    told = {
        "title": notification.title,
        "body": notification.body[:BODY_LENGTH],
        "url": notification.url,
        "tag": tag,
        "lang": notification.user.language,
    }
    is_now = notification.kind in ONLY_NOW
    return Envelope(
        endpoint=browser.endpoint,
        p256dh=browser.p256dh,
        auth=browser.auth,
        payload=json.dumps(told, ensure_ascii=False).encode(),
        ttl=int(GOOD_FOR[is_now].total_seconds()),
        urgency="high" if is_now or notification.kind == Kind.DRAW_WON else "normal",
        topic=tag,
    )


def deliver(client: httpx.Client, envelope: Envelope) -> Answer:
    """One try. Touches no row and raises nothing."""
    from pywebpush import WebPusher  # brings a whole network library, for those who send

    try:
        keys = {"p256dh": envelope.p256dh, "auth": envelope.auth}
        pusher = WebPusher({"endpoint": envelope.endpoint, "keys": keys})
        body = bytes(pusher.encode(envelope.payload, "aes128gcm")["body"])
        answer = client.post(
            envelope.endpoint,
            content=body,
            headers={
                "Authorization": push_keys.authorization_for(envelope.endpoint),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(envelope.ttl),
                "Urgency": envelope.urgency,
                "Topic": envelope.topic,
            },
        )
    except NotPublic as error:
        return Answer("gone", f"not a public address: {error}")
    except httpx.HTTPError as error:
        return Answer("again", f"{type(error).__name__}: {error}")
    except Exception as error:  # a key that cannot be used, whatever the library says of it
        return Answer("refused", f"{type(error).__name__}: {error}")
    return _judge(answer)


def _judge(answer: httpx.Response) -> Answer:
    status = answer.status_code
    if status in (200, 201, 202, 204):
        return Answer("sent")
    if status in (404, 410):
        return Answer("gone", f"status {status}")
    if status in (408, 425, 429) or status >= 500:
        return Answer("again", f"status {status}", _retry_after(answer.headers.get("Retry-After")))
    return Answer("refused", f"status {status}")


def _retry_after(told: str | None) -> timedelta:
    """Seconds or an HTTP date; nothing sensible is nothing."""
    if not told:
        return timedelta(0)
    try:
        wait = (
            timedelta(seconds=int(told))
            if told.isdecimal() and len(told) < 8
            else parsedate_to_datetime(told) - timezone.now()
        )
    except (TypeError, ValueError):
        return timedelta(0)
    return min(max(wait, timedelta(0)), LONGEST_PAUSE)


def _close(row: Delivery, answer: Answer) -> bool:
    """Write down what became of it; True if it was sent."""
    now = timezone.now()
    assert row.subscription is not None
    browser = PushSubscription.objects.filter(pk=row.subscription.pk)
    if answer.outcome == "sent":
        browser.update(used_at=now)
        return move(row, "state", State.SENDING, State.SENT, sent_at=now)
    logger.info("push %s: %s %s", row.pk, answer.outcome, answer.words)
    if answer.outcome == "gone":
        browser.delete()
        return False
    if answer.outcome == "again" and row.attempts < MOST_ATTEMPTS:
        pause = max(FIRST_PAUSE * 2 ** (row.attempts - 1), answer.wait)
        again = {"due_at": now + pause, "last_error": answer.words[:200]}
        move(row, "state", State.SENDING, State.DUE, **again)
    else:
        move(row, "state", State.SENDING, State.FAILED, last_error=answer.words[:200])
    return False
