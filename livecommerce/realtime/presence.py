"""Who is in a room: each person once, across tabs, processes and reloads.

A sorted set per room holds `person -> until when` (seconds of Redis's clock). Each process
announces its people when they come and again before they run out, so a crashed process is
forgotten within STAY_SECONDS; a person whose last tab here closed is given LEAVE_SECONDS, more
than another process takes to announce them again, so a second tab elsewhere or a reload never
makes the number flicker. Exact at any size; a HyperLogLog would need no less traffic and could
neither forget people nor tell a draw who is present. Ten thousand people are about 1 MB.
"""

import hashlib
import secrets
import time
from collections import deque
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing

from livecommerce import ratelimit
from livecommerce.realtime import shards
from livecommerce.realtime.rooms import keys

STAY_SECONDS = 25
ANNOUNCE_SECONDS = 10
LEAVE_SECONDS = 12
DEVICE_COOKIE = "lc_device"
DEVICE_COOKIE_SECONDS = 365 * 24 * 3600
NEW_DEVICES_PER_MINUTE = 60
"""From one address. Beyond it visitors without a cookie count as one person an address."""


class News(NamedTuple):
    """What one process tells Redis about a room's people."""

    here: list[str]
    left: list[str]


class Attendance:
    """The people of one room in this process, and what Redis is yet to be told about them."""

    def __init__(self) -> None:
        self._sockets: dict[str, int] = {}
        self._announce: deque[tuple[float, str]] = deque()
        self._left: set[str] = set()

    def arrive(self, person: str) -> None:
        self._sockets[person] = self._sockets.get(person, 0) + 1
        if self._sockets[person] == 1:
            self._left.discard(person)
            self._announce.appendleft((0.0, person))

    def depart(self, person: str) -> None:
        self._sockets[person] -= 1
        if not self._sockets[person]:
            del self._sockets[person]
            self._left.add(person)

    def sockets_of(self, person: str) -> int:
        return self._sockets.get(person, 0)

    def announce_all(self) -> None:
        """Redis forgot everybody."""
        self._announce = deque((0.0, person) for person in self._sockets)

    def take_news(self) -> News:
        """What to tell now. Give it back to `return_news` if it could not be told."""
        now = time.monotonic()
        here: dict[str, None] = {}
        while self._announce and self._announce[0][0] <= now:
            _, person = self._announce.popleft()
            if person in self._sockets:
                here[person] = None
        self._announce.extend((now + ANNOUNCE_SECONDS, person) for person in here)
        left, self._left = self._left, set()
        return News(list(here), list(left))

    def return_news(self, news: News) -> None:
        self._announce.extendleft((0.0, person) for person in news.here)
        self._left.update(person for person in news.left if person not in self._sockets)

    def is_settled(self) -> bool:
        """True if nobody is here and Redis knows it."""
        return not self._sockets and not self._left


def figures(room: str) -> dict[str, int]:
    """`viewers`, `peak` and the room's counters; {} if Redis is away."""
    names = keys(room)
    try:
        pipe = shards.sync().pipeline(transaction=False)
        pipe.zcount(names.here, int(time.time()), "+inf")
        pipe.hgetall(names.counts)
        viewers, counters = pipe.execute()
    except shards.FAILURES:
        return {}
    return {name.decode(): int(value) for name, value in counters.items()} | {"viewers": viewers}


def people_here(room: str) -> list[str]:
    """The person keys present now (for a draw); [] if Redis is away."""
    try:
        people = shards.sync().zrangebyscore(keys(room).here, int(time.time()), "+inf")
    except shards.FAILURES:
        return []
    return [person.decode() for person in people if isinstance(person, bytes)]


def announce(room: str, people: list[str], *, seconds: int) -> bool:
    """Count these person keys as present for so long, whoever they are; False if Redis is away.
    For people without a socket (a crowd that is only played)."""
    until = int(time.time()) + seconds
    try:
        shards.sync().zadd(keys(room).here, dict.fromkeys(people, until))
    except shards.FAILURES:
        return False
    return True


def person_of_user(user_id: int) -> str:
    """The person key of an account."""
    return f"u{user_id}"


async def person_of(scope: Mapping[str, Any]) -> tuple[str, str]:
    """(person key, Set-Cookie value or "") of a connection.

    An account is a person. Somebody signed out is known by a signed device cookie, which the
    answer to the first connection sets; an address that keeps coming without one is one person,
    so nobody can inflate the number by refusing cookies.
    """
    user = scope.get("user")
    if user is not None and user.is_authenticated:
        return person_of_user(user.pk), ""
    device = device_of(scope)
    if device:
        return f"d{device}", ""
    address = address_of(scope)
    fresh = await ratelimit.aallow(f"device:{address}", rate=NEW_DEVICES_PER_MINUTE, per=60)
    if not fresh:
        return f"a{_short_hash(address)}", ""
    device = new_device()
    return f"d{device}", _device_cookie(device)


def address_of(scope: Mapping[str, Any]) -> str:
    """The peer's address, as the server's proxy settings say and limits count it."""
    client = scope.get("client")
    return ratelimit.counted_address(str(client[0])) if client else "unknown"


def cookies_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """The cookies, parsed by Channels' middleware or here."""
    if "cookies" in scope:
        return dict(scope["cookies"])
    for name, value in scope.get("headers", ()):
        if name == b"cookie":
            parsed = SimpleCookie(value.decode("latin-1"))
            return {key: morsel.value for key, morsel in parsed.items()}
    return {}


def device_of(scope: Mapping[str, Any]) -> str:
    """The browser behind a connection, by its signed cookie; empty if it has none."""
    return device_in(cookies_of(scope))


def device_in(cookies: Mapping[str, str]) -> str:
    """The browser that these cookies are of; empty if it has no device cookie, or a forged one."""
    cookie = cookies.get(DEVICE_COOKIE, "")
    try:
        return signing.Signer(salt=DEVICE_COOKIE).unsign(cookie)
    except signing.BadSignature:
        return ""


def new_device() -> str:
    return secrets.token_hex(8)


def sign_device(device: str) -> str:
    """What its cookie holds."""
    return signing.Signer(salt=DEVICE_COOKIE).sign(device)


def _device_cookie(device: str) -> str:
    value = sign_device(device)
    secure = "; Secure" if settings.SESSION_COOKIE_SECURE else ""
    return (
        f"{DEVICE_COOKIE}={value}; Max-Age={DEVICE_COOKIE_SECONDS}; Path=/; HttpOnly; "
        f"SameSite=Lax{secure}"
    )


def _short_hash(text: str) -> str:
    return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()
