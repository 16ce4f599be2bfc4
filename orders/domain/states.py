"""One small mechanism under the four state machines: a table, compare-and-set, an event row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from livecommerce.accounts.models import User
from livecommerce.transitions import move
from orders.models.orders import EventRow


@dataclass(frozen=True)
class Machine:
    """`moves` says for each state where it may go; `events` is the model that remembers it."""

    name: str
    moves: Mapping[str, tuple[str, ...]]
    events: type[EventRow]
    owner: str
    """The event's foreign key to the row."""

    def can(self, from_: str, to: str) -> bool:
        return to in self.moves.get(from_, ())

    def advance(
        self,
        row: models.Model,
        to: str,
        *,
        actor: User | None = None,
        note: str = "",
        **updates: Any,
    ) -> bool:
        """Move `row` on to `to` if its table allows it from the state it is really in.

        False when it does not, or when another was quicker: nothing has changed then. Belongs
        into the transaction of whatever else the move means. `updates` are written with it.
        """
        for _attempt in range(2):
            was = str(row.state)  # type: ignore[attr-defined]
            if self.can(was, to) and move(row, "state", was, to, **updates):
                self.events._default_manager.create(
                    **{self.owner: row}, from_state=was, to_state=to, actor=actor, note=note[:200]
                )
                return True
            row.refresh_from_db(fields=["state"])
            if row.state == was:  # type: ignore[attr-defined]
                return False
        return False

    def advance_all(
        self, rows: Sequence[models.Model], to: str, *, actor: User | None = None
    ) -> None:
        """Move rows that are in one state and whose locks the caller holds, in two statements."""
        if not rows:
            return
        was = str(rows[0].state)  # type: ignore[attr-defined]
        model = type(rows[0])._default_manager
        moved = model.filter(pk__in=[row.pk for row in rows], state=was)
        if not self.can(was, to) or moved.update(state=to) != len(rows):
            raise RuntimeError(f"{self.name}: not all were {was}, or it leads not to {to}")
        self.events._default_manager.bulk_create(
            self.events(**{self.owner: row}, from_state=was, to_state=to, actor=actor)
            for row in rows
        )
        for row in rows:
            row.state = to  # type: ignore[attr-defined]

    def diagram(self) -> str:
        """The table as Mermaid text; docs/orders.md shows it, and a test keeps the two equal."""
        lines = ["stateDiagram-v2"]
        for from_, targets in self.moves.items():
            if targets:
                lines += [f"    {from_} --> {to}" for to in targets]
            else:
                lines.append(f"    {from_} --> [*]")
        return "\n".join(lines)
