"""How the host's picture goes out, told to those who run the show: an assistant in a second
browser sees the trouble that the host is too busy to read. Passing news, kept nowhere."""

from typing import Any

from livecommerce.realtime.publish import publish
from streams.events import PictureHealth
from streams.models import Broadcast

MOST = {"kbps": 100_000, "width": 8_192, "height": 8_192, "fps": 240, "rtt": 60_000, "lost": 1000}
"""`lost` in per mille of packets, `rtt` in milliseconds; more than this is nonsense."""
LIMITS = ("none", "cpu", "bandwidth", "other")


def tell_health(*, broadcast: Broadcast, said: dict[str, Any]) -> None:
    """Pass on what the sender's browser measured; whatever is no sensible number counts as 0."""
    figures = {name: _number(said.get(name), most) for name, most in MOST.items()}
    limited = said.get("limited")
    publish(
        broadcast.room,
        PictureHealth(**figures, limited=limited if limited in LIMITS else "none"),
    )


def _number(value: object, most: int) -> int:
    return value if type(value) is int and 0 <= value <= most else 0
