"""The console's part about the run: what is on, and the buttons that go on with it.

Each press answers with the panel as it is now (htmx) and the teleprompter's text beside it, or
leads back to the console. A refusal is told by the middleware.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.ratelimit import limited
from streams.domain import demand_reading, roles, run_of_show
from streams.domain.run_of_show_board import board_of
from streams.models import Broadcast
from streams.views.room import find_show
from streams.views.run_of_show import own_segment, own_show


@require_safe
@never_cache
@login_required
def panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """For every assistant of the show to look at; its buttons are for those who run it."""
    return _draw(request, find_show(public_id))


@require_POST
@limited("run-step", rate=60, per=60, burst=20)
@login_required
def go_on(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = own_show(request, public_id)
    run_of_show.next_segment(broadcast=broadcast, by=_user(request), seen=_seen(request))
    return _answer(request, broadcast)


@require_POST
@limited("run-step", rate=60, per=60, burst=20)
@login_required
def step_back(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = own_show(request, public_id)
    run_of_show.step_back(broadcast=broadcast, by=_user(request), seen=_seen(request))
    return _answer(request, broadcast)


@require_POST
@limited("run-step", rate=60, per=60, burst=20)
@login_required
def start(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    broadcast = own_show(request, public_id)
    run_of_show.start_segment(segment=own_segment(broadcast, pk), by=_user(request))
    return _answer(request, broadcast)


def _answer(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _draw(request, find_show(broadcast.public_id))
    return redirect("streams:console", broadcast.public_id)


def _draw(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    standing = roles.require_console(_user(request), broadcast)
    context = {
        "broadcast": broadcast,
        "standing": standing,
        "run_board": board_of(broadcast),
        "reading": demand_reading.on_air(broadcast),
    }
    return render(request, "streams/_run_answer.html", context)


def _seen(request: HttpRequest) -> int | None:
    """What the presser saw on: a segment's id, or nothing. Nonsense is no segment."""
    told = request.POST.get("seen", "")
    if not told:
        return None
    return int(told) if told.isdecimal() and len(told) < 18 else -1


def _user(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user
