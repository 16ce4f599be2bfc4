"""What a person may be about to ask, while they type: places, kinds of goods and goods' names."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from officials.models import Region
from products.domain.queries import used_categories
from products.domain.search import matching, ways_of
from products.lexemes import NAME_MARK, fold, index_words, is_chinese, ways_literal
from products.models import Product

MOST = 8
MOST_PLACES = 2
MOST_KINDS = 2
KEPT_SECONDS = 60
_ENTRIES_KEPT_SECONDS = 300


@dataclass(frozen=True)
class Suggestion:
    """`kind`: goods, place or kind. `note` tells goods of one name apart."""

    text: str
    url: str
    kind: str
    note: str = ""


def suggest(text: str) -> list[Suggestion]:
    """At most eight, places and kinds first; nothing for a single letter or only signs."""
    folded = fold(text[:80])
    if not folded or (len(folded) < 2 and not is_chinese(folded)):
        return []
    key = f"suggest:{get_language()}:{folded}"[:200]
    kept: list[Suggestion] | None = cache.get(key)
    if kept is None:
        entries = _entries_for(folded)
        kept = [*entries, *_goods_for(folded, MOST - len(entries))]
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _goods_for(folded: str, most: int) -> list[Suggestion]:
    """One of each name, each leading to its page."""
    names = ways_literal(ways_of(folded), mark=NAME_MARK)
    if not names:
        return []
    listed: QuerySet[Product] = Product.objects.filter(state=Product.State.LISTED)
    rows = (
        matching(names, listed)
        .select_related("prefecture")
        .only("sku", "name_zh", "name_en", "prefecture__name_zh", "prefecture__name_en")
    )
    found: dict[str, Suggestion] = {}
    for row in rows[: most * 4]:
        place = row.prefecture.name
        found.setdefault(row.name, Suggestion(row.name, row.get_absolute_url(), "goods", place))
    return list(found.values())[:most]


def _entries_for(folded: str) -> list[Suggestion]:
    places = [one for words, one in _entries("place") if _begins(folded, words)][:MOST_PLACES]
    kinds = [one for words, one in _entries("kind") if _begins(folded, words)][:MOST_KINDS]
    return [*places, *kinds]


def _begins(folded: str, words: set[str]) -> bool:
    typed = folded.replace(" ", "")
    return any(word.startswith(typed) for word in words)


def _entries(kind: str) -> list[tuple[set[str], Suggestion]]:
    """Places and kinds with the words they are found by; there are few, and they hardly change."""
    key = f"suggest-entries:{kind}:{get_language()}"
    kept: list[tuple[set[str], Suggestion]] | None = cache.get(key)
    if kept is None:
        kept = _places() if kind == "place" else _kinds()
        cache.set(key, kept, _ENTRIES_KEPT_SECONDS)
    return kept


def _places() -> list[tuple[set[str], Suggestion]]:
    rows = Region.objects.filter(kind=Region.Kind.PREFECTURE)
    return [
        (
            _beginnings(f"{row.short_zh} {row.name_zh} {row.name_en}"),
            Suggestion(row.name, reverse("products:prefecture", args=[row.code]), "place"),
        )
        for row in rows
    ]


def _kinds() -> list[tuple[set[str], Suggestion]]:
    return [
        (
            _beginnings(f"{row.name_zh} {row.name_en}"),
            Suggestion(
                row.name,
                f"{reverse('products:search')}?{urlencode({'category': row.slug})}",
                "kind",
            ),
        )
        for row in used_categories()
    ]


def _beginnings(text: str) -> set[str]:
    return {fold(text).replace(" ", ""), *fold(text).split(" "), *index_words(text)}
