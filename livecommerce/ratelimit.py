"""How often somebody may do something: a token bucket in Redis, for HTTP and sockets alike.

It fails open: without Redis people can still buy. The database's own rules do not depend on it.
"""

import functools
import ipaddress
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from livecommerce import redis_client
from livecommerce.errors import DomainError, refuse

_BUCKET = (Path(__file__).parent / "ratelimit.lua").read_text()


def allow(
    key: str, *, rate: float, per: float, burst: float | None = None, cost: float = 1
) -> bool:
    """True if `key` may do this now: `rate` times in `per` seconds, `burst` at once (default
    `rate`). `cost` is how many times this one counts."""
    return wait_seconds(key, rate=rate, per=per, burst=burst, cost=cost) == 0


async def aallow(
    key: str, *, rate: float, per: float, burst: float | None = None, cost: float = 1
) -> bool:
    """As `allow`, for coroutines."""
    if redis_client.is_away():
        return True
    script = redis_client.aio().register_script(_BUCKET)
    try:
        return not await script(keys=[_key(key)], args=_arguments(rate, per, burst, cost))
    except RedisError:
        redis_client.note_failure()
        return True


def wait_seconds(
    key: str, *, rate: float, per: float, burst: float | None = None, cost: float = 1
) -> float:
    """As `allow`, but tells how many seconds to wait; 0 means that it was allowed (and counted)."""
    if redis_client.is_away():
        return 0
    script = redis_client.sync().register_script(_BUCKET)
    try:
        return int(script(keys=[_key(key)], args=_arguments(rate, per, burst, cost))) / 1000
    except RedisError:
        redis_client.note_failure()
        return 0


def wait_seconds_many(
    keys: Sequence[str], *, rate: float, per: float, burst: float | None = None
) -> list[float]:
    """As `wait_seconds` for each key, by one trip to Redis."""
    if redis_client.is_away():
        return [0.0] * len(keys)
    script = redis_client.sync().register_script(_BUCKET)
    arguments = _arguments(rate, per, burst, 1)
    try:
        with redis_client.sync().pipeline(transaction=False) as pipe:
            for key in keys:
                script(keys=[_key(key)], args=arguments, client=pipe)
            return [int(milliseconds) / 1000 for milliseconds in pipe.execute()]
    except RedisError:
        redis_client.note_failure()
        return [0.0] * len(keys)


def require(
    key: str, *, rate: float, per: float, burst: float | None = None, cost: float = 1
) -> None:
    """Raise DomainError `too_fast` (429) unless `key` may do this now."""
    seconds = wait_seconds(key, rate=rate, per=per, burst=burst, cost=cost)
    if seconds:
        message = _("Too many at once. Please wait a moment and try again.")
        raise DomainError("too_fast", message, status=429, retry_after=math.ceil(seconds))


View = Callable[..., HttpResponse]


def limited(
    name: str, *, rate: float, per: float, burst: float | None = None
) -> Callable[[View], View]:
    """Decorate a view: unsafe requests are limited per account, or per address if signed out.

    The refusal is a 429 with Retry-After, in the reader's language: a page for a browser's own
    form, a message for htmx, plain text for scripts.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in ("GET", "HEAD", "OPTIONS"):
                return view(request, *args, **kwargs)
            seconds = wait_seconds(f"{name}:{who(request)}", rate=rate, per=per, burst=burst)
            if not seconds:
                return view(request, *args, **kwargs)
            message = _("Too many at once. Please wait a moment and try again.")
            wait = math.ceil(seconds)
            if "HX-Request" in request.headers or "text/html" in request.headers.get("Accept", ""):
                error = DomainError("too_fast", message, status=429, retry_after=wait)
                return refuse(request, error)
            return HttpResponse(
                message,
                status=429,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": str(wait)},
            )

        return guarded

    return decorate


def who(request: HttpRequest) -> str:
    """Whom to count a request for: the account, or the address of somebody signed out."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"u{user.pk}"
    return f"a{counted_address(request.META.get('REMOTE_ADDR', ''))}"


@functools.lru_cache(maxsize=4096)
def counted_address(address: str) -> str:
    """The address as limits count it: IPv6 by its /64, of which one person has them all."""
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, 64), strict=False))


def _key(key: str) -> str:
    return redis_client.key("limit", key)


def _arguments(rate: float, per: float, burst: float | None, cost: float) -> list[float]:
    return [rate / per, burst or max(rate, 1), cost]
