"""What a mistyped word may have meant: the words of the catalogue that look most like it."""

from collections.abc import Iterator

from django.db import connection

from products.lexemes import MOST_CHARACTERS, fold, is_chinese

SHORTEST = 4
MOST_MISTYPED = 3
MOST_CANDIDATES = 5


def respell(text: str) -> Iterator[str]:
    """`text` with its mistyped words put right, the likeliest first; nothing if none is.

    Only Latin words of four letters and more are looked at, at most three of them, and only
    those that no word of the catalogue begins with.
    """
    runs = fold(text[:MOST_CHARACTERS]).split(" ")
    places = [
        place
        for place, run in enumerate(runs)
        if len(run) >= SHORTEST and not is_chinese(run) and not run.isdigit()
    ][:MOST_MISTYPED]
    meant = {place: words for place in places if (words := alike(runs[place]))}
    for choice in range(MOST_CANDIDATES if meant else 0):
        if all(choice >= len(words) for words in meant.values()):
            return
        spelled = [
            meant[place][min(choice, len(meant[place]) - 1)] if place in meant else run
            for place, run in enumerate(runs)
        ]
        yield " ".join(spelled)


def alike(word: str) -> list[str]:
    """Words one or two slips away from `word`, the closest first; none if it begins a word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM products_searchword WHERE word LIKE %s)", [f"{word}%"]
        )
        if cursor.fetchone()[0]:
            return []
        cursor.execute(
            "SELECT word FROM products_searchword"
            " WHERE word %% %s AND length(word) BETWEEN %s AND %s"
            " ORDER BY similarity(word, %s) DESC, word LIMIT 20",
            [word, len(word) - 2, len(word) + 2, word],
        )
        found = [row[0] for row in cursor.fetchall()]
    most = 1 if len(word) < 6 else 2
    by_slips = [(slips(word, other), at, other) for at, other in enumerate(found)]
    return [other for count, _, other in sorted(by_slips) if count <= most][:MOST_CANDIDATES]


def slips(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour to make `other` of `one`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, start=1):
        older, before, row = before, row, [i] + [0] * len(other)
        for j, wanted in enumerate(other, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != wanted))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == wanted:
                row[j] = min(row[j], older[j - 2] + 1)
    return row[-1]
