"""What pages with a chat show of it beside the lines that everyone sees."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from livecommerce.realtime import presence
from streams.domain import moderation_board, moderation_sanctions, questions, roles, snapshot
from streams.models import Broadcast, ChatMessage

EMOJI = "😀😂🥰😋😮😢👍👏🙏💪❤️🎉🔥🌹🍵🍊🥭🌽🍚🥜🐟🎋☀️🚚"
"""Shown in the picker, in this order; whoever wants another types it."""


def chat_parts(
    request: HttpRequest, broadcast: Broadcast, standing: roles.Standing
) -> dict[str, Any]:
    """`may_speak`, `kept_lines` (with `why`), `emoji`, `voted` (questions), and what
    `standing_parts` says."""
    user = request.user
    kept = moderation_board.private_lines_for(
        broadcast=broadcast, user_id=user.pk, sees_all=standing.may_moderate
    )
    return {
        "may_speak": user.is_authenticated and not broadcast.is_over,
        "kept_lines": [_kept(line) for line in kept],
        "emoji": _pictures(EMOJI),
        "voted": questions.voted_by(broadcast, user.pk),
        **standing_parts(request, broadcast, standing),
    }


def _kept(line: ChatMessage) -> dict[str, Any]:
    is_held = line.visibility == ChatMessage.Visibility.HELD
    return snapshot.line_facts(line) | {"why": "held" if is_held else "contact"}


def _pictures(text: str) -> list[str]:
    found: list[str] = []
    for character in text:
        if character == "\ufe0f":
            found[-1] += character
        else:
            found.append(character)
    return found


def standing_parts(
    request: HttpRequest, broadcast: Broadcast, standing: roles.Standing
) -> dict[str, Any]:
    """Why this person cannot speak, if so; how many lines wait, for those who look after them."""
    user = request.user
    found = None
    if user.is_authenticated and not (standing.is_host or standing.is_curator):
        device = "" if standing.may_moderate else presence.device_in(request.COOKIES)
        found = moderation_sanctions.in_force(broadcast=broadcast, user=user, device=device)
    return {
        "sanction": found,
        "sanction_words": moderation_sanctions.words_of(found) if found else "",
        "waiting": moderation_board.count_waiting(broadcast) if standing.may_moderate else None,
    }


def with_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A signed cookie that names the browser of whoever may speak: a ban then reaches the next
    account in it. Somebody signed out gets theirs with the first socket."""
    if request.user.is_authenticated and not presence.device_in(request.COOKIES):
        response.set_cookie(
            presence.DEVICE_COOKIE,
            presence.sign_device(presence.new_device()),
            max_age=presence.DEVICE_COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
