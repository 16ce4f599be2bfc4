"""The room hub as a Django app: it only listens for sign-outs."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest


class RealtimeConfig(AppConfig):
    name = "livecommerce.realtime"

    def ready(self) -> None:
        user_logged_out.connect(_close_sockets, dispatch_uid="realtime.close_sockets")


def _close_sockets(request: HttpRequest | None, **_: Any) -> None:
    from livecommerce.realtime.revocation import revoke  # needs the app registry

    session_key = getattr(getattr(request, "session", None), "session_key", None)
    if session_key:
        revoke(session_key=session_key)
