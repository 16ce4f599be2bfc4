"""What is published: events of about 100 bytes that say when they were (load.c's marks)."""

from dataclasses import dataclass
from typing import ClassVar

from livecommerce.realtime.events import Event, Lane


@dataclass(frozen=True)
class Shown(Event):
    type: ClassVar[str] = "bench.shown"
    cus: int
    m: str
    n: int = 0


@dataclass(frozen=True)
class Said(Event):
    type: ClassVar[str] = "bench.said"
    lane: ClassVar[Lane] = Lane.CHAT
    hus: int
    m: str
