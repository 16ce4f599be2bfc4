"""Finding goods: bounded candidates of a query, put in order, counted and cut into pages.

Whatever is typed, the database is asked for at most `MOST_FOUND` rows, with at most a dozen words
in at most six ways, for at most `MOST_MS`. Only letters, digits and Chinese reach a query.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, F, QuerySet
from django.db.models.expressions import RawSQL
from psycopg2.errors import QueryCanceled

from products.domain.search_aliases import alias_groups
from products.domain.search_filters import Sort, deals_on, first_of_sort
from products.domain.search_index import index_products, stems_of
from products.domain.search_spelling import respell
from products.lexemes import (
    NAME_MARK,
    Way,
    latin_words,
    other_names,
    query_literal,
    query_words,
    sound_words,
    ways_literal,
)
from products.models import Product

MOST_FOUND = 2_000
MOST_NEAR = 8
MOST_MS = 400
"""For each statement; a search that guesses has several."""

__all__ = ["Found", "find_products", "index_products", "search_products", "suggest_products"]


@dataclass(frozen=True, slots=True)
class Hit:
    product_id: int
    sku: str
    prefecture_id: str
    category_id: int
    price_fen: int


@dataclass(frozen=True)
class Found:
    """`ids` in the order asked for. `is_capped`: there are more than these. `spelled`: nothing was
    found for what was typed, and this is what was searched instead. `near`: goods with some of
    the words, when no goods have all. `is_late`: time was up before an answer."""

    ids: list[int] = field(default_factory=list)
    is_capped: bool = False
    spelled: str = ""
    near: list[int] = field(default_factory=list)
    by_prefecture: Counter[str] = field(default_factory=Counter)
    by_category: Counter[int] = field(default_factory=Counter)
    is_late: bool = False

    @property
    def total(self) -> int:
        return len(self.ids)


def find_products(
    text: str,
    *,
    among: QuerySet[Product],
    sort: Sort = Sort.BEST,
    may_guess: bool = True,
) -> Found:
    """The goods of `among` for `text` (all of them for no words), in order.

    Without an exact answer, and if it `may_guess`, what sounds or looks alike is tried, then goods
    with some of the words. Any input is safe and none raises.
    """
    try:
        with _no_longer_than(MOST_MS):
            return _find(text, among.order_by(), sort, may_guess)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return Found(is_late=True)


def search_products(text: str, *, among: QuerySet[Product]) -> QuerySet[Product]:
    """Products of `among` with every word of `text`, best first; nothing for no words at all."""
    ways = ways_of(text)
    return _ranked(ways_literal(ways), among)


def suggest_products(text: str, *, among: QuerySet[Product]) -> QuerySet[Product]:
    """Products with any of the words, for when none has all of them."""
    words = query_words(text, stems_of(latin_words(text[:200])))
    return _ranked(query_literal(words, every=False), among)


def ways_of(text: str) -> list[Way]:
    """What to ask for: the text itself, and with other names for what it names."""
    texts = other_names(text, alias_groups())
    stems = stems_of({word for told in texts for word in latin_words(told)})
    return [words for told in texts if (words := query_words(told, stems))]


def matching(literal: str, among: QuerySet[Product]) -> QuerySet[Product]:
    hit = "products_product.search @@ %s::tsquery"
    return among.filter(RawSQL(hit, [literal], output_field=BooleanField()))  # nosec B611


def _ranked(literal: str, among: QuerySet[Product]) -> QuerySet[Product]:
    if not literal:
        return among.none()
    rank = RawSQL("ts_rank(products_product.search, %s::tsquery)", [literal])  # nosec B611
    return matching(literal, among).annotate(rank=rank).order_by(F("rank").desc(), "sku")


def _find(text: str, among: QuerySet[Product], sort: Sort, may_guess: bool) -> Found:
    if not text.strip():
        return _told(_candidates(among, None, sort), sort)
    ways = ways_of(text)
    if not ways:
        return Found()  # nothing but signs and pictures
    hits = _candidates(among, ways, sort)
    if hits or not may_guess:
        return _told(hits, sort)
    for spelled, way in _guesses(text):
        hits = _candidates(among, [way], sort)
        if hits:
            return _told(hits, sort, spelled=spelled)
    return Found(near=_near(text, among))


def _candidates(among: QuerySet[Product], ways: Sequence[Way] | None, sort: Sort) -> list[Hit]:
    """At most one more than `MOST_FOUND`: by names first, where relevance is asked for."""
    if ways is None:
        return _taken(first_of_sort(among, sort))
    every = ways_literal(ways)
    if sort is not Sort.BEST:
        hits = _taken(matching(every, among))
        # Only when there are too many, the database has to say which are the first of them.
        return (
            hits if len(hits) <= MOST_FOUND else _taken(first_of_sort(matching(every, among), sort))
        )
    names = ways_literal(ways, mark=NAME_MARK)
    hits = _by_kind(_taken(matching(names, among)))
    if len(hits) <= MOST_FOUND:
        known = {hit.product_id for hit in hits}
        rest = _by_kind(_taken(matching(every, among)))
        hits += [hit for hit in rest if hit.product_id not in known]
    return hits[: MOST_FOUND + 1]


def _taken(among: QuerySet[Product]) -> list[Hit]:
    """Without an order where words are asked for: with one, the planner may walk all goods in that
    order instead of asking the words' index."""
    columns = ("pk", "sku", "prefecture_id", "category_id", "list_price_fen")
    return [Hit(*row) for row in among.values_list(*columns)[: MOST_FOUND + 1]]


