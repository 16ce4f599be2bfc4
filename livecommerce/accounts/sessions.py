"""Who many session keys belong to, by one look at the cache instead of one each.

The rules are Django's own (`django.contrib.auth.get_user`); only the reading is shared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import caches
from django.utils.crypto import constant_time_compare

from livecommerce.accounts.models import User


@dataclass(frozen=True, slots=True)
class Claim:
    """What a stored session says: whose it is, and for which password it was opened."""

    user_id: int
    auth_hash: str


def claims_of(session_keys: Iterable[str]) -> dict[str, Claim]:
    """Session key → its claim; keys of sessions that ended or belong to nobody are left out."""
    prefix = SessionStore.cache_key_prefix
    keys = list(dict.fromkeys(session_keys))
    known = caches[settings.SESSION_CACHE_ALIAS].get_many([prefix + key for key in keys])
    claims = {}
    for key in keys:
        stored = known.get(prefix + key)
        if stored is None:  # not in the cache: the database knows, and warms the cache
            stored = SessionStore(key).load()
        claim = _claim(stored)
        if claim is not None:
            claims[key] = claim
    return claims


def is_true(claim: Claim, password: str) -> bool:
    """True while the account still has the password hash that the session was opened with.

    A hash made with a former SECRET_KEY is not true here: Django renews it on the next page.
    """
    return constant_time_compare(claim.auth_hash, _auth_hash(password))


@lru_cache(maxsize=20_000)
def _auth_hash(password: str) -> str:
    return str(User(password=password).get_session_auth_hash())


def _claim(stored: Mapping[str, Any]) -> Claim | None:
    user_id, auth_hash = stored.get(SESSION_KEY), stored.get(HASH_SESSION_KEY)
    if not (isinstance(user_id, str) and user_id.isdecimal() and auth_hash):
        return None
    if stored.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    return Claim(int(user_id), str(auth_hash))
