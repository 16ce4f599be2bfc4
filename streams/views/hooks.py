"""What the media engine asks and tells. The secret in the address is the engine's own."""

import json
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from livecommerce.errors import DomainError
from streams.domain import host_presence, tokens

MOST_BYTES = 16 * 1024


def _refuse() -> HttpResponse:
    return HttpResponse(status=401)


def _is_engine(secret: str) -> bool:
    known = settings.MEDIA_HOOK_SECRET
    return bool(known) and constant_time_compare(secret, known)


def _body(request: HttpRequest) -> dict[str, Any] | None:
    if len(request.body) > MOST_BYTES:
        return None
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _tokens_in(told: dict[str, Any]) -> list[str]:
    """MediaMTX puts a bearer into `token`, and `?token=` of HLS and WebRTC only into `query`."""
    in_query = parse_qs(_text(told, "query").lstrip("?")).get("token", [])
    return [token for token in (_text(told, "token"), _text(told, "password"), *in_query) if token]


@csrf_exempt
@require_POST
def auth(request: HttpRequest, secret: str) -> HttpResponse:
    """MediaMTX's auth request: 204 lets them, 401 does not."""
    told = _body(request)
    if not _is_engine(secret) or told is None:
        return _refuse()
    path, action = _text(told, "path"), _text(told, "action")
    if action == "playback" and _is_engine(_text(told, "token")):
        return HttpResponse(status=204)  # the shop itself, which makes a replay
    for token in _tokens_in(told)[:3] or [""]:
        try:
            tokens.authorize_media(path=path, action=action, token=token)
        except DomainError:
            continue
        return HttpResponse(status=204)
    return _refuse()


@csrf_exempt
@require_POST
def state(request: HttpRequest, secret: str) -> HttpResponse:
    """`{"path", "online", "at"}`: a publisher's picture came or went."""
    told = _body(request)
    if not _is_engine(secret) or told is None:
        return _refuse()
    path, online, at = _text(told, "path"), told.get("online"), told.get("at")
    if not path or type(online) is not bool or type(at) not in (int, float):
        return HttpResponse(status=400)
    try:
        moment = host_presence.from_epoch_ms(int(at))  # type: ignore[arg-type]
    except (ValueError, OverflowError, OSError):
        return HttpResponse(status=400)
    host_presence.record_presence(public_id=path, is_online=online, at=moment)
    return HttpResponse(status=204)
