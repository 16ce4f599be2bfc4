"""The console's part about answers to the public: what is to be read, and what is being read."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.ratelimit import limited
from streams.domain import demand_reading, roles
from streams.domain.run_of_show_board import board_of
from streams.models import Broadcast
from streams.views.room import find_show

DEEDS: dict[str, Callable[..., Any]] = {
    "begin": demand_reading.begin,
    "finish": demand_reading.finish,
    "back": demand_reading.take_back,
}


def answer_parts(broadcast: Broadcast) -> dict[str, Any]:
    """What `_answers_panel.html` and the teleprompter show. Two queries."""
    return {
        "answers_to_read": list(demand_reading.to_read(broadcast)),
        "reading": demand_reading.on_air(broadcast),
    }


@require_safe
@never_cache
@login_required
def panel(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = find_show(public_id)
    roles.require_console(request.user, broadcast, "may_run")  # type: ignore[arg-type]
    return _draw(request, broadcast)


@require_POST
@limited("answer-read", rate=30, per=60, burst=10)
@login_required
def read(request: HttpRequest, public_id: str, pk: int, deed: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    if deed not in DEEDS:
        raise Http404
    DEEDS[deed](broadcast=broadcast, demand_id=pk, by=user)
    if request.headers.get("HX-Request"):
        return _draw(request, broadcast)
    return redirect("streams:console", public_id)


def _draw(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    """The panel, and the teleprompter's text beside it."""
    context = {"broadcast": broadcast, "run_board": board_of(broadcast)} | answer_parts(broadcast)
    return render(request, "streams/_answers_answer.html", context)
