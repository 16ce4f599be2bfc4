"""What the console's buttons do. Each answers 204, or the rule's words with its status; what
changed reaches the console, like every other browser, through the room."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from livecommerce import addresses
from livecommerce.accounts import step_up
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.domain import engine, pins, senders, shows, tokens
from streams.models import Broadcast, ShelfItem

Act = Callable[[HttpRequest, User, Broadcast], HttpResponse | None]


def _action(act: Act) -> Callable[..., HttpResponse]:
    @require_POST
    @limited("console", rate=120, per=60, burst=60)
    @login_required
    @wraps(act)
    def view(request: HttpRequest, public_id: str) -> HttpResponse:
        broadcast = get_object_or_404(
            Broadcast.objects.select_related("host__user"), public_id=public_id
        )
        user: Any = request.user
        try:
            answer = act(request, user, broadcast)
        except DomainError as error:
            if "text/html" in request.headers.get("Accept", ""):
                raise
            told = {"code": error.code, "message": error.message}
            return JsonResponse(told, status=error.status)
        if answer is None and "text/html" in request.headers.get("Accept", ""):
            return redirect("streams:console", public_id)
        return answer or HttpResponse(status=204)

    return view


def _item(request: HttpRequest, broadcast: Broadcast) -> ShelfItem:
    number = request.POST.get("item", "")
    is_number = number.isdecimal() and len(number) < 18
    return get_object_or_404(ShelfItem, pk=int(number) if is_number else 0, broadcast=broadcast)


@_action
def go_live(request: HttpRequest, user: User, broadcast: Broadcast) -> HttpResponse | None:
    """The console asked for a fresh proof when it was opened; twice as old still counts here, so
    that whoever has it open presses once and is live."""
    seconds = 2 * settings.GO_LIVE_PROOF_HOURS * 3600
    is_to_come = broadcast.state == Broadcast.State.SCHEDULED
    if is_to_come and not step_up.is_fresh(request, seconds=seconds):
        return step_up.ask(request)
    shows.go_live(broadcast=broadcast, by=user)
    return None


@_action
def end_show(request: HttpRequest, user: User, broadcast: Broadcast) -> None:
    shows.end_show(broadcast=broadcast, by=user)


@_action
def cancel(request: HttpRequest, user: User, broadcast: Broadcast) -> None:
    shows.cancel_show(broadcast=broadcast, by=user)


@_action
def pin(request: HttpRequest, user: User, broadcast: Broadcast) -> None:
    keep_others = request.POST.get("keep") == "1"
    pins.pin(broadcast=broadcast, item=_item(request, broadcast), by=user, keep_others=keep_others)


@_action
def unpin(request: HttpRequest, user: User, broadcast: Broadcast) -> None:
    pins.unpin(broadcast=broadcast, item=_item(request, broadcast), by=user)


@_action
def unpin_all(request: HttpRequest, user: User, broadcast: Broadcast) -> None:
    pins.unpin_all(broadcast=broadcast, by=user)


@_action
def announce(request: HttpRequest, user: User, broadcast: Broadcast) -> None:
    shows.announce(broadcast=broadcast, by=user, text=request.POST.get("text", ""))


@_action
def source(request: HttpRequest, user: User, broadcast: Broadcast) -> None:
    shows.declare_source(broadcast=broadcast, by=user, source=request.POST.get("source", ""))


@_action
def slow_mode(request: HttpRequest, user: User, broadcast: Broadcast) -> None:
    seconds = request.POST.get("seconds", "")
    is_number = seconds.isdecimal() and len(seconds) < 6
    shows.set_slow_mode(broadcast=broadcast, by=user, seconds=int(seconds) if is_number else -1)


@_action
def token(request: HttpRequest, user: User, broadcast: Broadcast) -> HttpResponse:
    """What `<live-broadcaster>` needs to send the picture."""
    granted = tokens.issue_publish_token(user=user, broadcast=broadcast)
    senders.claim(
        broadcast=broadcast,
        window=request.POST.get("window", ""),
        is_again=request.POST.get("again") == "1",
    )
    url = engine.publish_url(broadcast, base=addresses.media_url(request))
    answer = JsonResponse({"publish_url": url, "token": granted})
    answer["Cache-Control"] = "no-store"
    return answer
