"""The integrity panel: plain words for everybody, exact numbers for those who answer for it."""

from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from livecommerce.accounts.models import User
from orders.domain.integrity.panel import Panel, look_at
from orders.domain.integrity.words import fewer, findings_of, shown_count
from orders.domain.reports import scope
from orders.domain.reports.scope import Scope
from orders.domain.reports.words import as_text
from products.models import Festival
from streams.models import Broadcast

REMEMBER_SECONDS = 60


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What is looked at and why, and the newest shows and festivals to look at."""
    over = (Broadcast.State.ENDED, Broadcast.State.READY)
    shows = Broadcast.objects.filter(state__in=over, rehearsal_of=None, started_at__isnull=False)
    context = {
        "shows": shows.select_related("host__region").order_by("-started_at")[:20],
        "festivals": Festival.objects.order_by("-starts_at")[:10],
    }
    return render(request, "orders/integrity_about.html", context)


@require_safe
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Broadcast.objects.filter(
        state__in=scope.HAPPENED, rehearsal_of=None, started_at__isnull=False
    ).select_related("host__region", "region")
    broadcast = get_object_or_404(rows, public_id=public_id)
    return _render(request, scope.scope_of_show(broadcast))


@require_safe
def festival(request: HttpRequest, slug: str) -> HttpResponse:
    return _render(request, scope.scope_of_festival(get_object_or_404(Festival, slug=slug)))


def _render(request: HttpRequest, found: Scope) -> HttpResponse:
    panel = _look(found)
    context: dict[str, Any] = {
        "scope": found,
        "show": found.show,
        "panel": panel,
        "findings": findings_of(panel),
        "settled_orders": shown_count(panel.sales.settled_orders),
        "settled": as_text(panel.sales.settled_fen, "fen") if panel.is_large_enough else fewer(),
        "told": shown_count(panel.told.reports),
        "confirmed": shown_count(panel.told.confirmed),
        "sees_all": _sees_all(request, found),
        "is_invented": any(one.is_demo for one in found.shows),
    }
    return render(request, "orders/integrity.html", context)


def _look(found: Scope) -> Panel:
    """Public pages are asked for often: looked at once a minute."""
    name = f"integrity:{found.kind}:{found.slug}"
    known = cache.get(name)
    if isinstance(known, Panel):
        return known
    panel = look_at(found.shows)
    cache.set(name, panel, REMEMBER_SECONDS)
    return panel


def _sees_all(request: HttpRequest, found: Scope) -> bool:
    """Who may read the report sees the exact numbers. A host does not of their own show: what is
    odd about it is for others to look into."""
    user = request.user
    if not isinstance(user, User) or not user.is_staff:
        return False
    try:
        seen = scope.find_scope(user=user, kind=found.kind, slug=found.slug)
    except Http404:
        return False
    return not seen.places and not (found.show and found.show.host.user_id == user.pk)
