"""The room: its page, its state as JSON, and what a visitor may press."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livecommerce import addresses
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.domain import chat, engine, follows, offers, queries, roles, snapshot, tokens
from streams.domain.offers import Card
from streams.models import Broadcast


def _find(public_id: str) -> Broadcast:
    return get_object_or_404(
        Broadcast.objects.select_related("host__user", "region__parent"), public_id=public_id
    )


@require_safe
@never_cache
def room(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = _find(public_id)
    state = snapshot.snapshot(broadcast)
    now_ms = offers.epoch_ms(timezone.now()) or 0
    rows = [_shelf_row(card, state, now_ms) for card in state["shelf"]["cards"]]
    by_item = {row["card"]["item"]: row for row in rows}
    open_items = [pin["item"] for pin in state["pins"]["open"]]
    context = {
        "broadcast": broadcast,
        "state": state,
        "now_ms": now_ms,
        "shelf": rows,
        "pinned": [by_item[item] for item in open_items if item in by_item],
        "show_state": show_state(broadcast),
        "standing": roles.standing_of(request.user, broadcast),  # type: ignore[arg-type]
        "is_following": queries.follows(request.user, broadcast.host),
        "is_reminded": broadcast.pk in queries.reminded_of(request.user, [broadcast]),
        "playback": None if broadcast.is_over else _playback(request, broadcast),
        "poster": next((row["card"]["image"] for row in rows), ""),
        "ws_url": f"{addresses.realtime_url(request)}/ws/rooms/{public_id}",
        "share_url": request.build_absolute_uri(request.path),
    }
    return render(request, "streams/room.html", context)


def _shelf_row(card: Card, state: dict[str, Any], now_ms: int) -> dict[str, Any]:
    price = offers.price_at(card, now_ms)
    level = state["stock"].get(price["pool"], {"left": 0, "total": 0})
    return {"card": card, "price": price, "level": level}


def show_state(broadcast: Broadcast) -> str:
    """before, live, away, ended or cancelled: what the player and the words go by."""
    if broadcast.state == Broadcast.State.CANCELLED:
        return "cancelled"
    if broadcast.is_over:
        return "ended"
    if not broadcast.is_live:
        return "before"
    return "live" if broadcast.is_host_online else "away"


def _playback(request: HttpRequest, broadcast: Broadcast) -> Any:
    token = tokens.issue_watch_token(broadcast=broadcast)
    return engine.playback_urls(broadcast, base=addresses.media_url(request), token=token)


@require_safe
@never_cache
def snapshot_json(request: HttpRequest, public_id: str) -> HttpResponse:
    return JsonResponse(
        snapshot.snapshot(_find(public_id)), json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@never_cache
def playback(request: HttpRequest, public_id: str) -> HttpResponse:
    """Fresh addresses for a page that was open longer than its token."""
    broadcast = _find(public_id)
    if broadcast.is_over:
        return JsonResponse({"code": "show_over"}, status=410)
    urls = _playback(request, broadcast)
    return JsonResponse({"hls": urls.hls, "whep": urls.whep})


@require_POST
@limited("remind", rate=20, per=60)
@login_required
def remind(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = _find(public_id)
    is_wanted = request.POST.get("wanted") != "no"
    if is_wanted:
        follows.remind(user=request.user, broadcast=broadcast)  # type: ignore[arg-type]
    else:
        follows.forget_reminder(user=request.user, broadcast=broadcast)  # type: ignore[arg-type]
    context = {"show": broadcast, "is_reminded": is_wanted}
    return _button(request, "streams/_remind_button.html", context, broadcast)


@require_POST
@limited("follow", rate=20, per=60)
@login_required
def follow(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = _find(public_id)
    is_wanted = request.POST.get("wanted") != "no"
    act = follows.follow if is_wanted else follows.unfollow
    act(user=request.user, official=broadcast.host)  # type: ignore[arg-type]
    context = {"broadcast": broadcast, "is_following": is_wanted}
    return _button(request, "streams/_follow_button.html", context, broadcast)


def _button(
    request: HttpRequest, template: str, context: dict[str, Any], broadcast: Broadcast
) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, template, context)
    return redirect(reverse("streams:room", args=[broadcast.public_id]))


@require_POST
@limited("hide", rate=60, per=60)
def hide(request: HttpRequest, public_id: str) -> HttpResponse:
    """A moderator's, from the room or the console; every browser is told by the room."""
    message_id = request.POST.get("message", "")
    if not message_id.isdecimal() or len(message_id) > 18:
        return JsonResponse({"code": "no_such_message"}, status=404)
    try:
        chat.hide(broadcast=_find(public_id), message_id=int(message_id), by=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        return JsonResponse({"code": error.code, "message": error.message}, status=error.status)
    return HttpResponse(status=204)
