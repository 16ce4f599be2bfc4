"""What the people who look after a room see: what waits, who is silenced, and what was done."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from streams.models import Broadcast, ChatMessage, ModerationAction, Sanction

MOST = 50


@dataclass(frozen=True)
class Board:
    held: list[ChatMessage]
    """Oldest first: who waits longest is looked at first."""
    waiting: int
    private: list[ChatMessage]
    sanctions: list[Sanction]
    deeds: list[ModerationAction]


def board_of(broadcast: Broadcast) -> Board:
    """Six queries, whatever there is."""
    lines = ChatMessage.objects.filter(broadcast=broadcast, hidden_at=None).select_related("user")
    held = lines.filter(visibility=ChatMessage.Visibility.HELD)
    private = lines.filter(visibility=ChatMessage.Visibility.PRIVATE)
    open_ = Sanction.objects.in_force().filter(host=broadcast.host_id)
    deeds = ModerationAction.objects.filter(broadcast=broadcast)
    return Board(
        held=list(held.order_by("pk")[:MOST]),
        waiting=held.count(),
        private=list(private.order_by("-pk")[:10]),
        sanctions=list(open_.select_related("user", "by")[:MOST]),
        deeds=list(deeds.select_related("user", "by")[:20]),
    )


def count_waiting(broadcast: Broadcast) -> int:
    held = ChatMessage.Visibility.HELD
    return broadcast.messages.filter(visibility=held, hidden_at=None).count()


def terms() -> list[tuple[str, str]]:
    """How long a mute or ban may last: what the form sends, and its words."""
    return [
        ("60", _("1 minute")),
        ("600", _("10 minutes")),
        ("3600", _("1 hour")),
        ("86400", _("1 day")),
        ("604800", _("7 days")),
        ("for-good", _("for good")),
    ]


def private_lines_for(
    *, broadcast: Broadcast, user_id: int | None, sees_all: bool
) -> list[ChatMessage]:
    """Lines the room does not see, for a page that is opened: one's own, or all of them for those
    who look after the room. Oldest first."""
    if user_id is None:
        return []
    kept = ChatMessage.objects.filter(
        broadcast=broadcast,
        hidden_at=None,
        visibility__in=[ChatMessage.Visibility.HELD, ChatMessage.Visibility.PRIVATE],
    )
    if not sees_all:
        kept = kept.filter(user=user_id)
    return list(kept.select_related("user", "reply_to__user").order_by("-pk")[:10])[::-1]
