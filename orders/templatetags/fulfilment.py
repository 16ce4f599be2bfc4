"""Parcels, reviews and who has a desk: what templates of other pages ask for."""

from collections.abc import Sequence
from typing import Any

from django import template

from orders.domain import carriers, reviews
from orders.models import Order, OrderLine, Parcel
from products.models import Product

register = template.Library()
NEWEST = 4


@register.filter
def carrier_site(parcel: Parcel) -> str:
    """Where the buyer looks the number up: the carrier's own site."""
    return carriers.site_of(parcel.carrier)


@register.filter
def is_on_its_way(parcels: Sequence[Parcel]) -> bool:
    return any(not parcel.is_delivered for parcel in parcels)


@register.simple_tag
def reviews_of(product: Product) -> dict[str, Any]:
    """The product's rating and its newest reviews: three queries, two where there are none."""
    rating = reviews.rating_of(product)
    rows = list(reviews.shown(product)[:NEWEST]) if rating.count else []
    return {"rating": rating, "rows": rows}


@register.simple_tag
def lines_to_review(order: Order) -> list[OrderLine]:
    """The order's lines that have arrived, each with `is_reviewed`; none before that."""
    if order.state not in (Order.State.DELIVERED, Order.State.COMPLETED):
        arrived = order.lines.filter(parcel_lines__parcel__state=Parcel.State.DELIVERED)
    else:
        arrived = order.lines.filter(shipped_quantity__gt=0)
    return list(reviews.with_standing(arrived.distinct().order_by("pk")))
