"""What was looked for in vain: counted by day, never with who looked.

For the demand board (`streams`) and for curators. A text that could be a person's (a number, an
address, a link) is not kept at all; `products/retention.py` says for how long the rest is.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Max, Min, Q, Sum
from django.utils import timezone

from livecommerce import ratelimit
from livecommerce.wording.contacts import find_contacts
from products.lexemes import fold
from products.models import SearchMiss

MOST_CHARACTERS = 40
MOST_A_DAY = 5_000
"""Different texts of one day; what comes after is noise or an attack."""


@dataclass(frozen=True)
class Missed:
    """One text over a stretch of days."""

    text: str
    searches: int
    wishes: int
    first_day: date
    last_day: date


def record(*, text: str, visitor: str = "", is_wish: bool = False) -> bool:
    """Count one search (or wish) for `text`; False if it is not kept.

    `visitor` tells people apart for one day, so that one person counts once: a hash of it stands
    in Redis until then and nowhere else.
    """
    told = plain_text(text)
    if not told:
        return False
    if visitor and not _is_first_today(told, visitor, is_wish=is_wish):
        return False
    today = timezone.localdate()
    if (
        not SearchMiss.objects.filter(text=told, day=today).exists()
        and SearchMiss.objects.filter(day=today).count() >= MOST_A_DAY
    ):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO products_searchmiss (text, day, searches, wishes)"
            " VALUES (%(text)s, %(day)s, %(searches)s, %(wishes)s)"
            " ON CONFLICT (text, day) DO UPDATE SET"
            " searches = products_searchmiss.searches + excluded.searches,"
            " wishes = products_searchmiss.wishes + excluded.wishes",
            {"text": told, "day": today, "searches": int(not is_wish), "wishes": int(is_wish)},
        )
    return True


def plain_text(text: str) -> str:
    """As it is kept and shown: folded, short; nothing for what may be personal or says nothing."""
    if find_contacts(text[: MOST_CHARACTERS * 4]):
        return ""
    if len(text.strip()) > MOST_CHARACTERS:
        return ""
    told = fold(text)
    if not told or len(told) > MOST_CHARACTERS:
        return ""
    if sum(sign.isdigit() for sign in told) > 5 or told.replace(" ", "").isdigit():
        return ""
    return told


def missed(*, since: date, at_least: int = 3, most: int = 200) -> list[Missed]:
    """What at least so many looked for or wished since then, the most wanted first."""
    rows = (
        SearchMiss.objects.filter(day__gte=since)
        .values("text")
        .annotate(sought=Sum("searches"), wished=Sum("wishes"), first=Min("day"), last=Max("day"))
        .filter(Q(sought__gte=at_least) | Q(wished__gte=at_least))
        .order_by("-wished", "-sought", "text")
    )
    return [
        Missed(row["text"], row["sought"], row["wished"], row["first"], row["last"])
        for row in rows[:most]
    ]


def wishes_for(text: str) -> int:
    """How many have wished for it so far."""
    rows = SearchMiss.objects.filter(text=plain_text(text))
    return int(rows.aggregate(wishes=Sum("wishes"))["wishes"] or 0)


def _is_first_today(text: str, visitor: str, *, is_wish: bool) -> bool:
    told = f"{timezone.localdate()}|{visitor}|{text}|{is_wish}"
    key = hashlib.sha256(told.encode()).hexdigest()[:32]
    return ratelimit.allow(f"search-miss:{key}", rate=1, per=24 * 3600)
