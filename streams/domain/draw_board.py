"""A show's lucky draws as those who run it see them: what is open, what is prepared, what was."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from streams.domain.draw_proof import masked
from streams.domain.offers import epoch_ms
from streams.models import Broadcast, Draw, DrawWinner

State = Draw.State


@dataclass(frozen=True)
class Row:
    draw: Draw
    winners: Sequence[DrawWinner]

    @property
    def names(self) -> list[str]:
        return [masked(one) for one in self.winners if one.state != DrawWinner.State.LAPSED]

    @property
    def to_send(self) -> int:
        return sum(one.state == DrawWinner.State.CLAIMED for one in self.winners)

    @property
    def opens_ms(self) -> int | None:
        return epoch_ms(self.draw.opens_at)

    @property
    def closes_ms(self) -> int | None:
        return epoch_ms(self.draw.closes_at)


@dataclass(frozen=True)
class Board:
    running: Sequence[Row]
    """Open, or closed and waiting for the public number."""
    planned: Sequence[Row]
    past: Sequence[Row]


def board_of(broadcast: Broadcast) -> Board:
    """Two queries, however many there are."""
    draws = Draw.objects.filter(broadcast=broadcast).exclude(state=State.WITHDRAWN)
    won = DrawWinner.objects.select_related("entry__user").order_by("rank")
    rows = [
        Row(draw, list(draw.won.all()))
        for draw in draws.prefetch_related(Prefetch("won", won)).order_by("planned_at", "pk")
    ]
    return Board(
        running=[row for row in rows if row.draw.state in (State.OPEN, State.CLOSED)],
        planned=[row for row in rows if row.draw.state == State.PLANNED],
        past=[row for row in rows if row.draw.state == State.DRAWN][::-1],
    )
