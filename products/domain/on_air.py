"""Which goods are being shown live. Shows stand above the catalogue, so they tell it how to ask.

`streams` gives a queryset of product ids when the apps are ready; it is evaluated as part of the
question, so that nothing is kept twice and nothing can be stale.
"""

from collections.abc import Callable

from django.db.models import QuerySet

from products.models import Product

_ask: Callable[[], "QuerySet[Product]"] | None = None


def ask_by(products_on_air: Callable[[], QuerySet[Product]]) -> None:
    """Called once, by the app that has the shows."""
    global _ask
    _ask = products_on_air


def only_on_air(products: QuerySet[Product]) -> QuerySet[Product]:
    """Those of `products` on the shelf of a show that is live now."""
    return products.filter(pk__in=_ask().values("pk")) if _ask else products.none()
