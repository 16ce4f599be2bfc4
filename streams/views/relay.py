"""The console's part about handing over to the next show. A refusal is told by the middleware."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.ratelimit import limited
from streams.domain import relay, roles
from streams.domain.offers import epoch_ms
from streams.models import Broadcast
from streams.views.room import find_show

DEEDS: dict[str, Callable[..., Any]] = {
    "announce": relay.announce,
    "start": relay.start,
    "withdraw": relay.withdraw,
}


def relay_parts(broadcast: Broadcast) -> dict[str, Any]:
    """What `streams/_relay_panel.html` draws; nothing for shows outside a festival."""
    if broadcast.festival_id is None or broadcast.is_rehearsal:
        return {"relay_next": None, "relay_out": None, "relay_in": None}
    out = relay.relay_from(broadcast)
    return {
        "relay_next": None if broadcast.is_over else relay.next_show(broadcast),
        "relay_out": out,
        "relay_goes_ms": epoch_ms(out.goes_at) if out else None,
        "relay_may_withdraw": bool(out and not (out.goes_at and out.goes_at <= timezone.now())),
        "relay_in": None if broadcast.is_over else relay.relay_to(broadcast),
    }


@require_safe
@never_cache
@login_required
def panel(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = find_show(public_id)
    roles.require_console(request.user, broadcast, "may_run")  # type: ignore[arg-type]
    return _draw(request, broadcast)


@require_POST
@limited("relay", rate=30, per=60, burst=10)
@login_required
def hand_over(request: HttpRequest, public_id: str, deed: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    if deed not in DEEDS:
        raise Http404
    DEEDS[deed](broadcast=broadcast, by=user)
    if request.headers.get("HX-Request"):
        return _draw(request, find_show(public_id))
    return redirect("streams:console", public_id)


def _draw(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    context = {"broadcast": broadcast} | relay_parts(broadcast)
    return render(request, "streams/_relay_panel.html", context)