def _by_kind(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.category_id, hit.sku))


def _told(hits: Sequence[Hit], sort: Sort, *, spelled: str = "") -> Found:
    kept = _ordered(hits[:MOST_FOUND], sort)
    return Found(
        ids=[hit.product_id for hit in kept],
        is_capped=len(hits) > MOST_FOUND,
        spelled=spelled,
        by_prefecture=Counter(hit.prefecture_id for hit in kept),
        by_category=Counter(hit.category_id for hit in kept),
    )


def _ordered(hits: Sequence[Hit], sort: Sort) -> list[Hit]:
    """Prices and discounts are those of today's deals, which no column of the goods knows."""
    if sort is Sort.BEST:
        return list(hits)
    if sort is Sort.NEW:
        return sorted(hits, key=lambda hit: -hit.product_id)
    deals = deals_on([hit.product_id for hit in hits])

    def price(hit: Hit) -> int:
        return deals[hit.product_id].price_fen if hit.product_id in deals else hit.price_fen

    def discount(hit: Hit) -> int:
        return deals[hit.product_id].discount_percent if hit.product_id in deals else -1

    keys: dict[Sort, Callable[[Hit], tuple[int, int]]] = {
        Sort.CHEAP: lambda hit: (price(hit), hit.product_id),
        Sort.DEAR: lambda hit: (-price(hit), hit.product_id),
        Sort.DISCOUNT: lambda hit: (-discount(hit), hit.product_id),
    }
    return sorted(hits, key=keys[sort])


def _guesses(text: str) -> Iterator[tuple[str, Way]]:
    """What may have been meant: the same sounds, then other letters."""
    yield from (
        (" ".join(word.text for word in words), words) for words in (sound_words(text),) if words
    )
    for spelled in respell(text):
        words = sound_words(spelled)
        if words:
            yield spelled, words


def _near(text: str, among: QuerySet[Product]) -> list[int]:
    """Goods with most of the words, among the first few hundred that have any."""
    words = query_words(text)
    any_word = query_literal(words, every=False)
    if not any_word or len(words) < 2:
        return []
    rank = RawSQL("ts_rank(products_product.search, %s::tsquery)", [any_word])  # nosec B611
    first = list(matching(any_word, among).values_list("pk", flat=True)[:300])
    ranked = among.model._default_manager.filter(pk__in=first).annotate(rank=rank)
    return list(ranked.order_by("-rank", "sku").values_list("pk", flat=True)[:MOST_NEAR])


@contextmanager
def _no_longer_than(milliseconds: int) -> Iterator[None]:
    """Each statement inside is stopped by the database when its time is up."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true)", [f"{milliseconds}ms"]
            )
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
