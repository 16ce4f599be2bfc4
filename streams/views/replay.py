"""Replays: the page of a show that is over, a minute of its chat, its stills, and what the host
does with it afterwards. The picture itself comes from the media role."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livecommerce import addresses
from livecommerce.accounts.models import User
from livecommerce.ratelimit import limited
from streams.domain import (
    engine,
    offers,
    poll_replay,
    queries,
    replay_exports,
    replay_queries,
    roles,
    snapshot,
    tokens,
)
from streams.domain.replays import folder_of
from streams.media.recordings import THUMBS
from streams.models import Broadcast, RecordingAlert, Replay, ReplayExport
from streams.views.room import blank_row, find_show, shelf_rows

WINDOW_SECONDS = 30
"""A moderator may still hide a line of an old show; nobody sees it for longer than this."""
STILL_SECONDS = 3600


def _replay_of(request: HttpRequest, public_id: str) -> tuple[Broadcast, Replay]:
    """404 for everyone who may not watch: whether there is a recording is not theirs to know."""
    broadcast = find_show(public_id)
    replay = replay_queries.replay_for(broadcast, request.user)  # type: ignore[arg-type]
    if replay is None:
        raise Http404
    return broadcast, replay


def replay_page(request: HttpRequest, broadcast: Broadcast, replay: Replay) -> HttpResponse:
    """What the room's address shows once the replay is ready. Prices and stock are today's."""
    public_id = broadcast.public_id
    state = snapshot.snapshot(broadcast) | {"chat": []}
    now_ms = offers.epoch_ms(timezone.now()) or 0
    standing = roles.standing_of(request.user, broadcast)  # type: ignore[arg-type]
    context = {
        "broadcast": broadcast,
        "replay": replay,
        "chapters": list(replay.chapters.select_related("product")),
        "polls": poll_replay.polls_in(replay),
        "draws": poll_replay.draws_in(replay),
        "state": state,
        "now_ms": now_ms,
        "shelf": SimpleLazyObject(lambda: shelf_rows(state, public_id, now_ms)),
        "blank_row": blank_row(public_id),
        "standing": standing,
        "is_following": queries.follows(request.user, broadcast.host),
        "source": _source(request, broadcast, replay),
        "window_ms": replay_queries.WINDOW_MS,
        "ws_url": f"{addresses.realtime_url(request)}/ws/rooms/{public_id}",
        "share_url": request.build_absolute_uri(request.path),
    }
    return render(request, "streams/replay.html", context)


def _source(request: HttpRequest, broadcast: Broadcast, replay: Replay) -> str:
    """The playlist's address; whoever looks after a hidden one has a token of their own."""
    token = ""
    if not replay.is_public:
        user: Any = request.user
        token = tokens.issue_replay_token(user=user, broadcast=broadcast)
    base = addresses.media_url(request)
    return engine.replay_url(broadcast, "index.m3u8", base=base, token=token)


@require_safe
def replays(request: HttpRequest) -> HttpResponse:
    return render(request, "streams/replays.html", {"replays": replay_queries.public_replays()})


@require_safe
def window(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One minute of chat and pins, as JSON; the same for everyone."""
    _broadcast, replay = _replay_of(request, public_id)
    if not replay_queries.has_window(replay, number):
        raise Http404
    told = replay_queries.window(replay, number)
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = _cache_control(replay, WINDOW_SECONDS)
    return answer


@require_safe
def still(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """A chapter's picture (`<milliseconds>`), or `poster`. The address allows no other names."""
    broadcast, replay = _replay_of(request, public_id)
    file = folder_of(broadcast) / THUMBS / f"{name}.jpg"
    try:
        answer = FileResponse(file.open("rb"), content_type="image/jpeg")
    except OSError as error:
        raise Http404 from error
    answer["Cache-Control"] = _cache_control(replay, STILL_SECONDS)
    return answer


def _cache_control(replay: Replay, seconds: int) -> str:
    return f"{'public' if replay.is_public else 'private'}, max-age={seconds}"


# --- afterwards: the host, their assistants, the curators -----------------------------------


def _managed(request: HttpRequest, public_id: str) -> Broadcast:
    broadcast = find_show(public_id)
    if not replay_queries.may_manage(broadcast, request.user):  # type: ignore[arg-type]
        raise Http404
    return broadcast


@require_safe
@never_cache
@login_required
def manage(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = _managed(request, public_id)
    context = _about(request, broadcast)
    name = "streams/_replay_exports.html" if request.headers.get("HX-Request") else ""
    return render(request, name or "streams/replay_manage.html", context)


def _about(request: HttpRequest, broadcast: Broadcast) -> dict[str, Any]:
    replay = Replay.objects.filter(broadcast=broadcast).first()
    exports = list(replay.exports.all()[:5]) if replay else []
    base = addresses.media_url(request)
    token = ""
    if replay and not replay.is_public:
        user: Any = request.user
        token = tokens.issue_replay_token(user=user, broadcast=broadcast)
    done = ReplayExport.State.DONE
    rows = [
        {
            "export": one,
            "url": engine.replay_url(broadcast, one.file_name, base=base, token=token)
            if one.state == done
            else "",
        }
        for one in exports
    ]
    return {
        "broadcast": broadcast,
        "replay": replay,
        "rows": rows,
        "is_writing": any(one.is_open for one in exports),
        "alerts": RecordingAlert.objects.filter(broadcast=broadcast),
    }


@require_POST
@limited("replay-export", rate=10, per=3600)
@login_required
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    replay_exports.ask_export(broadcast=_managed(request, public_id), by=user)
    return redirect("streams:replay_manage", public_id)


@require_POST
@limited("replay-show", rate=30, per=3600)
@login_required
def visibility(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = _managed(request, public_id)
    replay = get_object_or_404(Replay, broadcast=broadcast, state=Replay.State.READY)
    is_public = request.POST.get("public") == "1"
    Replay.objects.filter(pk=replay.pk).update(is_public=is_public)
    said = _("Everyone can watch the replay.") if is_public else _("The replay is hidden.")
    messages.success(request, said)
    return redirect("streams:replay_manage", public_id)
