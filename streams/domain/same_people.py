"""Who watched signed out and then signed in is one person.

A socket or a sheet that knows both the account and the browser leaves the pair in Redis; the next
look into the room (`streams.domain.watching`) takes what was counted of the browser for the
account's, and the browser for the account from then on, for as long as the show lasts. The pair
itself is not kept: rows go on holding numbers that tell nobody's name. If Redis forgets, the
person counts twice.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from livecommerce import redis_client

KEEP_SECONDS = 12 * 3600
"""Since the last pair of the show."""


def note_same(pipe: Any, *, public_id: str, device: str, person: str) -> None:
    """By the pipe, that this account is at this browser. The last one to sign in has it."""
    pipe.hset(_key(public_id), device, person)
    pipe.expire(_key(public_id), KEEP_SECONDS)


def accounts_by_device(public_id: str) -> dict[str, str]:
    """Person keys: of a browser, that of the account. Raises RedisError."""
    pairs: Any = redis_client.sync().hgetall(_key(public_id))
    return {f"d{device.decode()}": person.decode() for device, person in pairs.items()}


_VISITORS = """
    WITH pair AS (
        SELECT * FROM unnest(%(devices)s::bigint[], %(accounts)s::bigint[]) AS one (device, account)
    ), gone AS (
        DELETE FROM streams_showvisitor seen USING pair
        WHERE seen.broadcast_id = %(show)s AND seen.person = pair.device
        RETURNING pair.account, seen.visits, seen.seconds, seen.first_at, seen.last_at
    )
    INSERT INTO streams_showvisitor AS known
        (broadcast_id, person, visits, seconds, first_at, last_at)
    SELECT %(show)s, account, sum(visits), sum(seconds), min(first_at), max(last_at)
    FROM gone WHERE account <> ALL(%(makers)s) GROUP BY account ORDER BY account
    ON CONFLICT (broadcast_id, person) DO UPDATE SET
        seconds = known.seconds + excluded.seconds,
        visits = known.visits + excluded.visits
            - (known.first_at <= excluded.last_at + %(back_after)s)::int,
        first_at = least(known.first_at, excluded.first_at),
        last_at = greatest(known.last_at, excluded.last_at)
"""
_LOOKS = """
    WITH pair AS (
        SELECT * FROM unnest(%(devices)s::bigint[], %(accounts)s::bigint[]) AS one (device, account)
    ), gone AS (
        DELETE FROM streams_showlook seen USING pair
        WHERE seen.broadcast_id = %(show)s AND seen.person = pair.device
        RETURNING pair.account, seen.product_id, seen.at
    )
    INSERT INTO streams_showlook AS known (broadcast_id, product_id, person, at)
    SELECT %(show)s, product_id, account, min(at)
    FROM gone WHERE account <> ALL(%(makers)s) GROUP BY product_id, account ORDER BY 2, 3
    ON CONFLICT (broadcast_id, product_id, person) DO UPDATE SET
        at = least(known.at, excluded.at)
"""


def merge(
    *, show: int, accounts: Mapping[int, int], makers: Collection[int], back_after: Any
) -> None:
    """What was counted of these browsers is their accounts'; of those who make the show it is
    nobody's. All are numbers of `watching.number_of`. Two queries; safe to repeat."""
    if not accounts:
        return
    values: dict[str, Any] = {
        "show": show,
        "devices": list(accounts),
        "accounts": list(accounts.values()),
        "makers": list(makers),
        "back_after": back_after,
    }
    with connection.cursor() as cursor:
        cursor.execute(_VISITORS, values)
        cursor.execute(_LOOKS, values)


def _key(public_id: str) -> str:
    """On the node of its room."""
    return redis_client.key("cockpit", f"{{b:{public_id}}}", "same")
