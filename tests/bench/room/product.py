"""The product's own consumer behind its own middleware, in a room anybody may enter.

Everything is on: origin check, session and account from the database, presence, counters, limits,
re-authorisation. Only the show is missing.
"""

import os
from dataclasses import dataclass
from typing import Any, ClassVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
django.setup()

from channels.auth import AuthMiddlewareStack  # noqa: E402 -- needs the app registry
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import path  # noqa: E402

from livecommerce.realtime.consumer import RoomConsumer  # noqa: E402
from livecommerce.realtime.events import Event, Lane  # noqa: E402
from livecommerce.realtime.membership import Membership  # noqa: E402


@dataclass(frozen=True)
class Shown(Event):
    type: ClassVar[str] = "bench.shown"
    cus: int
    m: str


@dataclass(frozen=True)
class Said(Event):
    type: ClassVar[str] = "bench.said"
    lane: ClassVar[Lane] = Lane.CHAT
    hus: int
    m: str


class OpenRoom(RoomConsumer):
    async def authorize(self, scope: dict[str, Any]) -> Membership | None:
        return await self.membership(scope["url_route"]["kwargs"]["room"])


routes = URLRouter([path("ws/rooms/<slug:room>", OpenRoom.as_asgi())])
application = ProtocolTypeRouter(
    {"websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(routes))}
)
