"""The book of moderation, and telling those whom it concerns that something was written."""

from datetime import datetime

from livecommerce.accounts.models import User
from livecommerce.realtime.presence import person_of_user
from livecommerce.realtime.publish import publish
from streams.events import ModerationChanged
from streams.models import Broadcast, ChatMessage, ModerationAction, Sanction

Deed = ModerationAction.Deed


def write(
    deed: Deed,
    *,
    broadcast: Broadcast | None,
    by: User,
    user_id: int,
    sanction: Sanction | None = None,
    message: ChatMessage | None = None,
    reason: str = "",
    note: str = "",
    until: datetime | None = None,
) -> None:
    """One line in the book, in the caller's transaction; then the person and those who look after
    the room are told to look (privately)."""
    ModerationAction.objects.create(
        deed=deed,
        broadcast=broadcast,
        by=by,
        user_id=user_id,
        sanction=sanction,
        message=message,
        reason=reason,
        note=note,
        until=until,
    )
    if broadcast is not None:
        tell(broadcast, user_id)


def tell(broadcast: Broadcast, user_id: int) -> None:
    publish(broadcast.room, ModerationChanged(user=user_id), sender=person_of_user(user_id))
