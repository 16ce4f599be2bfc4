"""Practice draws: the show's prepared draws in its rehearsal, and the played crowd taking part.

They run exactly as lucky draws do (`draws`, `draw_entries`), and nobody gets anything; what keeps
them apart is in the database (`Draw`, `DrawWinner`): see docs/draws.md.
"""

import random

from django.db import IntegrityError, transaction
from django.utils import timezone

from livecommerce.accounts.models import User
from streams.domain.draw_plans import write_draw
from streams.domain.draw_terms import Terms
from streams.models import Broadcast, Draw, DrawEntry
from streams.models.draws import PLAYED_MARK

TERMS = tuple(Terms.__dataclass_fields__)


def copy_prepared(*, show: Broadcast, rehearsal: Broadcast, by: User) -> None:
    """What waits for its moment in the show is prepared here, too. Inside the transaction that
    begins the rehearsal; the show's own stay as they are."""
    for draw in show.draws.filter(state=Draw.State.PLANNED).order_by("planned_at", "pk"):
        terms = Terms(**{name: getattr(draw, name) for name in TERMS})
        write_draw(broadcast=rehearsal, by=by, terms=terms, key=draw.key)


def take_part(*, broadcast: Broadcast, present: int, chance: random.Random) -> str:
    """Some of those who are here enter the draw that is open, each once; returns the words that it
    wants said in the chat, if there are any."""
    draw = Draw.objects.filter(broadcast=broadcast, state=Draw.State.OPEN).first()
    if draw is None or not draw.takes_entries_at(timezone.now()):
        return ""
    number = chance.randint(0, min(present, 1 + present // 8))
    entries = [
        DrawEntry(draw=draw, nonce=f"{chance.getrandbits(128):032x}", device=f"{PLAYED_MARK}{who}")
        for who in chance.sample(range(1, present + 1), number)
    ]
    try:
        with transaction.atomic():
            DrawEntry.objects.bulk_create(entries, ignore_conflicts=True)
    except IntegrityError:
        return ""  # it closed just now
    return draw.passphrase


def room_of(draw_id: str) -> str:
    """The `public_id` of the rehearsal that a practice draw is of; of no such draw, its own."""
    rooms = Draw.objects.filter(public_id=draw_id).values_list("broadcast__public_id", flat=True)
    return rooms.first() or draw_id
