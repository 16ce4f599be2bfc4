"""The key by which push services know this shop (VAPID, RFC 8292).

Without VAPID_PRIVATE_KEY it is made of SECRET_KEY: always the same, and nothing to set up.
Browsers are subscribed to one key; with another one they have to be asked anew.
"""

import base64
import time
from functools import lru_cache
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.crypto import salted_hmac

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""
GOOD_FOR_SECONDS = 12 * 3600


def public_key() -> str:
    """As browsers want it: the uncompressed point, base64url without padding."""
    return _public_key(settings.VAPID_PRIVATE_KEY, settings.SECRET_KEY)


def authorization_for(endpoint: str) -> str:
    """The Authorization header for one push service."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + GOOD_FOR_SECONDS,
        "sub": settings.VAPID_CONTACT or _contact(),
    }
    key = _private_key(settings.VAPID_PRIVATE_KEY, settings.SECRET_KEY)
    token = jwt.encode(claims, key, algorithm="ES256")
    return f"vapid t={token}, k={public_key()}"


def _contact() -> str:
    is_https = settings.PUBLIC_URL.startswith("https://")
    return settings.PUBLIC_URL if is_https else "mailto:no-reply@localhost"


@lru_cache(maxsize=4)
def _private_key(told: str, secret: str) -> ec.EllipticCurvePrivateKey:
    if told:
        number = int.from_bytes(_decode(told), "big")
    else:
        digest = salted_hmac("push.vapid", "key", secret=secret, algorithm="sha512").digest()
        number = int.from_bytes(digest, "big") % (ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


@lru_cache(maxsize=4)
def _public_key(told: str, secret: str) -> str:
    public = _private_key(told, secret).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
