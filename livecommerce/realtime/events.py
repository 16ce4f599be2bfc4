"""What a browser can receive: every event is a declared type, registered by its wire name.

An app declares its events as frozen dataclasses::

    @dataclass(frozen=True)
    class StockChanged(Event):
        type = "stock"
        deal: str
        left: int
        version: int

Fields are plain JSON values. A commerce event carries the *absolute* state of one object and
its `version`, so that applying it twice, or late, does no harm.
"""

import json
from dataclasses import fields
from enum import StrEnum
from typing import Any, ClassVar


class Lane(StrEnum):
    """How an event travels.

    COMMERCE is flushed at once, kept for replay and never dropped. CHAT waits for the tick and
    may be thinned out in a crowd. PRIVATE goes to its `sender` and to memberships that see what
    is private, waits for the tick and is never replayed: no part of the room's state.
    FIGURES goes to memberships that see the show's figures (money among them) and to nobody else,
    waits for the tick and is kept nowhere: the next one says it all again.
    """

    COMMERCE = "c"
    CHAT = "h"
    PRIVATE = "p"
    FIGURES = "f"


class Event:
    """Base of the events. Subclasses are frozen dataclasses with `type` and perhaps `lane`."""

    type: ClassVar[str]
    lane: ClassVar[Lane] = Lane.COMMERCE

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        name = cls.__dict__.get("type")
        if name is None:
            return
        known = EVENTS.setdefault(name, cls)
        if known.__qualname__ != cls.__qualname__ or known.__module__ != cls.__module__:
            raise TypeError(f"two events are called {name!r}: {known} and {cls}")
        EVENTS[name] = cls

    def to_wire(self) -> dict[str, Any]:
        """`{"t": type, …fields}`, as browsers get it."""
        return {"t": self.type} | {
            field.name: getattr(self, field.name)
            for field in fields(self)  # type: ignore[arg-type]  # subclasses are dataclasses
        }


EVENTS: dict[str, type[Event]] = {}
"""Every declared event by its wire name."""


def serialise(event: Event) -> bytes:
    """The event as JSON text in UTF-8. Raises TypeError or ValueError for what is not JSON."""
    text = json.dumps(event.to_wire(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()
