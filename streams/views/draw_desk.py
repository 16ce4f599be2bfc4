"""The console's part about lucky draws and polls: the lists, their buttons and their forms.

Every button answers with its list as it is now (htmx), or leads back to the console. A refusal is
told by the middleware, as a message beside the list or as a page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.domain import draw_plans, draws, poll_facts, polls, roles
from streams.domain.draw_board import board_of
from streams.draw_forms import DrawForm, PollForm
from streams.models import Broadcast, Draw, Poll
from streams.views.room import find_show

Step = Callable[..., object]


def _mine(request: HttpRequest, public_id: str) -> Broadcast:
    """404 for who has no part in the show, 403 for who has another part in it."""
    user: Any = request.user
    broadcast = find_show(public_id)
    roles.require_console(user, broadcast, "may_draw")
    return broadcast


@require_safe
@never_cache
@login_required
def panel(request: HttpRequest, public_id: str) -> HttpResponse:
    return _draw_panel(request, _mine(request, public_id))


def _draw_panel(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    return render(request, "streams/_draw_panel.html", desk_parts(broadcast))


def desk_parts(broadcast: Broadcast) -> dict[str, Any]:
    """What the console's panel of draws and polls shows: three queries."""
    poll = Poll.objects.filter(broadcast=broadcast).order_by("-opened_at").first()
    return {
        "broadcast": broadcast,
        "draw_board": board_of(broadcast),
        "poll": poll if poll and (poll.is_open or poll.is_pinned) else None,
        "poll_shares": poll_facts.shares_of(poll) if poll else [],
    }


def _draw_button(step: Step) -> Callable[..., HttpResponse]:
    """A view that does `step(draw=…, by=…)` for one draw of the show in the address."""

    @require_POST
    @limited("draw-desk", rate=30, per=60, burst=10)
    @login_required
    @wraps(step)
    def view(request: HttpRequest, public_id: str, draw_id: str) -> HttpResponse:
        broadcast = _mine(request, public_id)
        rows = Draw.objects.select_related("broadcast__host__user", "broadcast__region")
        draw = get_object_or_404(rows, public_id=draw_id, broadcast=broadcast)
        step(draw=draw, by=request.user)
        return _answer(request, broadcast)

    return view


open_draw = _draw_button(draws.open_draw)
withdraw = _draw_button(draw_plans.withdraw_draw)


def _poll_button(step: Step) -> Callable[..., HttpResponse]:
    @require_POST
    @limited("poll-desk", rate=30, per=60, burst=10)
    @login_required
    @wraps(step)
    def view(request: HttpRequest, public_id: str, poll_id: str) -> HttpResponse:
        broadcast = _mine(request, public_id)
        step(broadcast=broadcast, public_id=poll_id, by=request.user)
        return _answer(request, broadcast)

    return view


close_poll = _poll_button(polls.close_poll)
unpin_poll = _poll_button(polls.unpin_poll)


def _answer(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _draw_panel(request, broadcast)
    return redirect("streams:console", broadcast.public_id)


@require_http_methods(["GET", "POST"])
@never_cache
@limited("plan-draw", rate=30, per=3600, burst=10)
@login_required
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    broadcast = _mine(request, public_id)
    form = DrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            draw_plans.plan_draw(broadcast=broadcast, by=user, terms=form.terms(), key=key)
        except DomainError as refusal:
            form.say(refusal)
        else:
            return _done(request, broadcast, _("Prepared. Open it when its moment has come."))
    return _form(request, broadcast, form, "draw")


@require_http_methods(["GET", "POST"])
@never_cache
@limited("plan-poll", rate=60, per=3600, burst=10)
@login_required
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    broadcast = _mine(request, public_id)
    form = PollForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            polls.open_poll(
                broadcast=broadcast,
                by=user,
                question=asked["question"],
                choices=form.choices(),
                seconds=asked["minutes"] * 60,
                key=asked["key"],
            )
        except DomainError as refusal:
            form.say(refusal)
        else:
            return _done(request, broadcast, _("The room is asked."))
    return _form(request, broadcast, form, "poll")


def _form(
    request: HttpRequest, broadcast: Broadcast, form: DrawForm | PollForm, kind: str
) -> HttpResponse:
    """In the console's sheet for htmx, a page otherwise; the console goes on sending meanwhile."""
    is_part = request.headers.get("HX-Request")
    name = "streams/_draw_form.html" if is_part else "streams/draw_form.html"
    status = 422 if form.is_bound else 200
    context = {"form": form, "broadcast": broadcast, "kind": kind}
    return render(request, name, context, status=status)


def _done(request: HttpRequest, broadcast: Broadcast, words: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        answer = render(request, "streams/_draw_done.html", {"words": words})
        answer["HX-Trigger-After-Settle"] = "draw-desk-look"
        return answer
    messages.success(request, words)
    return redirect("streams:console", broadcast.public_id)
