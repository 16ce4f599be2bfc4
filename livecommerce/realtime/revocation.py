"""Sockets do not outlive the rights they were opened with.

Two ways, both one per process and not one per socket: `revoke` tells every process at once, and
every CHECK_SECONDS one pair of queries looks whether the sessions and accounts of all signed-in
sockets still stand. A closed socket may come back and is then judged afresh.
"""

import asyncio
import json
import logging
import zlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from typing import Any, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from redis.exceptions import ResponseError

from livecommerce import redis_client
from livecommerce.realtime import shards
from livecommerce.realtime.hub import Hub
from livecommerce.realtime.membership import Membership
from livecommerce.realtime.room import Member

log = logging.getLogger(__name__)

CHECK_SECONDS = 3.5
"""With the time a check takes, a stale socket is closed within 5 s even if `revoke` was lost."""
CLOSE_REVOKED = 4401
AT_ONCE = 2000
"""Rows a query."""

Key = TypeVar("Key", int, str)
Recheck = Callable[[Sequence[Membership]], Awaitable[Iterable[Membership]]]


def revoke(
    *, user_id: int | None = None, session_key: str = "", person: str = "", room: str = ""
) -> None:
    """After commit, close the sockets that match all that is given (at least one of them)."""
    given = {"user_id": user_id, "session_key": session_key, "person": person, "room": room}
    wanted = {name: value for name, value in given.items() if value}
    if not wanted:
        raise ValueError("whose sockets?")

    def tell() -> None:
        try:
            client = shards.sync()
            try:
                client.spublish(_channel(), json.dumps(wanted))
            except ResponseError:  # before Redis 7
                client.publish(_channel(), json.dumps(wanted))
        except shards.FAILURES:
            log.warning("a revocation could not be told; the regular check will find it")

    transaction.on_commit(tell, robust=True)


def mark_of(user: Any) -> int:
    """Changes when the password does."""
    return _mark(user.password)


def _mark(password: str) -> int:
    return zlib.crc32(password.encode())


class Watch:
    """The watched sockets of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._members: dict[Member, Recheck] = {}
        self._is_started = False

    async def add(self, member: Member, recheck: Recheck) -> None:
        self._members[member] = recheck
        if not self._is_started:
            self._is_started = True
            self._hub.spawn(self._check_forever())
            await self._hub.listen(_channel(), self._on_revoked)

    def discard(self, member: Member) -> None:
        self._members.pop(member, None)

    def _on_revoked(self, data: bytes) -> None:
        wanted = json.loads(data)
        for member in list(self._members):
            if all(getattr(member.membership, name) == value for name, value in wanted.items()):
                member.close(CLOSE_REVOKED)

    async def _check_forever(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self._check()
            except Exception:  # a database that is away must not end the watch
                log.exception("room sockets could not be re-checked")

    async def _check(self) -> None:
        by_hook: dict[Recheck, list[Member]] = {}
        for member, recheck in self._members.items():
            by_hook.setdefault(recheck, []).append(member)
        for recheck, members in by_hook.items():
            memberships = [member.membership for member in members]
            signed_in = [membership for membership in memberships if membership.user_id]
            _close(members, await database_sync_to_async(find_stale)(signed_in))
            try:
                _close(members, await recheck(memberships))
            except Exception:  # one app's trouble must not keep the sockets of the others open
                log.exception("rights of room sockets could not be re-checked")


def _close(members: Iterable[Member], stale: Iterable[Membership]) -> None:
    gone = {id(one) for one in stale}
    for member in members:
        if id(member.membership) in gone:
            member.close(CLOSE_REVOKED)


def find_stale(memberships: Iterable[Membership]) -> list[Membership]:
    """Those whose session ended, or whose account is closed or got another password."""
    everyone = list(memberships)
    sessions = _live_sessions({one.session_key for one in everyone if one.session_key})
    marks = _password_marks({one.user_id for one in everyone if one.user_id})
    return [
        one
        for one in everyone
        if marks.get(one.user_id or 0) != one.password_mark
        or (one.session_key and one.session_key not in sessions)
    ]


def _password_marks(user_ids: set[int]) -> dict[int, int]:
    """Of the accounts that are open."""
    users = get_user_model()._default_manager.filter(is_active=True)
    marks: dict[int, int] = {}
    for some in _in_batches(user_ids):
        rows = users.extra(where=["id = ANY(%s)"], params=[some])
        marks |= {pk: _mark(password) for pk, password in rows.values_list("pk", "password")}
    return marks


def _live_sessions(session_keys: set[str]) -> set[str]:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(store, "get_model_class"):  # sessions outside the database
        return {key for key in session_keys if store().exists(key)}
    sessions, live = store.get_model_class().objects.filter(expire_date__gt=timezone.now()), set()
    for some in _in_batches(session_keys):
        rows = sessions.extra(where=["session_key = ANY(%s)"], params=[some])
        live.update(rows.values_list("session_key", flat=True))
    return live


def _in_batches(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Lists for `= ANY`: one parameter, where Django's `IN` writes thousands into its SQL."""
    rest = iter(keys)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch


def _channel() -> str:
    return redis_client.key("room", "{revoked}", "channel")
