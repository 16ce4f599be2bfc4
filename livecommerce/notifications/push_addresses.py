"""Where a push may be sent: public https addresses, and nothing inside our own network.

A browser names its push service's address itself, so a person can make us send to whatever they
write. The name is looked at when it is taken; the address behind it is looked at each time, and
that very address is the one connected to, so that a name cannot point elsewhere in between.
"""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError

LONGEST = 1000
_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}")
_TUNNELS = tuple(
    ipaddress.ip_network(one)
    for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.88.99.0/24")
)
"""Addresses that carry another one, which might be ours."""
_WORLD_6 = ipaddress.ip_network("2000::/3")
"""All that IPv6 routes between networks; ::10.0.0.1 (an old way to write 10.0.0.1) and fec0:: (an
old private network) lie outside, and Python calls both global."""


class NotPublic(Exception):
    """The name leads into a private network, or nowhere."""


def require_address(endpoint: str) -> str:
    """The address, if a push service may have it. Raises DomainError `push_address` (422)."""
    if len(endpoint) <= LONGEST and _may_be(endpoint):
        return endpoint
    raise DomainError("push_address", _("This browser's push service cannot be used here."))


def _may_be(endpoint: str) -> bool:
    if not endpoint.isascii() or re.search(r"[\s\\]", endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if is_trusted(parts):
        return True
    name = (parts.hostname or "").lower()
    is_name = bool(_NAME.fullmatch(name)) and not name.endswith(
        (".local", ".internal", ".localhost")
    )
    return parts.scheme == "https" and port in (None, 443) and is_name


def is_trusted(parts: SplitResult) -> bool:
    """A push service of one's own, named in the settings: it may be private and plain http."""
    return parts.scheme in ("http", "https") and parts.netloc in settings.PUSH_TRUSTED_HOSTS


def public_address_of(name: str, port: int) -> str:
    """One public address of `name`. Raises NotPublic if any of its addresses is not."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotPublic(f"{name}: {error}") from error
    addresses = [str(told[4][0]) for told in found]
    if not addresses or not all(is_public(one) for one in addresses):
        raise NotPublic(f"{name} leads to {', '.join(addresses) or 'nothing'}")
    return addresses[0]


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        ip = mapped
    if any(ip in network for network in _TUNNELS if network.version == ip.version):
        return False
    if ip.version == 6 and ip not in _WORLD_6:
        return False
    return ip.is_global and not ip.is_multicast


class PublicOnly(httpx.HTTPTransport):
    """Connects to the address that was looked at; TLS still asks for the name."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        parts = urlsplit(str(request.url))
        if not is_trusted(parts):
            name = request.url.host
            address = public_address_of(name, request.url.port or 443)
            request.extensions = {**request.extensions, "sni_hostname": name}
            request.url = request.url.copy_with(host=address)
        return super().handle_request(request)
