"""Which demand something belongs to that was just heard: the same goods and tag, or nearly the
same words, of the same prefecture."""

from collections.abc import Iterable, Sequence

from django.db import connection

from livecommerce.wording.normalise import normalise
from streams.models.demands import Demand

ALIKE = 0.6
"""Share of common pairs of characters (Dice) from which two wordings say the same."""
MOST_COMPARED = 500
_FILLER = (
    "请问",
    "能不能",
    "可不可以",
    "什么时候",
    "希望",
    "想要",
    "我们",
    "有没有",
    "一下",
    "吗",
    "呢",
    "啊",
    "的",
)


def pairs_of(text: str) -> frozenset[str]:
    """Pairs of characters of what is left of a text without its politeness."""
    plain = normalise(text).text
    for word in _FILLER:
        plain = plain.replace(word, "")
    if len(plain) < 2:
        return frozenset((plain,) if plain else ())
    return frozenset(plain[place : place + 2] for place in range(len(plain) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 (nothing in common) to 1 (the same pairs)."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def hold_turn(prefecture_id: str | None) -> None:
    """One at a time a prefecture, inside a transaction: two who hear the same thing at the same
    moment would otherwise both make a demand of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"demands:{prefecture_id or ''}"]
        )


def find_group(
    *, text: str, product_id: int | None, prefecture_id: str | None, tags: Sequence[str]
) -> Demand | None:
    """The open demand that this speaks for; None: it is a new one. One query."""
    rows = Demand.objects.filter(state__in=Demand.OPEN, prefecture=prefecture_id).order_by("-pk")
    candidates = list(rows[:MOST_COMPARED])
    if product_id is not None:
        for row in candidates:
            if row.product_id == product_id and set(row.tags) & set(tags):
                return row
    return _most_alike(text, candidates, product_id)


def _most_alike(text: str, rows: Iterable[Demand], product_id: int | None) -> Demand | None:
    pairs, best, found = pairs_of(text), ALIKE, None
    for row in rows:
        if product_id and row.product_id and row.product_id != product_id:
            continue
        score = max(likeness(pairs, pairs_of(words)) for words in (row.gist, row.title_zh))
        if score >= best:
            best, found = score, row
    return found
