"""What those who look after a room may do to lines; what they may do to people is in
`moderation_sanctions.py`. Every deed is written in the book."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.presence import person_of_user
from livecommerce.realtime.publish import publish
from livecommerce.transitions import move
from streams.domain import roles, snapshot
from streams.domain.moderation_book import Deed, write
from streams.events import ChatHidden, ChatKept, ChatPosted
from streams.models import Broadcast, ChatMessage

Visibility = ChatMessage.Visibility


def require_above(
    *, standing: roles.Standing, by: User, target: User, broadcast: Broadcast
) -> None:
    """Raise DomainError `above_you` (403) unless `target` stands below the one who acts. Staff
    of the site stand above hosts, hosts above assistants, those above moderators; nobody acts on
    their equals."""
    other = roles.standing_of(target, broadcast)
    rank = max(other.rank, roles.STAFF_RANK if target.is_staff else 0)
    if standing.rank <= rank or target.pk == by.pk:
        raise DomainError(
            "above_you", _("You cannot do this to the host, staff or moderators."), status=403
        )


def find_line(broadcast: Broadcast, message_id: int) -> ChatMessage:
    """Raises DomainError no_such_message (404), for lines of other rooms, too."""
    lines = ChatMessage.objects.select_related("user", "reply_to__user")
    message = lines.filter(broadcast=broadcast, pk=message_id).first()
    if message is None or message.badge == ChatMessage.SYSTEM:
        raise DomainError("no_such_message", _("This message is not here."), status=404)
    return message


def hide(*, broadcast: Broadcast, message_id: int, by: User) -> None:
    """Take a line out of everyone's sight; it stays stored, with who hid it.

    One's own line always; else only of people below. Hiding twice is the same as once.
    Raises DomainError: not_moderator, above_you (403), no_such_message (404).
    """
    standing = roles.require_moderate(by, broadcast)
    message = find_line(broadcast, message_id)
    if message.badge == "host" and not standing.is_host:
        raise DomainError("above_you", _("The host's words cannot be hidden."), status=403)
    if message.user_id != by.pk:
        require_above(standing=standing, by=by, target=message.user, broadcast=broadcast)
    with transaction.atomic():
        open_ = ChatMessage.objects.filter(pk=message.pk, hidden_at=None)
        if open_.update(hidden_at=timezone.now(), hidden_by=by):
            if message.visibility == Visibility.SHOWN:
                publish(broadcast.room, ChatHidden(ids=[message.pk]))
            else:
                tell_kept(broadcast, message, why="refused")
            write(Deed.HIDE, broadcast=broadcast, by=by, user_id=message.user_id, message=message)


def approve(*, broadcast: Broadcast, message_id: int, by: User) -> None:
    """Show a held line to everyone, in its place. Twice is once.

    Raises DomainError: not_moderator (403), no_such_message (404), already_decided (409).
    """
    message = _decide(broadcast, message_id, by, Visibility.SHOWN, Deed.APPROVE)
    if message is not None:
        publish(broadcast.room, ChatPosted(**snapshot.line_facts(message)), keep=True)


def refuse(*, broadcast: Broadcast, message_id: int, by: User) -> None:
    """Let nobody see a held line; its author is told. Twice is once."""
    message = _decide(broadcast, message_id, by, Visibility.REFUSED, Deed.REFUSE)
    if message is not None:
        tell_kept(broadcast, message, why="refused")


def _decide(
    broadcast: Broadcast, message_id: int, by: User, to: Visibility, deed: Deed
) -> ChatMessage | None:
    roles.require_moderate(by, broadcast)
    message = find_line(broadcast, message_id)
    with transaction.atomic():
        if move(message, "visibility", Visibility.HELD, to):
            write(deed, broadcast=broadcast, by=by, user_id=message.user_id, message=message)
            return message
    message.refresh_from_db(fields=["visibility"])
    if message.visibility != to:
        raise DomainError(
            "already_decided", _("Somebody has decided about this message."), status=409
        )
    return None


def tell_kept(broadcast: Broadcast, message: ChatMessage, *, why: str) -> None:
    """Show a line that the room does not see to its author and to those who look after it.
    `why`: held, contact, or refused."""
    facts = snapshot.line_facts(message)
    if "hidden" in facts:
        facts = {"id": message.pk, "name": "", "text": "", "at": 0}
    publish(broadcast.room, ChatKept(**facts, why=why), sender=person_of_user(message.user_id))
