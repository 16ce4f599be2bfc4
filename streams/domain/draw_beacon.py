"""A public number that nobody here chooses: one round of drand's "quicknet".

drand (drand.love) is run by many independent organisations; every three seconds they publish one
random value together, which nobody knows before. The round is fixed when a draw opens and lies
after its closing, so that whoever could open the seal still cannot pick entries for it.
"""

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from django.conf import settings
from py_arkworks_bls12381 import GT, G1Point, G2Point

logger = logging.getLogger(__name__)

CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
"""quicknet: https://docs.drand.love; period and first moment are part of it."""
GENESIS, PERIOD_SECONDS = 1_692_803_367, 3
PUBLIC_KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
"""Of quicknet's members together; a relay's word is not needed for anything."""
SCHEME = "bls-unchained-g1-rfc9380"
"""A signature of a round is its own: SHA-256 of the round's number (8 bytes, big-endian), hashed to
the curve's group G1 by RFC 9380, signed by BLS with the key in G2."""
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
AFTER_CLOSING_SECONDS = 12
"""So long the list of entries is public before the round exists."""
TIMEOUT_SECONDS = 5.0
MOST_BYTES = 4096
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PublicNumber:
    """`value` is SHA-256 of `signature`, both hexadecimal; the signature was verified."""

    value: str
    signature: str


def is_used() -> bool:
    return bool(settings.DRAW_BEACON_URL)


def round_after(moment: datetime) -> int:
    """The first round that appears AFTER_CLOSING_SECONDS after `moment`, or later."""
    since = moment.timestamp() + AFTER_CLOSING_SECONDS - GENESIS
    return int(-(-since // PERIOD_SECONDS)) + 1


def time_of(number: int) -> datetime:
    return datetime.fromtimestamp(GENESIS + (number - 1) * PERIOD_SECONDS, tz=UTC)


def address_of(number: int, base: str = "") -> str:
    return f"{(base or settings.DRAW_BEACON_URL).rstrip('/')}/{CHAIN}/public/{number}"


def fetch(number: int) -> PublicNumber | None:
    """The round's number, whatever relay told it: its signature is drand's, or it is not taken.
    None if it cannot be had, or is not what it says it is. Never inside a transaction."""
    try:
        answer = httpx.get(
            address_of(number), timeout=TIMEOUT_SECONDS, headers={"Accept": "application/json"}
        )
        answer.raise_for_status()
        if len(answer.content) > MOST_BYTES:
            raise ValueError("too long")
        return _checked(answer.json(), number)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        logger.warning("the public number of round %s was not told: %s", number, error)
        return None


def _checked(told: dict[str, str | int], number: int) -> PublicNumber:
    value, signature = str(told["randomness"]), str(told["signature"])
    if told["round"] != number or not _HEX.fullmatch(value) or len(signature) > 200:
        raise ValueError("not this round")
    if hashlib.sha256(bytes.fromhex(signature)).hexdigest() != value:
        raise ValueError("the value is not the hash of its signature")
    if not is_signed(number, bytes.fromhex(signature)):
        raise ValueError("the signature is not drand's")
    return PublicNumber(value=value, signature=signature)


def is_signed(number: int, signature: bytes) -> bool:
    """Whether drand's members signed this round: some 5 ms."""
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    try:
        signed = G1Point.from_compressed_bytes(signature)
        key = G2Point.from_compressed_bytes(bytes.fromhex(PUBLIC_KEY))
    except ValueError:  # no point of the group
        return False
    expected = G1Point.hash_to_curve(message, DOMAIN)
    return GT.pairing_check([signed, -expected], [G2Point(), key])
