"""Speaking in a room. Stored first, then told: a line that was acknowledged is in the history."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.presence import person_of_user
from livecommerce.realtime.publish import publish
from streams.domain import chat_text, roles, snapshot
from streams.events import ChatHidden, ChatPosted
from streams.models import Broadcast, ChatMessage

LINES, PER_SECONDS, BURST = 1, 2, 4
"""How often one person may speak in a room."""
LONGEST_KEY = 36


def say(
    *,
    broadcast: Broadcast,
    user: User | None,
    text: str,
    key: str,
    media_ms: int | None = None,
    is_demo: bool = False,
) -> ChatMessage:
    """Store one line and tell the room. The same `key` from the same person says it once.

    Raises DomainError: sign_in (401), chat_closed (409), bad_key, chat_empty, chat_too_long
    (422), too_fast (429, with `retry_after` seconds).
    """
    if user is None or not user.is_authenticated or not user.is_active:
        raise DomainError("sign_in", _("Sign in to join the chat."), status=401)
    if not key or len(key) > LONGEST_KEY:
        raise DomainError("bad_key", _("This message could not be read. Please try again."))
    line = chat_text.clean(text)
    said = ChatMessage.objects.filter(broadcast=broadcast, user=user, key=key).first()
    if said is not None:
        return said
    if broadcast.is_over:
        raise DomainError("chat_closed", _("The chat of this show is closed."), status=409)
    standing = roles.standing_of(user, broadcast)
    if not is_demo:
        _require_pace(broadcast, user, standing)
    try:
        with transaction.atomic():
            message = ChatMessage.objects.create(
                broadcast=broadcast,
                user=user,
                key=key,
                text=line,
                badge=standing.badge,
                media_ms=media_ms,
                is_demo=is_demo,
            )
            _tell(broadcast, message, keep=bool(standing.badge))
    except IntegrityError:
        return ChatMessage.objects.get(broadcast=broadcast, user=user, key=key)
    return message


def _require_pace(broadcast: Broadcast, user: User, standing: roles.Standing) -> None:
    ratelimit.require(f"chat:{user.pk}", rate=LINES, per=PER_SECONDS, burst=BURST)
    slow = broadcast.slow_mode_seconds
    if slow and not standing.may_moderate:
        wait = ratelimit.wait_seconds(f"slow:{broadcast.pk}:{user.pk}", rate=1, per=slow)
        if wait:
            seconds = max(1, round(wait))
            raise DomainError(
                "slow_mode",
                _("Slow mode: you can speak again in %(seconds)s s.") % {"seconds": seconds},
                status=429,
                retry_after=seconds,
            )


def _tell(broadcast: Broadcast, message: ChatMessage, *, keep: bool) -> None:
    event = ChatPosted(**snapshot.line_facts(message))
    publish(broadcast.room, event, sender=person_of_user(message.user_id), keep=keep)


def tell_room(
    *, broadcast: Broadcast, key: str, text: str, text_en: str, media_ms: int | None = None
) -> None:
    """A line of the shop's own, once for each `key`. Stored in the host's room under the host's
    account, but shown under no name: nobody is made to say what they did not say."""
    message, is_new = ChatMessage.objects.get_or_create(
        broadcast=broadcast,
        user_id=broadcast.host.user_id,
        key=key,
        defaults={
            "text": text,
            "text_en": text_en,
            "badge": ChatMessage.SYSTEM,
            "media_ms": media_ms,
        },
    )
    if is_new:
        publish(broadcast.room, ChatPosted(**snapshot.line_facts(message)), keep=True)


def hide(*, broadcast: Broadcast, message_id: int, by: User) -> None:
    """Take a line out of everyone's sight; it stays stored, with who hid it.

    A moderator or assistant cannot hide the host. Hiding twice is the same as once.
    Raises DomainError: not_moderator, above_you (403), no_such_message (404).
    """
    standing = roles.require_moderate(by, broadcast)
    message = ChatMessage.objects.filter(broadcast=broadcast, pk=message_id).first()
    if message is None:
        raise DomainError("no_such_message", _("This message is not here."), status=404)
    if message.badge == "host" and not standing.is_host:
        raise DomainError("above_you", _("The host's words cannot be hidden."), status=403)
    with transaction.atomic():
        shown = ChatMessage.objects.filter(pk=message.pk, hidden_at=None)
        if shown.update(hidden_at=timezone.now(), hidden_by=by):
            publish(broadcast.room, ChatHidden(ids=[message.pk]))
