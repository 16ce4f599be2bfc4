"""Broadcasts and what happens in their rooms."""

from streams.models.broadcasts import Broadcast, RoomRole, ShelfItem
from streams.models.chat import ChatMessage
from streams.models.cockpit import ShowFigures
from streams.models.demands import (
    Demand,
    DemandEvent,
    DemandReading,
    DemandVoice,
    DemandVote,
)
from streams.models.draws import Draw, DrawEntry, DrawWinner
from streams.models.flash_sales import FlashSale
from streams.models.follows import Follow, Reminder
from streams.models.moderation import (
    BannedDevice,
    BannedWord,
    ChatDevice,
    ModerationAction,
    Reason,
    Sanction,
    WordList,
)
from streams.models.pins import Pin
from streams.models.polls import Poll, PollVote
from streams.models.posters import PortraitConsent
from streams.models.questions import Question, QuestionVote
from streams.models.rehearsal_flash import RehearsalFlash
from streams.models.rehearsals import Rehearsal, RehearsalGuest, RehearsalOrder
from streams.models.relays import Relay
from streams.models.replays import RecordingAlert, Replay, ReplayChapter, ReplayExport
from streams.models.run_of_show import (
    RunTemplate,
    RunTemplateSegment,
    ScriptClearance,
    Segment,
    SegmentKind,
)
from streams.models.show_approvals import Declaration, ShowApproval, ShowApprovalStep
from streams.models.stream_keys import StreamKey
from streams.models.watching import ShowLook, ShowMoment, ShowVisitor, ShowWatch

__all__ = [
    "BannedDevice",
    "BannedWord",
    "Broadcast",
    "ChatDevice",
    "ChatMessage",
    "Declaration",
    "Demand",
    "DemandEvent",
    "DemandReading",
    "DemandVoice",
    "DemandVote",
    "Draw",
    "DrawEntry",
    "DrawWinner",
    "FlashSale",
    "Follow",
    "ModerationAction",
    "Pin",
    "Poll",
    "PollVote",
    "PortraitConsent",
    "Question",
    "QuestionVote",
    "Reason",
    "RecordingAlert",
    "Rehearsal",
    "RehearsalFlash",
    "RehearsalGuest",
    "RehearsalOrder",
    "Relay",
    "Reminder",
    "Replay",
    "ReplayChapter",
    "ReplayExport",
    "RoomRole",
    "RunTemplate",
    "RunTemplateSegment",
    "Sanction",
    "ScriptClearance",
    "Segment",
    "SegmentKind",
    "ShelfItem",
    "ShowApproval",
    "ShowApprovalStep",
    "ShowFigures",
    "ShowLook",
    "ShowMoment",
    "ShowVisitor",
    "ShowWatch",
    "StreamKey",
    "WordList",
]
