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

logger = logging.getLogger(__name__)

CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
"""quicknet: https://docs.drand.love; period and first moment are part of it."""
GENESIS, PERIOD_SECONDS = 1_692_803_367, 3
AFTER_CLOSING_SECONDS = 12
"""So long the list of entries is public before the round exists."""
TIMEOUT_SECONDS = 5.0
MOST_BYTES = 4096
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PublicNumber:
    """`value` is SHA-256 of `signature`, both hexadecimal."""

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
    """What the relay says of a round; None if it cannot be had or makes no sense. Never inside a
    transaction."""
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
    return PublicNumber(value=value, signature=signature)
