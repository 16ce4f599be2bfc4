"""The low-bandwidth ladder as the server sees it: where a visitor begins, the board in words."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from streams.domain import snapshot
from streams.models import Broadcast, ShelfItem

RUNGS = ("picture", "sound", "text")
COOKIE = "rung"
"""What the visitor chose, written by stream-ladder.js; without one the ladder is automatic."""
COSTS_MB = {"picture": 900, "sound": 55, "text": 1}
"""Megabytes an hour: 2 Mbit/s; 96 kbit/s of sound with its lists; events and words. Measured by
the ladder's own meter (docs/media.md)."""


def ladder(request: HttpRequest) -> dict[str, Any]:
    """Where the page begins. Save-Data is a wish of the browser's owner: no picture unasked."""
    choice = request.COOKIES.get(COOKIE, "")
    first = "sound" if request.headers.get("Save-Data", "").lower() == "on" else "picture"
    return {
        "rung_choice": choice if choice in RUNGS else "auto",
        "first_rung": first,
        "rung": choice if choice in RUNGS else first,
        "rung_costs": COSTS_MB,
    }


def board_items(broadcast: Broadcast) -> QuerySet[ShelfItem]:
    """The shelf with all that is said of its goods: one query."""
    return ShelfItem.objects.filter(broadcast=broadcast).select_related(
        "product__county", "product__prefecture", "product__producer"
    )


@require_safe
@never_cache
def board(request: HttpRequest, public_id: str) -> HttpResponse:
    """The words of the text board, fetched once by whoever steps down to it; of a rehearsal, too,
    for those who may be in its room."""
    broadcast = get_object_or_404(Broadcast, public_id=public_id)
    context = {
        "board_items": board_items(broadcast),
        "board_open": {pin.item_id for pin in snapshot.open_pins(broadcast)},
    }
    return render(request, "streams/_board.html", context)
