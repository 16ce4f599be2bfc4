"""Tags for replays: positions as clocks, and where a product was explained."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from products.models import Product
from streams.domain import replay_queries
from streams.domain.replay_queries import Explanation
from streams.models import Broadcast

register = template.Library()


@register.filter
def clock(milliseconds: int) -> str:
    """`93500` → `1:33`, `3725000` → `1:02:05`."""
    minutes, seconds = divmod(int(milliseconds or 0) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def still_name(milliseconds: int) -> str:
    """The name of a chapter's picture; a number would be written with separators."""
    return str(milliseconds)


@register.filter
def spot_url(spot: Explanation) -> str:
    """The replay, at the second at which the product is explained."""
    return f"{reverse('streams:room', args=[spot.public_id])}#t={spot.seconds}"


@register.filter
def kept_until(show: Broadcast) -> datetime | None:
    if show.ended_at is None:
        return None
    return show.ended_at + timedelta(days=settings.RECORDINGS_KEEP_DAYS)


@register.simple_tag
def explanations(product: Product) -> list[Explanation]:
    """The newest public explanations of a product: one query."""
    return replay_queries.explanations_of(product)


@register.simple_tag
def explained_lines(lines: Iterable[Any], at: datetime | None = None) -> dict[int, Explanation]:
    """Line's pk → where its product was explained in the show it was bought in: one query for
    all lines. `at` is when they were bought."""
    rows = list(lines)
    bought = {(row.broadcast_id, row.product_id): row for row in rows if row.broadcast_id}
    found = replay_queries.explanations_for(bought, at=at)
    places = {row.pk: (row.broadcast_id, row.product_id) for row in rows}
    return {pk: found[place] for pk, place in places.items() if place in found}


@register.filter
def of_line(spots: dict[int, Explanation], pk: int) -> Explanation | None:
    return spots.get(pk)
