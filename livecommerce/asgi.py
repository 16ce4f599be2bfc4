"""The realtime role: WebSockets under /ws/, health under /livez; pages are the WSGI role's."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
django_application = get_asgi_application()

from livecommerce.realtime.origin import OwnOrigin  # noqa: E402 -- needs the app registry
from livecommerce.realtime.signing_in import SigningIn  # noqa: E402
from orders.consumers import websocket_urlpatterns as screens  # noqa: E402
from streams.consumers import websocket_urlpatterns as rooms  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": OwnOrigin(SigningIn(URLRouter([*rooms, *screens]))),
    }
)
