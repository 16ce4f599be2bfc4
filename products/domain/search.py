"""The search index of the catalogue, kept by the app, and the one query that reads it."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import BooleanField, F, QuerySet
from django.db.models.expressions import RawSQL

from products.lexemes import Word, query_literal, query_words, vector_literal
from products.models import Product


def _texts(product: Product) -> list[tuple[str, str]]:
    """What of a product is searched, with its weight: names first, then place, then the rest."""
    places = [product.prefecture, *([product.county] if product.county else [])]
    return [
        ("A", f"{product.name_zh} {product.name_en} {product.aliases}"),
        *(("B", f"{place.name_zh} {place.short_zh} {place.name_en}") for place in places),
        ("C", f"{product.category.name_zh} {product.category.name_en}"),
        ("D", f"{product.producer.name_zh} {product.producer.name_en} {product.sku}"),
    ]


def index_products(products: QuerySet[Product]) -> int:
    """Write the `search` column of `products` in one statement; returns how many."""
    rows = [
        (product.pk, vector_literal(_texts(product)))
        for product in products.select_related("prefecture", "county", "category", "producer")
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE products_product SET search = given.vector::tsvector"
                " FROM unnest(%s::bigint[], %s::text[]) AS given(id, vector)"
                " WHERE products_product.id = given.id",
                [[pk for pk, _ in rows], [vector for _, vector in rows]],
            )
    return len(rows)


def search_products(text: str, *, among: QuerySet[Product]) -> QuerySet[Product]:
    """Products of `among` with every word of `text`, best first; nothing for no words at all.

    Any input is safe: only letters, digits and Chinese characters reach the query.
    """
    return _matching(query_words(text), among, every=True)


def suggest_products(text: str, *, among: QuerySet[Product]) -> QuerySet[Product]:
    """Products with any of the words, for when none has all of them."""
    return _matching(query_words(text), among, every=False)


def _matching(words: Iterable[Word], among: QuerySet[Product], *, every: bool) -> QuerySet[Product]:
    literal = query_literal(words, every=every)
    if not literal:
        return among.none()
    hit = "products_product.search @@ %s::tsquery"
    rank = RawSQL("ts_rank(products_product.search, %s::tsquery)", [literal])  # nosec B611
    return (
        among.filter(RawSQL(hit, [literal], output_field=BooleanField()))  # nosec B611
        .annotate(rank=rank)
        .order_by(F("rank").desc(), "sku")
    )
