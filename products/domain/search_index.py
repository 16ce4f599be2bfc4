"""The search index, kept by the app: each product's words, and all the words there are."""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from django.db import connection
from django.db.models import QuerySet

from products.lexemes import latin_words, spoken_words, vector_literal
from products.models import Product

BATCH = 500
_stems: dict[str, str] = {}
_MOST_STEMS_KEPT = 20_000


def index_products(products: QuerySet[Product]) -> int:
    """Write the `search` column of `products`, a batch at a time; returns how many."""
    rows = products.select_related("prefecture", "county", "category", "producer").iterator(BATCH)
    return sum(_write(batch) for batch in _batches(rows))


def stems_of(words: Collection[str]) -> Mapping[str, str]:
    """English stems as PostgreSQL's own dictionary cuts them; a word without one is left out."""
    unknown = [word for word in words if word not in _stems]
    if unknown:
        if len(_stems) + len(unknown) > _MOST_STEMS_KEPT:
            _stems.clear()
            unknown = list(words)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, coalesce((ts_lexize('english_stem', word))[1], word)"
                " FROM unnest(%s::text[]) AS word",
                [unknown],
            )
            _stems.update(cursor.fetchall())
    return {word: _stems[word] for word in words if word in _stems}


def _batches(rows: Iterator[Product]) -> Iterator[list[Product]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _write(batch: list[Product]) -> int:
    texts = {product.pk: _texts(product) for product in batch}
    latin = [latin_words(text) for told in texts.values() for _, text in told]
    stems = stems_of(set[str]().union(*latin))
    vectors = [(pk, vector_literal(told, stems)) for pk, told in texts.items()]
    spoken = [spoken_words(text) for told in texts.values() for at, text in told if at in "AB"]
    words = set[str]().union(*spoken)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE products_product SET search = given.vector::tsvector"
            " FROM unnest(%s::bigint[], %s::text[]) AS given(id, vector)"
            " WHERE products_product.id = given.id",
            [[pk for pk, _ in vectors], [vector for _, vector in vectors]],
        )
        cursor.execute(
            "INSERT INTO products_searchword (word)"
            " SELECT word FROM unnest(%s::text[]) AS word ON CONFLICT DO NOTHING",
            [sorted(words)],  # in one order, so that two writers never wait for each other
        )
    return len(batch)


def _texts(product: Product) -> list[tuple[str, str]]:
    """What of a product is searched, with its weight: names first, then place, then the rest."""
    places = [product.prefecture, *([product.county] if product.county else [])]
    return [
        ("A", f"{product.name_zh} {product.name_en} {product.aliases}"),
        *(("B", f"{place.name_zh} {place.short_zh} {place.name_en}") for place in places),
        ("C", f"{product.category.name_zh} {product.category.name_en}"),
        ("D", f"{product.producer.name_zh} {product.producer.name_en}"),
        ("D", product.sku),
    ]
