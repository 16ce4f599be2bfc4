"""Which orders were paid by the same card: a number of this installation, and never the card.

The provider gives a fingerprint of the card (or the wallet's account). It is hashed with this
installation's key and thrown away: the number tells whether two orders were paid by the same one,
here and nowhere else. It goes with the account, or with the recipient when the time to keep
records is over (`orders.personal`, `orders.retention`).
"""

import hashlib
import hmac

from django.conf import settings


def mark_of(fingerprint: str) -> int:
    """Signed 64 bits."""
    key = settings.SECRET_KEY.encode()
    digest = hmac.digest(key, f"payer:{fingerprint}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], signed=True)
