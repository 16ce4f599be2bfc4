"""Who opens a socket: session cookie → account, as cheaply as a thousand reconnects want it.

Used in place of Channels' AuthMiddlewareStack, which keeps a session object and several copies of
the scope for each socket and, with a cached session engine, one Redis connection: Django's caches
are opened anew in each task's context and stay with it. Here one small pool of threads looks
sessions up, each thread with a database and a cache connection of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.contrib.auth.models import AnonymousUser
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from livecommerce.realtime.presence import cookies_of

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="signing-in")

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


class SigningIn:
    """ASGI middleware: adds `user`, `session_key` and `cookies` to the scope of a WebSocket."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        scope["cookies"] = cookies_of(scope)
        session_key = scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        scope["session_key"] = session_key
        scope["user"] = AnonymousUser()
        if session_key:
            loop = asyncio.get_running_loop()
            scope["user"] = await loop.run_in_executor(_threads, _user_of, session_key)
        await self._inner(scope, receive, send)


def _user_of(session_key: str) -> Any:
    close_old_connections()
    try:
        return find_user(session_key) or AnonymousUser()
    finally:
        close_old_connections()


def find_user(session_key: str) -> Any:
    """The account that is signed in with this session, by the rules of `django.contrib.auth`
    (account active, backend still in use, password the same); None if there is none."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    backend = session.get(BACKEND_SESSION_KEY)
    if backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = load_backend(backend).get_user(session[SESSION_KEY])
    if user is None:
        return None
    marks = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    known = session.get(HASH_SESSION_KEY, "")
    return user if any(constant_time_compare(known, mark) for mark in marks) else None
