"""One small mechanism under every state machine: a table, compare-and-set, an event row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from livecommerce.accounts.models import User
from livecommerce.transitions import move


class StepRow(models.Model):
    """Who moved something, when, from where to where, and why."""

    from_state = models.CharField(max_length=12, blank=True, verbose_name=_("from"))
    to_state = models.CharField(max_length=12, verbose_name=_("to"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by whom"),
    )
    note = models.CharField(max_length=300, blank=True, verbose_name=_("note"))
    at = models.DateTimeField(auto_now_add=True, verbose_name=_("when"))

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


@dataclass(frozen=True)
class Steps:
    """`moves` says for each state where it may go; `events` is the model that remembers it."""

    name: str
    moves: Mapping[str, tuple[str, ...]]
    events: type[models.Model]
    owner: str
    """The event's foreign key to the row."""
    begins: str = ""
    """Drawn as the first state, where that does not go without saying."""

    def can(self, from_: str, to: str) -> bool:
        return to in self.moves.get(from_, ())

    def take(
        self,
        row: models.Model,
        to: str,
        *,
        seen: str,
        actor: User | None,
        note: str = "",
        **updates: Any,
    ) -> bool:
        """Move `row` from the state that was `seen` to `to`, if the table has that step.

        False when the row is elsewhere by now: nothing has changed then, and nothing is tried
        again, because a decision is about what the person saw. Belongs into the transaction of
        whatever else the step means.
        """
        if not self.can(seen, to) or not move(row, "state", seen, to, **updates):
            return False
        self.events._default_manager.create(
            **{self.owner: row}, from_state=seen, to_state=to, actor=actor, note=note[:300]
        )
        return True

    def diagram(self) -> str:
        """The table as Mermaid text; the docs show it, and a test keeps the two equal."""
        lines = ["stateDiagram-v2"] + ([f"    [*] --> {self.begins}"] if self.begins else [])
        for from_, targets in self.moves.items():
            lines += [f"    {from_} --> {to}" for to in targets or ("[*]",)]
        return "\n".join(lines)
