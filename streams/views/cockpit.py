"""The cockpit: the figures of a show in the console and on a page of their own."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from livecommerce import addresses
from livecommerce.accounts.models import User
from streams.domain import cockpit as figures
from streams.domain import offers, roles, snapshot
from streams.domain.cockpit_figures import NOTHING_SOLD
from streams.domain.cockpit_words import ADVICE, FIGURES_LINE, HEALTH, NO_ADVICE
from streams.models import Broadcast, ShelfItem
from streams.views.room import find_show, show_state

NOTHING = {
    "opened": 0,
    "orders": NOTHING_SOLD.orders,
    "units": 0,
    "paid_fen": 0,
    "waiting_fen": 0,
    "created_fen": 0,
    "click_through": None,
    "conversion": None,
}


def cockpit_parts(broadcast: Broadcast) -> dict[str, Any]:
    """What `streams/_cockpit*.html` draw: two queries."""
    facts = figures.facts_of(broadcast)
    by_product = {row["product"]: row for row in facts["products"]}
    items = ShelfItem.objects.filter(broadcast=broadcast).select_related("product")
    rows = [
        {"product": item.product, "figures": by_product.get(item.product_id, NOTHING)}
        for item in items.defer("product__search")
    ]
    return {
        "cockpit": facts,
        "cockpit_rows": rows,
        "cockpit_names": {row["product"].pk: row["product"].name for row in rows},
        "advice_patterns": ADVICE,
        "no_advice": NO_ADVICE,
        "money_url": _money_url(broadcast.public_id),
    }


def health_parts() -> dict[str, Any]:
    """What `streams/_cockpit_health.html` draws."""
    return {"health_patterns": HEALTH, "health_line": FIGURES_LINE}


@require_safe
@never_cache
@login_required
def cockpit(request: HttpRequest, public_id: str) -> HttpResponse:
    """On a screen of its own, or a telephone beside the stage."""
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    roles.require_console(user, broadcast, "may_see_figures")
    state = snapshot.snapshot(broadcast)
    context = {
        "broadcast": broadcast,
        "state": state,
        "show_state": show_state(state["show"]),
        "now_ms": offers.epoch_ms(timezone.now()) or 0,
        "ws_url": f"{addresses.realtime_url(request)}/ws/rooms/{public_id}",
    }
    context |= cockpit_parts(broadcast) | health_parts()
    return render(request, "streams/cockpit.html", context)


def _money_url(public_id: str) -> str:
    """The orders app's page of a show's money, by name: it may link up, not import up."""
    try:
        return reverse("orders:show_money", args=[public_id])
    except NoReverseMatch:
        return ""
