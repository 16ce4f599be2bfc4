"""Whether the reader waits for goods to come back."""

from django import template

from products.domain import stock_watch
from products.models import Product

register = template.Library()


@register.filter
def is_watched_by(product: Product, user: object) -> bool:
    """One query for somebody signed in, none otherwise."""
    return stock_watch.is_watching(user, product)
