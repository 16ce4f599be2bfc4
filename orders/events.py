"""What a festival's wall can receive: the same for each screen, in both languages."""

from dataclasses import dataclass
from typing import Any, ClassVar

from livecommerce.realtime.events import Event


@dataclass(frozen=True)
class FestivalTold(Event):
    """At most one a second and festival. `lit`: orders paid since the last one, by prefecture code
    (passing news, no part of the state); `orders`: their newest lines with masked names; `figures`
    as in the snapshot with their `version`, or null where nothing of them changed."""

    type: ClassVar[str] = "festival"
    lit: dict[str, int]
    orders: list[dict[str, Any]]
    figures: dict[str, Any] | None
