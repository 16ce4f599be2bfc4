"""Liveness and readiness, for balancers, containers and people.

`/livez` says that this process answers. `/readyz` looks at everything a buyer needs and answers
503 while a part is away; `manage.py doctor` looks at the same parts and says how to mend them.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from redis import RedisError

from livecommerce import redis_client
from livecommerce.realtime import shards
from livecommerce.tasks import ALIVE_SECONDS, heartbeat_key

MEDIA_SECONDS = 2.0
_log = logging.getLogger(__name__)
_last_problems: dict[str, str] = {}


@dataclass(frozen=True)
class Part:
    """One part of the shop: `problem` is empty when it works."""

    name: str
    problem: str = ""

    @property
    def is_up(self) -> bool:
        return not self.problem


def look_at_database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Part("database", f"does not answer: {_first_line(error)}")
    return Part("database")


def look_at_valkey() -> Part:
    try:
        redis_client.sync().ping()
    except (RedisError, OSError) as error:
        return Part("valkey", f"does not answer: {_first_line(error)}")
    try:
        shards.sync().ping()
    except (*shards.FAILURES, OSError) as error:
        return Part("valkey", f"of the rooms does not answer: {_first_line(error)}")
    return Part("valkey")


def look_at_worker() -> Part:
    """Both the worker and its beat: the sign of life is a task that the beat sends."""
    try:
        seen = redis_client.sync().get(heartbeat_key())
    except (RedisError, OSError):
        return Part("worker", "cannot be asked while Valkey is away")
    if seen is None:
        return Part("worker", f"gave no sign of life for {ALIVE_SECONDS} s")
    return Part("worker")


def look_at_media() -> Part:
    """The engine's own address: our /livez, or the list of paths of MediaMTX's API."""
    question = "/livez" if settings.MEDIA_ENGINE == "embedded" else "/v3/paths/list"
    address = f"{settings.MEDIA_INTERNAL_URL}{question}"
    secret = settings.MEDIA_HOOK_SECRET
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    try:
        answer = httpx.get(address, headers=headers, timeout=MEDIA_SECONDS, trust_env=False)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        return Part("media", f"does not answer at {settings.MEDIA_INTERNAL_URL}: {error}")
    return Part("media")


PARTS: tuple[Callable[[], Part], ...] = (
    look_at_database,
    look_at_valkey,
    look_at_worker,
    look_at_media,
)


def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """What exactly is wrong goes to the log: the answer is read by anybody."""
    started = time.monotonic()
    parts = [look() for look in PARTS]
    _log_what_changed(parts)
    is_ready = all(part.is_up for part in parts)
    body = {
        "ready": is_ready,
        "parts": {part.name: "up" if part.is_up else "down" for part in parts},
        "ms": round((time.monotonic() - started) * 1000),
    }
    response = JsonResponse(body, status=200 if is_ready else 503)
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # told above, in better words
    return response


class ProbeMiddleware:
    """Stands first: a balancer asks by address and plain HTTP, which the site itself refuses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/livez":
            return livez(request)
        if request.path_info == "/readyz":
            return readyz(request)
        return self._get_response(request)


def _log_what_changed(parts: list[Part]) -> None:
    """Probes come every few seconds; a line each would bury the rest of the log."""
    for part in parts:
        if _last_problems.get(part.name, "") != part.problem:
            _last_problems[part.name] = part.problem
            _log.warning("%s %s", part.name, part.problem or "is back")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


urlpatterns = [path("livez", livez, name="livez"), path("readyz", readyz, name="readyz")]
