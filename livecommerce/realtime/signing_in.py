"""Who opens a socket: session cookie → account, as cheaply as a thousand reconnects want it.

Used in place of Channels' AuthMiddlewareStack, which keeps a session object and several copies of
the scope for each socket and, with a cached session engine, one Redis connection: Django's caches
are opened anew in each task's context and stay with it. Here one small pool of threads looks
sessions up, each thread with a database and a cache connection of its own, for all who come in
the same moment together.
"""

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import constant_time_compare

from livecommerce.accounts.models import User
from livecommerce.accounts.sessions import claims_of, is_true
from livecommerce.realtime.presence import cookies_of
from livecommerce.realtime.together import Together

threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="entrance")
"""For all that is asked before a socket is open; they do not wait for what is said in rooms."""

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


class SigningIn:
    """ASGI middleware: adds `session_key`, `cookies` and (from `sign_in` on) `user` to the scope of
    a WebSocket."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        scope["cookies"] = cookies_of(scope)
        scope["session_key"] = scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        scope["user"] = AnonymousUser()
        scope["is_signing_in"] = bool(scope["session_key"])
        await self._inner(scope, receive, send)


async def sign_in(scope: Scope) -> None:
    """Look the session up, if `SigningIn` stands before us. Called when the address was found to be
    none of a flood: made-up sessions must not keep the two threads from everybody else's."""
    if scope.pop("is_signing_in", False):
        scope["user"] = await _signed_in.ask(scope["session_key"]) or AnonymousUser()


def find_users(session_keys: Sequence[str]) -> list[User | None]:
    """`find_user` for many, by one look into the cache and one query."""
    claims = claims_of(session_keys)
    users = User.objects.in_bulk({claim.user_id for claim in claims.values()})
    found: list[User | None] = []
    for key in session_keys:
        claim = claims.get(key)
        user = users.get(claim.user_id) if claim else None
        if claim is not None and user is not None and not is_true(claim, user.password):
            user = find_user(key)  # of an older SECRET_KEY, perhaps
        found.append(user if user is not None and user.is_active else None)
    return found


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


_signed_in = Together(find_users, threads=threads)
