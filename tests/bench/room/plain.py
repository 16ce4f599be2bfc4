"""The yardstick: a room as Channels' tutorial builds it."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
django.setup()

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

GROUP = "bench"


class PlainConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def shown(self, event):
        await self.send_json(event["content"])


application = ProtocolTypeRouter(
    {"websocket": URLRouter([path("ws/rooms/<slug:room>", PlainConsumer.as_asgi())])}
)
