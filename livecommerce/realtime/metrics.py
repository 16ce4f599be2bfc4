"""What operations can see of the rooms, in Prometheus' text under /metrics of the realtime role."""

import hmac
import ipaddress
from typing import Any

from django.conf import settings
from prometheus_client import Counter, Gauge, make_asgi_app

SOCKETS = Gauge("livecommerce_room_sockets", "Open room sockets of this process")
REFUSED = Counter("livecommerce_room_refused", "Commands and connections refused", ["reason"])
EVICTED = Counter("livecommerce_room_evicted", "Sockets given up because they could not keep up")
RESYNCS = Counter("livecommerce_room_resyncs", "Times a whole room was told to fetch a snapshot")

figures = make_asgi_app()


def may_read(scope: dict[str, Any]) -> bool:
    """Whoever knows METRICS_TOKEN, and this machine itself: not what came through a proxy on it."""
    headers = dict(scope["headers"])
    given = headers.get(b"authorization", b"").removeprefix(b"Bearer ")
    token = settings.METRICS_TOKEN.encode()
    if token and hmac.compare_digest(given, token):
        return True
    if b"x-forwarded-for" in headers or b"forwarded" in headers:
        return False
    try:
        return ipaddress.ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False
