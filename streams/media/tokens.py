"""Short-lived permissions for one path: JWT, HS256. A JWT has no colon, as MediaMTX needs it."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Literal

import jwt

Action = Literal["publish", "read"]
ACTIONS: tuple[Action, ...] = ("publish", "read")
_ALGORITHM = "HS256"
_LEEWAY = 10  # seconds of clock difference between machines


class InvalidToken(ValueError):
    """Forged, expired, or for another path or action."""


@dataclass(frozen=True, slots=True)
class Claims:
    """`sub` says whom it was given to; `expires_at` is epoch seconds."""

    path: str
    action: Action
    sub: str
    expires_at: int


def derive_key(secret: str) -> bytes:
    """A key of its own from SECRET_KEY, so that a leak of one is not a leak of the other."""
    return hmac.new(secret.encode(), b"livecommerce.media.token", hashlib.sha256).digest()


def mint_token(*, key: bytes, path: str, action: Action, sub: str, seconds: int) -> str:
    claims = {"path": path, "action": action, "sub": sub, "exp": int(time.time()) + seconds}
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def check_token(token: str, *, key: bytes, path: str, action: str) -> Claims:
    """Raises InvalidToken. A publisher may also read their own path (the console's preview)."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            leeway=_LEEWAY,
            options={"require": ["exp", "sub"]},
        )
    except jwt.InvalidTokenError as error:
        raise InvalidToken(str(error)) from None
    granted = claims.get("action")
    if claims.get("path") != path:
        raise InvalidToken("the token is for another path")
    if granted not in ACTIONS or (granted != action and (granted, action) != ("publish", "read")):
        raise InvalidToken("the token is for another action")
    return Claims(path, granted, str(claims["sub"]), int(claims["exp"]))
