"""The wall of a festival: its page, and its state as JSON. Listening is the socket's part."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from livecommerce import addresses
from livecommerce.accounts.views import speak
from livecommerce.bilingual import pick
from orders.domain import festival_screen
from orders.domain.festival_screen_access import screen_for
from products.domain.festivals import phase_of
from products.models import Festival

GOODS, LINES, NEXT, PICTURES = 5, 5, 8, 3
"""Rows on the wall; the state may hold more."""
LANGUAGES = {"zh": "zh-hans", "zh-hans": "zh-hans", "en": "en"}


@require_safe
@never_cache
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """`?lang=zh|en` is remembered and taken out of the address; `?key=` stays in it, as the wall's
    browser may be started anew from there; `?video=0` shows posters instead of live pictures."""
    festival, key = _find(request, slug)
    if language := LANGUAGES.get(request.GET.get("lang", "")):
        kept = {name: request.GET[name] for name in ("key", "video") if name in request.GET}
        return speak(HttpResponseRedirect(_with(request.path, kept)), language)
    state = festival_screen.snapshot(festival)
    keyed = {"key": key} if key else {}
    context = {
        "festival": festival,
        "phase": phase_of(festival),
        "state": state,
        "tiles": _tiles(state),
        "goods": _padded(state["figures"]["goods"], GOODS),
        "orders": _padded(state["orders"][::-1], LINES),
        "shots": _padded(state["figures"]["shows"]["pictures"], PICTURES),
        "next": _padded(state["figures"]["shows"]["next"], NEXT),
        "has_video": request.GET.get("video") != "0",
        "ws_url": _with(f"{addresses.realtime_url(request)}/ws/screens/{festival.slug}", keyed),
        "snapshot_url": _with(reverse("orders:screen_snapshot", args=[slug]), keyed),
        "other_language": _with(
            request.path, keyed | {"lang": pick("en", "zh")} | _video_of(request)
        ),
    }
    return render(request, "orders/screen.html", context)


@require_safe
@never_cache
def snapshot_json(request: HttpRequest, slug: str) -> HttpResponse:
    festival, _key = _find(request, slug)
    state = festival_screen.snapshot(festival)
    return JsonResponse(state, json_dumps_params={"ensure_ascii": False})


def _find(request: HttpRequest, slug: str) -> tuple[Festival, str]:
    """404 for who may not look, too."""
    key = request.GET.get("key", "")[:100]
    festival = screen_for(slug=slug, key=key, user=request.user)
    if festival is None:
        raise Http404
    return festival, key


def _tiles(state: dict[str, Any]) -> list[dict[str, Any]]:
    figures = state["figures"]
    shows = figures["shows"]["places"]
    return [
        place
        | {
            "name": pick(place["name_zh"], place["name_en"]),
            "paid": figures["paid"].get(place["code"], 0),
            "standing": shows.get(place["code"], {}).get("standing", "none"),
        }
        for place in state["festival"]["places"]
    ]


def _padded(rows: list[dict[str, Any]], length: int) -> list[dict[str, Any] | None]:
    """So many rows as the wall has places: those without anything are there and hidden."""
    return [*rows[:length], *[None] * (length - len(rows))]


def _video_of(request: HttpRequest) -> dict[str, str]:
    return {"video": "0"} if request.GET.get("video") == "0" else {}


def _with(url: str, query: Mapping[str, object]) -> str:
    return f"{url}?{urlencode(query)}" if query else url
