"""Where a demand may go: a table, compare-and-set, an event row and an entry of the audit book."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.machines import Steps
from streams.models.demands import Demand, DemandEvent

State = Demand.State
MOVES: Mapping[str, tuple[str, ...]] = {
    State.SUGGESTED: (State.PUBLISHED, State.DECLINED, State.MERGED),
    State.PUBLISHED: (State.ASSIGNED, State.DECLINED, State.MERGED),
    State.ASSIGNED: (State.ANSWERED, State.DECLINED, State.MERGED),
    State.ANSWERED: (State.TOLD, State.ASSIGNED),
    State.TOLD: (),
    State.DECLINED: (State.SUGGESTED,),
    State.MERGED: (),
}
"""`answered → assigned` sends an answer back; `declined → suggested` looks at it once more."""


STEPS = Steps("demand", MOVES, DemandEvent, "demand", begins=State.SUGGESTED)


def advance(demand: Demand, to: str, *, by: User | None, note: str = "", **updates: Any) -> None:
    """Move on to `to`, inside the caller's transaction. `updates` are written with it.

    Raises DomainError `demand_moved` (409) where the table does not lead there, or another was
    quicker: nothing has changed then.
    """
    was = str(demand.state)
    before = {"state": was} | {name: getattr(demand, name) for name in updates}
    if not STEPS.take(demand, to, seen=was, actor=by, note=note[:200], **updates):
        raise moved()
    after = {"state": str(to)} | updates
    audit.record(
        actor=by, action=f"demand.{to}", subject=demand, before=before, after=after, reason=note
    )


def moved() -> DomainError:
    return DomainError(
        "demand_moved", _("Somebody has dealt with this already. Look at it anew."), status=409
    )
