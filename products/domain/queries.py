"""Querysets the pages share; each loads what a template will touch, and no more."""

from django.db.models import QuerySet

from products.models import Product


def cards(products: QuerySet[Product] | None = None) -> QuerySet[Product]:
    """Listed products with what `products/_card.html` shows: two queries for any number."""
    rows = Product.objects.all() if products is None else products
    return (
        rows.filter(state=Product.State.LISTED)
        .select_related("prefecture", "county__parent", "category", "producer")
        .defer("search")
        .prefetch_related("images")
    )
