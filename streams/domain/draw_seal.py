"""The secret of a draw: committed to before the first entry, revealed after the last.

Sealed with a key made of SECRET_KEY: a copy of the database does not tell it, nor does a look at
the row. Whoever holds both could open the seal; against them stands the public number
(draw_beacon.py), which nobody here chooses and nobody knows before the list is closed.
"""

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac

from livecommerce.errors import DomainError

_SALT = "streams.draw.seed"


def new_seed() -> str:
    """32 random bytes as 64 hexadecimal digits: those digits, as text, are what is hashed."""
    return secrets.token_hex(32)


def commitment_to(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()


def seal(seed: str) -> str:
    return _locks()[0].encrypt(seed.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises DomainError `draw_sealed` (503) if SECRET_KEY was changed and the old one is gone."""
    for lock in _locks():
        try:
            return lock.decrypt(sealed.encode()).decode()
        except InvalidToken:
            continue
    raise DomainError("draw_sealed", "SECRET_KEY is not the one it was sealed with", status=503)


def _locks() -> list[Fernet]:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [Fernet(base64.urlsafe_b64encode(_digest(key))) for key in keys]


def _digest(secret: str | bytes) -> bytes:
    return salted_hmac(_SALT, "seal", secret=secret, algorithm="sha256").digest()
