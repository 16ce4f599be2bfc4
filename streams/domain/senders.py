"""Which of a host's windows or encoders sends a show's picture. The engine takes whoever comes
last; without a memory of that two open windows would throw each other out for ever."""

import re

from django.core.cache import cache
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from streams.models import Broadcast

KEEP_SECONDS = 24 * 3600
ENCODER = "encoder"
_WINDOW = re.compile(r"[A-Za-z0-9-]{8,40}")


def claim(*, broadcast: Broadcast, window: str, is_again: bool) -> None:
    """A window of the console is about to send. `window` names it (8 to 40 letters, digits, dashes;
    anything else claims nothing); `is_again` when it only comes back after a break. Raises
    DomainError `sent_elsewhere` (409) if somebody pressed "send" elsewhere since."""
    if not _WINDOW.fullmatch(window):
        return
    key = _key(broadcast.public_id)
    if is_again and not cache.add(key, window, KEEP_SECONDS) and cache.get(key) != window:
        raise DomainError(
            "sent_elsewhere",
            _("Another window or encoder sends this show’s picture now."),
            status=409,
        )
    cache.set(key, window, KEEP_SECONDS)


def claim_for_encoder(public_id: str) -> None:
    """An encoder with a stream key comes: it cannot be told to stop coming back, a window can."""
    cache.set(_key(public_id), ENCODER, KEEP_SECONDS)


def _key(public_id: str) -> str:
    return f"sender:{public_id}"
