"""Who somebody is in a room, as the room's app decided when the socket came in."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Membership:
    """`room` is the key to publish to; `person` counts once in presence (see `presence.person_of`).

    `keep_chat` is for the host, moderators and buyers: they get every chat line even when the
    crowd's are thinned out; `sees_private` for those who look after the room, `sees_figures`
    for those who may know its money. `roles` and `state` are the room app's own.
    """

    room: str
    person: str
    user_id: int | None = None
    session_key: str = ""
    password_mark: int = 0
    """Changes with the password; see `revocation.py`."""
    roles: frozenset[str] = frozenset()
    keep_chat: bool = False
    sees_private: bool = False
    sees_figures: bool = False
    language: str = "zh-hans"
    state: dict[str, Any] = field(default_factory=dict)
