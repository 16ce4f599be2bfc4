"""Where somebody is signed in: each session with its device, and ending one or all others.

A session that is ended closes its sockets, too (`livecommerce.realtime.revocation`).
"""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.revocation import revoke

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR|Opera", "Opera"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("CriOS|Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("OpenHarmony|HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X|Macintosh", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """One session. `browser` and `system` are names, empty where the device does not tell."""

    pk: int
    browser: str
    system: str
    is_phone: bool
    address: str
    since: datetime
    is_this_one: bool


def devices_of(user: User, *, session_key: str) -> list[Device]:
    """Sessions that still stand; the one that asks first, then the newest."""
    rows = [_device(row, session_key) for row in UserSession.objects.purge_and_list(user)]
    return sorted(rows, key=lambda one: (not one.is_this_one, -one.since.timestamp()))


def end_session(*, user: User, pk: int, session_key: str) -> None:
    """Sign one device out. Raises DomainError `no_such_device` (404) for another's and for a
    session that has ended, `this_device` (409) for the one that asks."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is None:
        raise DomainError("no_such_device", _("This device is signed out already."), status=404)
    if row.session_key == session_key:
        raise DomainError("this_device", _("This is the device in your hand."), status=409)
    _end(row)


def end_others(*, user: User, session_key: str) -> int:
    """Sign every other device out; returns how many."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=session_key))
    for row in rows:
        _end(row)
    return len(rows)


def end_all(*, user: User) -> int:
    """Of an account that is closed."""
    return end_others(user=user, session_key="")


def end_passworded(*, user: User, session_key: str) -> int:
    """After a second factor was set up: if it is the first, all other sessions were opened with a
    password alone, perhaps by somebody who stole it, and end. Returns how many."""
    factors = Authenticator.objects.filter(user=user).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return end_others(user=user, session_key=session_key) if factors.count() == 1 else 0


def _end(row: UserSession) -> None:
    with transaction.atomic():
        row.end()
        revoke(session_key=row.session_key)


def _device(row: UserSession, session_key: str) -> Device:
    system = _named(row.user_agent, SYSTEMS)
    return Device(
        pk=row.pk,
        browser=_named(row.user_agent, BROWSERS),
        system=system,
        is_phone=system in ("iPhone", "Android", "HarmonyOS"),
        address=row.ip,
        since=row.created_at,
        is_this_one=row.session_key == session_key,
    )


def _named(user_agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for pattern, name in names if re.search(pattern, user_agent)), "")
