"""The room: its page, its state as JSON, and what a visitor may press."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livecommerce import addresses
from livecommerce.accounts.models import User
from livecommerce.bilingual import pick
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.domain import (
    engine,
    flash_facts,
    follows,
    moderation,
    offers,
    queries,
    replay_queries,
    roles,
    snapshot,
    tokens,
)
from streams.domain.offers import Card
from streams.models import Broadcast
from streams.models.broadcasts import is_rehearsal_id
from streams.views.board import board_items, ladder
from streams.views.chat_parts import chat_parts, with_device
from streams.views.draws import own_parts
from streams.views.flash_card import flash_card

SKU_PLACE = "SKU"
"""Stands in the addresses of the card template; the browser puts a card's own there."""


def find_show(public_id: str) -> Broadcast:
    shows = Broadcast.objects.select_related("host__user", "region__parent", "festival")
    return get_object_or_404(shows, public_id=public_id)


@require_safe
@never_cache
def room(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = find_show(public_id)
    if broadcast.state == Broadcast.State.READY:
        replay = replay_queries.replay_for(broadcast, request.user)  # type: ignore[arg-type]
        if replay is not None:
            from streams.views.replay import replay_page  # it draws this module's shelf

            return replay_page(request, broadcast, replay)
    state = snapshot.snapshot(broadcast)
    now_ms = offers.epoch_ms(timezone.now()) or 0
    rows = SimpleLazyObject(lambda: shelf_rows(state, public_id, now_ms))
    standing = roles.standing_of(request.user, broadcast)  # type: ignore[arg-type]
    context = {
        "broadcast": broadcast,
        "state": state,
        "now_ms": now_ms,
        "shelf": rows,
        "pinned": lambda: _pinned(rows, state, now_ms),
        "flash": SimpleLazyObject(lambda: flash_card(rows, state, now_ms)),
        "show_state": show_state(state["show"]),
        "standing": standing,
        "is_following": queries.follows(request.user, broadcast.host),
        "is_reminded": broadcast.pk in queries.reminded_of(request.user, [broadcast]),
        "blank_row": blank_row(public_id),
        "playback": None if broadcast.is_over else playback_of(request, broadcast),
        "poster": next((card["image"] for card in state["shelf"]["cards"]), ""),
        "is_poster_ai": next((card["ai"] for card in state["shelf"]["cards"]), False),
        "ws_url": f"{addresses.realtime_url(request)}/ws/rooms/{public_id}",
        "share_url": request.build_absolute_uri(request.path),
    }
    context |= chat_parts(request, broadcast, standing)
    context |= own_parts(request, state)
    context |= ladder(request)
    if context["rung"] == "text":
        context["board_items"] = board_items(broadcast)
        context["board_open"] = {pin["item"] for pin in state["pins"]["open"]}
    return with_device(request, render(request, "streams/room.html", context))


def _pinned(
    rows: Iterable[dict[str, Any]], state: dict[str, Any], now_ms: int
) -> list[dict[str, Any]]:
    """What is explained now, but for what the flash card shows already."""
    by_item = {row["card"]["item"]: row for row in rows}
    if flash_facts.phase_at(state["flash"], now_ms) in ("soon", "on"):
        by_item.pop(state["flash"]["item"], None)
    open_items = [pin["item"] for pin in state["pins"]["open"]]
    return [by_item[item] for item in open_items if item in by_item]


def shelf_rows(state: dict[str, Any], public_id: str, now_ms: int) -> list[dict[str, Any]]:
    """The snapshot's cards as `_deal_card.html` draws them, in the reader's language."""
    return [_shelf_row(card, state["stock"], public_id, now_ms) for card in state["shelf"]["cards"]]


def _shelf_row(card: Card, stock: Any, public_id: str, now_ms: int) -> dict[str, Any]:
    price = offers.price_at(card, now_ms)
    return {
        "card": card,
        "name": pick(card["name_zh"], card["name_en"]),
        "unit": pick(card["unit_zh"], card["unit_en"]),
        "price": price,
        "level": stock.get(price["pool"], {"left": 0, "total": 0}),
        "url": reverse("products:product", args=[card["sku"]]),
        "buy_url": buy_url(card["sku"], public_id),
    }


def blank_row(public_id: str) -> dict[str, Any]:
    return {
        "url": reverse("products:product", args=[SKU_PLACE]),
        "buy_url": buy_url(SKU_PLACE, public_id),
    }


def buy_url(sku: str, public_id: str) -> str:
    """The buy sheet, which remembers in which room it was opened; a rehearsal has its own."""
    if is_rehearsal_id(public_id):
        return reverse("streams:rehearsal_sheet", args=[public_id, sku])
    try:
        sheet = reverse("orders:sheet", args=[sku])
    except NoReverseMatch:
        sheet = reverse("products:product", args=[sku])
    return f"{sheet}?{urlencode({'room': public_id})}"


def show_state(show: dict[str, Any]) -> str:
    """before, live, away, ended or cancelled: what the player and the words go by. The same
    rule as `stateOf` in show-state.js."""
    if show["state"] == Broadcast.State.CANCELLED:
        return "cancelled"
    if show["state"] in (Broadcast.State.ENDED, Broadcast.State.READY):
        return "ended"
    if show["state"] not in (Broadcast.State.LIVE, Broadcast.State.REHEARSING):
        return "before"
    return "live" if show["host_online"] else "away"


def playback_of(request: HttpRequest, broadcast: Broadcast) -> Any:
    user = request.user if isinstance(request.user, User) else None
    token = tokens.issue_watch_token(broadcast=broadcast, user=user)
    return engine.playback_urls(broadcast, base=addresses.media_url(request), token=token)


@require_safe
@never_cache
def snapshot_json(request: HttpRequest, public_id: str) -> HttpResponse:
    return JsonResponse(
        snapshot.snapshot(find_show(public_id)), json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@never_cache
def playback(request: HttpRequest, public_id: str) -> HttpResponse:
    """Fresh addresses for a page that was open longer than its token."""
    broadcast = find_show(public_id)
    if broadcast.is_over:
        return JsonResponse({"code": "show_over"}, status=410)
    urls = playback_of(request, broadcast)
    told = {"hls": urls.hls, "whep": urls.whep, "sound": urls.sound, "split": urls.is_split}
    return JsonResponse(told | {"state": show_state(snapshot.show_facts(broadcast))})


@require_POST
@limited("remind", rate=20, per=60)
@login_required
def remind(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = find_show(public_id)
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
    broadcast = find_show(public_id)
    is_wanted = request.POST.get("wanted") != "no"
    act = follows.follow if is_wanted else follows.unfollow
    act(user=request.user, official=broadcast.host)  # type: ignore[arg-type]
    context = {"broadcast": broadcast, "is_following": is_wanted}
    return _button(request, "streams/_follow_button.html", context, broadcast)


def _button(
    request: HttpRequest, template: str, context: dict[str, Any], broadcast: Broadcast
) -> HttpResponse:
    if request.headers.get("HX-Request"):
        user: Any = request.user
        is_asked = request.POST.get("wanted") != "no"
        offers_push = is_asked and not user.push_subscriptions.exists()
        return render(request, template, context | {"offers_push": offers_push})
    return redirect(reverse("streams:room", args=[broadcast.public_id]))


@require_POST
@limited("hide", rate=60, per=60)
def hide(request: HttpRequest, public_id: str) -> HttpResponse:
    """A moderator's, from the room or the console; every browser is told by the room."""
    message_id = request.POST.get("message", "")
    if not message_id.isdecimal() or len(message_id) > 18:
        return JsonResponse({"code": "no_such_message"}, status=404)
    try:
        moderation.hide(broadcast=find_show(public_id), message_id=int(message_id), by=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        return JsonResponse({"code": error.code, "message": error.message}, status=error.status)
    return HttpResponse(status=204)
