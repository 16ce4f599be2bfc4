"""The realtime role: WebSockets under /ws/, health under /livez, figures under /metrics; pages are
the WSGI role's."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
django_application = get_asgi_application()

from livecommerce.realtime import metrics  # noqa: E402 -- needs the settings
from livecommerce.realtime.origin import OwnOrigin  # noqa: E402 -- needs the app registry
from livecommerce.realtime.signing_in import SigningIn  # noqa: E402
from orders.consumers import websocket_urlpatterns as screens  # noqa: E402
from streams.consumers import websocket_urlpatterns as rooms  # noqa: E402

PROBES = ("/livez", "/readyz")


async def probes(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Nothing else: whoever asked this process for pages would slow every room."""
    if scope["path"] in PROBES:
        await django_application(scope, receive, send)
        return
    if scope["path"] == "/metrics" and metrics.may_read(scope):
        await metrics.figures(scope, receive, send)
        return
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


application = ProtocolTypeRouter(
    {
        "http": probes,
        "websocket": OwnOrigin(SigningIn(URLRouter([*rooms, *screens]))),
    }
)
