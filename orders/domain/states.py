"""The state machines of orders: they move on from where a row really is, one by one or many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from livecommerce.accounts.models import User
from livecommerce.machines import Steps
from livecommerce.transitions import move


@dataclass(frozen=True)
class Machine(Steps):
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
