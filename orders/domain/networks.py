"""From which network an order came: a number of this month, and never an address.

The network (the first 24 bits of an IPv4 address, 48 of an IPv6 one) is hashed with the month's own
random salt. The salt is thrown away a week after its month, so that the numbers of closed months
can be compared with each other and with nothing else. One number costs a microsecond; the salt is
read once a month and process.
"""

import hashlib
import ipaddress
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from orders.models import NetworkSalt

IPV4_BITS, IPV6_BITS = 24, 48
KEEP_AFTER = timedelta(days=7)
"""Orders of a month's last minutes are still written with its salt."""
_salts: dict[date, bytes] = {}


def number_of(address: str) -> int | None:
    """Signed 64 bits. None of what is no address (a Unix socket)."""
    network = network_of(address)
    if network is None:
        return None
    digest = hashlib.blake2b(network, key=_salt(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def network_of(address: str) -> bytes | None:
    """The packed network of an address; an IPv4 address written as IPv6 is the IPv4 one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return parsed.packed[: IPV6_BITS // 8]
        parsed = parsed.ipv4_mapped
    return parsed.packed[: IPV4_BITS // 8]


def forget_salts() -> int:
    """Throw away the salts of months that are over; returns how many."""
    first = (timezone.localdate() - KEEP_AFTER).replace(day=1)
    for month in [one for one in _salts if one < first]:
        del _salts[month]
    gone, _of_each = NetworkSalt.objects.filter(month__lt=first).delete()
    return gone


def forget_known() -> None:
    """What this process remembers (tests)."""
    _salts.clear()


def _salt() -> bytes:
    month = timezone.localdate().replace(day=1)
    known = _salts.get(month)
    if known is None:
        with transaction.atomic():
            row, _made = NetworkSalt.objects.get_or_create(
                month=month, defaults={"salt": secrets.token_bytes(32)}
            )
        known = _salts[month] = bytes(row.salt)
    return known
