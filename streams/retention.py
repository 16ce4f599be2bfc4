"""How long rooms keep what was said and done in them. Shows, their run, pins, draws and answered
questions are records of the show, kept with its recording (`domain/replay_keeping.py`)."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from livecommerce.upkeep import Policy
from streams.models import (
    ChatDevice,
    ChatMessage,
    PollVote,
    QuestionVote,
    Reminder,
    ShowFigures,
    ShowLook,
    ShowMoment,
    ShowVisitor,
)


def _chat(limit: datetime) -> QuerySet[ChatMessage]:
    """Lines for which somebody was sanctioned stay as long as the book of moderation."""
    return ChatMessage.objects.filter(broadcast__ended_at__lt=limit, deeds=None)


POLICIES = [
    Policy(
        "streams.chat", "chat lines, from the end of their show", settings.CHAT_KEEP_DAYS, _chat
    ),
    Policy(
        "streams.chat_devices",
        "in which browsers an account has spoken",
        settings.CHAT_KEEP_DAYS,
        lambda limit: ChatDevice.objects.filter(seen_at__lt=limit),
    ),
    Policy(
        "streams.votes",
        "who voted for a question (the number stays with it)",
        settings.CHAT_KEEP_DAYS,
        lambda limit: QuestionVote.objects.filter(question__broadcast__ended_at__lt=limit),
    ),
    Policy(
        "streams.poll_votes",
        "who voted in a poll (the numbers stay with it)",
        settings.CHAT_KEEP_DAYS,
        lambda limit: PollVote.objects.filter(voted_at__lt=limit, poll__closed_at__isnull=False),
    ),
    Policy(
        "streams.reminders",
        "reminders that were sent",
        settings.LOGS_KEEP_DAYS,
        lambda limit: Reminder.objects.filter(sent_at__lt=limit),
    ),
    Policy(
        "streams.figures",
        "figures of the cockpit, from the end of their show",
        settings.FIGURES_KEEP_DAYS,
        lambda limit: ShowFigures.objects.filter(broadcast__ended_at__lt=limit),
    ),
    Policy(
        "streams.visitors",
        "visits to a show, each by a number that names nobody",
        settings.FIGURES_KEEP_DAYS,
        lambda limit: ShowVisitor.objects.filter(last_at__lt=limit),
    ),
    Policy(
        "streams.clicks",
        "which product was opened in a show, by a number that names nobody",
        settings.FIGURES_KEEP_DAYS,
        lambda limit: ShowLook.objects.filter(at__lt=limit),
    ),
    Policy(
        "streams.moments",
        "how many were watching, minute by minute",
        settings.FIGURES_KEEP_DAYS,
        lambda limit: ShowMoment.objects.filter(at__lt=limit),
    ),
]
