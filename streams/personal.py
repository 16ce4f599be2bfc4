"""What the rooms hold about a person; see `livecommerce.accounts.holdings`.

What was said in public stays in its show, by nobody; what only its author saw goes.
"""

from typing import Any

from django.utils.translation import gettext as _

from livecommerce.accounts.holdings import Fate, Holding
from livecommerce.accounts.models import User
from streams.models import Broadcast, ChatMessage, DrawEntry, DrawWinner

SANCTION = ("kind", "reason", "note", "created_at", "until", "lifted_at", "appeal_text", "answer")
_ABOUT = (
    Holding(
        "streams.ChatMessage.user",
        Fate.UNNAMED,
        ("broadcast__public_id", "text", "visibility", "created_at"),
    ),
    Holding("streams.ChatDevice.user", Fate.DELETED, ("seen_at",)),
    Holding("streams.Question.user", Fate.UNNAMED, ("broadcast__public_id", "text", "asked_at")),
    Holding("streams.QuestionVote.user", Fate.DELETED, ("question", "voted_at")),
    Holding("streams.PollVote.user", Fate.DELETED, ("poll", "voted_at")),
    Holding("streams.DrawEntry.user", Fate.UNNAMED),  # told by `collect`
    Holding("streams.Follow.user", Fate.DELETED, ("official__slug", "created_at")),
    Holding("streams.Reminder.user", Fate.DELETED, ("broadcast__public_id", "created_at")),
    Holding("streams.RoomRole.user", Fate.DELETED, ("broadcast__public_id", "role")),
    Holding("streams.Sanction.user", Fate.UNNAMED, SANCTION),
    Holding("streams.RehearsalGuest.user", Fate.DELETED),
    Holding("streams.RehearsalOrder.buyer", Fate.DELETED),
    Holding("streams.StreamKey.made_by", Fate.DELETED),
    Holding("streams.DemandVote.user", Fate.DELETED, ("demand", "voted_at")),
    Holding("streams.DemandVoice.user", Fate.UNLINKED, ("demand", "source", "text", "heard_at")),
    Holding("streams.ModerationAction.user", Fate.UNNAMED, ("deed", "reason", "note", "at")),
    Holding("streams.PortraitConsent.given_by", Fate.UNNAMED, ("given_at",)),
)
_WORK = (
    "ChatMessage.hidden_by",
    "DemandEvent.actor",
    "Draw.opened_by",
    "Draw.planned_by",
    "FlashSale.approved_by",
    "FlashSale.closed_by",
    "FlashSale.proposed_by",
    "FlashSale.started_by",
    "ModerationAction.by",
    "Pin.pinned_by",
    "Poll.opened_by",
    "Question.closed_by",
    "Rehearsal.opened_by",
    "RehearsalGuest.invited_by",
    "Relay.made_by",
    "ReplayExport.asked_by",
    "RoomRole.given_by",
    "RunTemplate.created_by",
    "Sanction.by",
    "Sanction.decided_by",
    "Sanction.lifted_by",
    "ScriptClearance.cleared_by",
    "ShowApproval.decided_by",
    "ShowApproval.proposed_by",
    "ShowApprovalStep.actor",
    "Declaration.declared_by",
)
"""What somebody did for the shop."""
HOLDINGS = (*_ABOUT, *(Holding(f"streams.{path}", Fate.UNNAMED) for path in _WORK))
UNPUBLISHED = (
    ChatMessage.Visibility.HELD,
    ChatMessage.Visibility.PRIVATE,
    ChatMessage.Visibility.REFUSED,
)


def collect(user: User) -> dict[str, list[dict[str, Any]]]:
    """Draws without those of rehearsals, where there was nothing to win."""
    entries = DrawEntry.objects.filter(user=user, draw__gt=0).order_by("pk")
    prizes = DrawWinner.objects.filter(entry__user=user, draw__gt=0)
    return {
        "streams-drawentry": [dict(row) for row in entries.values("draw__public_id", "entered_at")],
        "streams-prizes": [
            dict(row) for row in prizes.values("draw__prize_zh", "state", "told_at", "address")
        ],
    }


def obstacles(user: User) -> list[str]:
    found = []
    open_prizes = (DrawWinner.State.TOLD, DrawWinner.State.CLAIMED)
    if DrawWinner.objects.filter(entry__user=user, state__in=open_prizes).exists():
        found.append(_("A prize is on its way to you."))
    to_come = (Broadcast.State.SCHEDULED, Broadcast.State.LIVE, Broadcast.State.REHEARSING)
    if Broadcast.objects.filter(host__user=user, state__in=to_come).exists():
        found.append(_("You have a show in the schedule."))
    return found


def erase(user: User) -> None:
    ChatMessage.objects.filter(user=user, visibility__in=UNPUBLISHED, deeds=None).delete()
    DrawWinner.objects.filter(entry__user=user).update(address={})
