"""Looking after a room: the queue and the book, what may be done about a line, and the page on
which a person reads what was decided about them and appeals.

Buttons answer with the panel as it is now (htmx) or lead back to it.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.domain import moderation, moderation_appeals, moderation_sanctions, roles
from streams.domain.moderation_board import board_of, terms
from streams.models import Broadcast, Reason, Sanction
from streams.views.chat_parts import standing_parts
from streams.views.room import find_show


def _user(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user


@require_safe
@never_cache
@login_required
def panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole page, or the list alone for htmx."""
    broadcast = find_show(public_id)
    roles.require_moderate(_user(request), broadcast)
    return _draw(request, broadcast)


def _draw(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    context = {"broadcast": broadcast, "board": board_of(broadcast)}
    is_part = "HX-Request" in request.headers
    name = "streams/_moderation_panel.html" if is_part else "streams/moderation.html"
    return render(request, name, context)


@require_safe
@never_cache
@login_required
def line(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """What may be done about one line and its author: a sheet, or a page of its own."""
    broadcast = find_show(public_id)
    roles.require_moderate(_user(request), broadcast)
    message = moderation.find_line(broadcast, pk)
    return _draw_line(request, broadcast, message)


def _draw_line(
    request: HttpRequest, broadcast: Broadcast, message: Any, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "broadcast": broadcast,
        "message": message,
        "terms": terms(),
        "reasons": Reason.choices,
        "sanctions": moderation_sanctions.of_person(broadcast, message.user),
        "asked": request.POST,
        "problem": problem,
    }
    is_part = "HX-Request" in request.headers
    name = "streams/_moderation_line.html" if is_part else "streams/moderation_line.html"
    return render(request, name, context, status=status)


@require_POST
@limited("moderate", rate=60, per=60)
@login_required
def judge_line(request: HttpRequest, public_id: str, pk: int, deed: str) -> HttpResponse:
    broadcast, user = find_show(public_id), _user(request)
    roles.require_moderate(user, broadcast)
    if deed in ("approve", "refuse", "hide"):
        act = getattr(moderation, deed)
        act(broadcast=broadcast, message_id=pk, by=user)
    elif deed in ("mute", "ban"):
        message = moderation.find_line(broadcast, pk)
        act = getattr(moderation_sanctions, deed)
        try:
            act(
                broadcast=broadcast,
                user=message.user,
                by=user,
                message=message,
                reason=request.POST.get("reason", ""),
                seconds=_seconds(request.POST.get("term", "")),
                note=request.POST.get("note", ""),
            )
        except DomainError as refusal:
            return _draw_line(request, broadcast, message, refusal.message, refusal.status)
    else:
        raise Http404
    if request.POST.get("from") == "sheet" and "HX-Request" in request.headers:
        return render(request, "streams/_moderation_done.html", {"deed": deed})
    return _back(request, broadcast)


def _seconds(term: str) -> int | None:
    """`for-good`, or seconds; what is neither is no term (0)."""
    if term == "for-good":
        return None
    return int(term) if term.isdecimal() and len(term) < 10 else 0


def _back(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    if "HX-Request" in request.headers:
        return _draw(request, broadcast)
    return redirect("streams:moderation", broadcast.public_id)


@require_POST
@limited("moderate", rate=60, per=60)
@login_required
def lift(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    broadcast, user = find_show(public_id), _user(request)
    roles.require_moderate(user, broadcast)
    sanctions = Sanction.objects.select_related("by", "user")
    found = get_object_or_404(sanctions, pk=pk, host=broadcast.host_id)
    moderation_sanctions.lift(sanction=found, broadcast=broadcast, by=user)
    return _back(request, broadcast)


@require_safe
@never_cache
def standing(request: HttpRequest, public_id: str) -> HttpResponse:
    """The line above the chat that says why somebody cannot speak; empty for everyone else."""
    broadcast = find_show(public_id)
    of_user = roles.standing_of(_user(request), broadcast)
    context = {"broadcast": broadcast, **standing_parts(request, broadcast, of_user)}
    return render(request, "streams/_moderation_standing.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@limited("appeal", rate=6, per=3600)
@login_required
def sanction(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever it is about reads here what was decided and why, and appeals, once."""
    sanctions = Sanction.objects.select_related("broadcast", "host", "message")
    found = get_object_or_404(sanctions, pk=pk, user=_user(request))
    problem = ""
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            moderation_appeals.make_appeal(sanction=found, user=_user(request), text=text)
        except DomainError as refusal:
            problem = refusal.message
        else:
            return redirect("streams:sanction", pk)
    context = {
        "sanction": found,
        "problem": problem,
        "text": request.POST.get("text", ""),
        "longest": moderation_appeals.LONGEST_APPEAL,
        "term_words": moderation_sanctions.term_words(found) or _("for good"),
    }
    status = 422 if problem else 200
    return render(request, "streams/sanction.html", context, status=status)
