"""WebSocket addresses of the rooms."""

from typing import Any

websocket_urlpatterns: list[Any] = []
