"""The console's block for encoders that speak RTMP: make a key, see it once, revoke it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livecommerce.ratelimit import limited
from streams.domain import roles, stream_keys
from streams.models import Broadcast
from streams.views.room import find_show


@require_http_methods(["GET", "POST"])
@limited("stream-key", rate=20, per=60)
@never_cache
@login_required
def stream_key(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET: what there is. POST with `wanted` yes or no: a new key, or none."""
    broadcast = find_show(public_id)
    user: Any = request.user
    roles.require_run(user, broadcast)
    if not stream_keys.is_offered() or broadcast.is_over:
        return HttpResponse(status=204)
    plain = ""
    if request.method == "POST" and request.POST.get("wanted") == "no":
        stream_keys.revoke_key(broadcast=broadcast, by=user)
    elif request.method == "POST":
        plain = stream_keys.make_key(broadcast=broadcast, by=user)
    context = {
        "broadcast": broadcast,
        "key": stream_keys.key_of(broadcast),
        "address": f"{rtmp_address(request, broadcast)}?token={plain}" if plain else "",
        "server": rtmp_address(request, broadcast),
    }
    return render(request, "streams/_stream_key.html", context)


def rtmp_address(request: HttpRequest, broadcast: Broadcast) -> str:
    """rtmp://host:port/<room>, as encoders reach this installation from outside."""
    base = settings.MEDIA_RTMP_PUBLIC_URL
    if not base:
        host = request.get_host().rpartition(":")[0] or request.get_host()
        base = f"rtmp://{host}:{settings.MEDIA_RTMP_PORT}"
    return f"{base.rstrip('/')}/{broadcast.public_id}"
