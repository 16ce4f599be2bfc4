"""Speaking in a room. Stored first, then told: a line that was acknowledged is in the history."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.presence import person_of_user
from livecommerce.realtime.publish import publish
from livecommerce.wording.contacts import has_contact
from streams.domain import chat_buyers, chat_text, chat_words, moderation, roles, snapshot
from streams.domain.moderation_book import tell
from streams.domain.moderation_sanctions import require_part
from streams.events import ChatPosted
from streams.models import Broadcast, ChatMessage

Visibility = ChatMessage.Visibility

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
    device: str = "",
    reply_to: int | None = None,
) -> ChatMessage:
    """Store one line and tell the room. The same `key` from the same person says it once.

    Look at `visibility` of what is returned: a word list may hold the line for a moderator, and
    one that leads people away (a telephone number, a link) is seen by its author alone. `device`
    is the browser's cookie, `reply_to` the line that it answers.

    Raises DomainError: sign_in (401), muted, banned (403), no_such_message (404), chat_closed
    (409), bad_key, chat_empty, chat_too_long, chat_refused, name_refused (422), too_fast, slow_mode
    (429, with `retry_after` seconds).
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
        require_part(broadcast=broadcast, user=user, standing=standing, device=device)
        ratelimit.require(f"chat:{user.pk}", rate=LINES, per=PER_SECONDS, burst=BURST)
    line, visibility = _judged(line, user.display_name, broadcast, standing)
    if not is_demo:  # now: who is asked to say it differently need not wait to do so
        _require_slow_mode(broadcast, user, standing)
    badge = standing.badge or _mark_of_buyer(broadcast, user)
    answered = _answered(broadcast, reply_to)
    try:
        with transaction.atomic():
            message = ChatMessage.objects.create(
                broadcast=broadcast,
                user=user,
                key=key,
                text=line,
                badge=badge,
                media_ms=media_ms,
                is_demo=is_demo,
                visibility=visibility,
                reply_to=answered,
            )
            _tell(broadcast, message)
    except IntegrityError:
        return ChatMessage.objects.get(broadcast=broadcast, user=user, key=key)
    return message


def _require_slow_mode(broadcast: Broadcast, user: User, standing: roles.Standing) -> None:
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


def _judged(
    line: str, name: str, broadcast: Broadcast, standing: roles.Standing
) -> tuple[str, ChatMessage.Visibility]:
    """The line as it may stand, and who sees it. Those who look after the room may name a
    telephone number, and need not wait for themselves."""
    verdict = chat_words.judge(line, broadcast=broadcast, name=name)
    if verdict.is_refused:
        raise DomainError(
            "chat_refused",
            _("This contains words that are not allowed here. Please say it differently."),
        )
    if standing.may_moderate:
        return verdict.text, Visibility.SHOWN
    chat_words.require_name(verdict, name, own_hosts=_own_hosts())
    if has_contact(line, own_hosts=_own_hosts()):
        return verdict.text, Visibility.PRIVATE
    return verdict.text, Visibility.HELD if verdict.is_held else Visibility.SHOWN


def _own_hosts() -> list[str]:
    return [urlsplit(settings.PUBLIC_URL).hostname or ""]


def _mark_of_buyer(broadcast: Broadcast, user: User) -> str:
    bought = chat_buyers.has_bought(public_id=broadcast.public_id, user_id=user.pk)
    return ChatMessage.BUYER if bought else ""


def _answered(broadcast: Broadcast, message_id: int | None) -> ChatMessage | None:
    if message_id is None:
        return None
    public = ChatMessage.objects.filter(broadcast=broadcast, hidden_at=None)
    shown = public.filter(visibility=Visibility.SHOWN).exclude(badge=ChatMessage.SYSTEM)
    message = shown.select_related("user").filter(pk=message_id).first()
    if message is None:
        raise DomainError(
            "no_such_message", _("The message you answer is not here any more."), status=404
        )
    return message


def _tell(broadcast: Broadcast, message: ChatMessage) -> None:
    if message.visibility == Visibility.SHOWN:
        event = ChatPosted(**snapshot.line_facts(message))
        sender = person_of_user(message.user_id)
        publish(broadcast.room, event, sender=sender, keep=bool(message.badge))
    else:
        is_held = message.visibility == Visibility.HELD
        moderation.tell_kept(broadcast, message, why="held" if is_held else "contact")
        if is_held:
            tell(broadcast, message.user_id)


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
