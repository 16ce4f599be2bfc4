"""Whose request it is, behind proxies: what limits count, devices show and the audit book masks.

Without this every visitor of the containers would be nginx, and the first who types ten wrong
passwords would keep everybody from signing in.
"""

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
EVERYWHERE = ("0.0.0.0/0", "::/0")


class VisitorsAddress:
    """WSGI: `REMOTE_ADDR` is the visitor's, as far as our own proxies say so.

    `trusted` are addresses and networks of proxies whose word is taken (`*`: anybody's), as
    uvicorn reads FORWARDED_ALLOW_IPS for the realtime role. Each proxy adds to X-Forwarded-For whom
    it saw; the list is believed from its end, as long as who says it is one of ours.
    """

    def __init__(self, application: Application, trusted: Sequence[str]) -> None:
        self._application = application
        named = [one for name in trusted for one in (EVERYWHERE if name == "*" else (name,))]
        self._trusted = [ipaddress.ip_network(one, strict=False) for one in named]

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = environ.get("HTTP_X_FORWARDED_FOR")
        if told:
            environ["REMOTE_ADDR"] = self._visitor(environ.get("REMOTE_ADDR", ""), told)
        return self._application(environ, start_response)

    def _visitor(self, peer: str, told: str) -> str:
        address = _read(peer)
        for before in reversed(told.split(",")):
            seen = _read(before)
            if seen is None or address is None or not self._is_ours(address):
                break
            address = seen
        return peer if address is None else str(address)

    def _is_ours(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _read(text: str) -> Address | None:
    """An IPv4 address written as IPv6 is the IPv4 one; None for what is no address."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
