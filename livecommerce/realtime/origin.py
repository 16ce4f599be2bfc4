"""Sockets are opened only by our own pages; what another page tries is logged and counted."""

import logging
from typing import Any
from urllib.parse import ParseResult

from channels.security.websocket import OriginValidator
from django.conf import settings

from livecommerce.realtime import metrics

log = logging.getLogger(__name__)


class OwnOrigin(OriginValidator):  # type: ignore[misc]  # Channels has no types
    """ASGI middleware: refuses a missing Origin or one that is not of ALLOWED_HOSTS (403)."""

    def __init__(self, application: Any) -> None:
        super().__init__(application, settings.ALLOWED_HOSTS)

    def valid_origin(self, parsed_origin: ParseResult | None) -> bool:
        if super().valid_origin(parsed_origin):
            return True
        metrics.REFUSED.labels("origin").inc()
        named = parsed_origin.geturl()[:200] if parsed_origin is not None else "none"
        log.warning("a socket of another origin was refused: %r", named)
        return False
