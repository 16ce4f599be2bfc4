"""Questions as the room's state carries them."""

from typing import Any

from streams.domain.offers import epoch_ms
from streams.models import Broadcast, Question

ANSWERED_LENGTH = 20
"""Answered questions that stay in sight; reduce.js keeps as many."""
State = Question.State


def board(broadcast: Broadcast) -> list[dict[str, Any]]:
    """Open and on air, and the newest answered ones, by id. Two queries."""
    rows = Question.objects.filter(broadcast=broadcast).select_related("user")
    open_ = list(rows.filter(state__in=[State.OPEN, State.ON_AIR]))
    answered = rows.filter(state=State.ANSWERED).order_by("-answered_at", "-pk")
    return [
        facts(one) for one in sorted([*open_, *answered[:ANSWERED_LENGTH]], key=lambda one: one.pk)
    ]


def facts(question: Question) -> dict[str, Any]:
    if question.state == State.REMOVED:
        return {"id": question.pk, "version": question.version, "state": "removed"}
    return {
        "id": question.pk,
        "version": question.version,
        "state": question.state,
        "name": question.user.display_name,
        "text": question.text,
        "votes": question.votes,
        "asked_at": epoch_ms(question.asked_at),
        "answered_at": epoch_ms(question.answered_at),
        "media_ms": question.media_start_ms,
    }
