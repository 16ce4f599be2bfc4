"""What the platform keeps of a price: a setting with a history, never changed backwards."""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import PLATFORM_MOST_BPS
from products.models import PlatformShare

AHEAD = timedelta(minutes=5)
"""A new share is known so long before it begins; the database wants a minute."""
REMEMBER_SECONDS = 30.0
"""Shorter than that minute: what is remembered is never wrong."""
_remembered: tuple[float, list[tuple[datetime, int]]] = (0.0, [])


def share_bps(at: datetime | None = None) -> int:
    """Hundredths of a percent that the platform keeps at most of a price agreed `at` that time."""
    moment = at or timezone.now()
    return next((bps for since, bps in _history() if since <= moment), PLATFORM_MOST_BPS)


def set_share(*, actor: User, most_bps: int, valid_from: datetime, reason: str) -> PlatformShare:
    """Announce a share. Raises DomainError `share_denied` (403), `share_range`, `share_reason`,
    `share_too_soon` (422), `share_twice` (409)."""
    if not actor.has_perm("products.set_platform_share"):
        audit.record_refusal(
            actor=actor, action="products.set_platform_share", subject=PlatformShare()
        )
        raise DomainError("share_denied", _("You may not set the platform's share."), status=403)
    if not 0 <= most_bps <= 10_000:
        raise DomainError("share_range", _("A share lies between 0 and 100 percent."))
    if not reason.strip():
        raise DomainError("share_reason", _("Say why, in a few words."))
    if valid_from < timezone.now() + AHEAD:
        raise DomainError("share_too_soon", _("A new share begins five minutes from now or later."))
    with transaction.atomic():
        row, is_new = PlatformShare.objects.get_or_create(
            valid_from=valid_from,
            defaults={"most_bps": most_bps, "set_by": actor, "reason": reason.strip()[:200]},
        )
        if is_new:
            audit.record(
                actor=actor,
                action="products.set_platform_share",
                subject=row,
                after=audit.facts(row, "most_bps", "valid_from"),
                reason=row.reason,
            )
    if not is_new:
        message = _("Another share begins at that very moment.")
        raise DomainError("share_twice", message, status=409)
    forget()
    return row


def forget() -> None:
    """Read anew at the next question."""
    global _remembered
    _remembered = (0.0, [])


def _history() -> list[tuple[datetime, int]]:
    """Newest first."""
    global _remembered
    until, rows = _remembered
    if time.monotonic() >= until:
        rows = list(PlatformShare.objects.values_list("valid_from", "most_bps"))
        _remembered = (time.monotonic() + REMEMBER_SECONDS, rows)
    return rows
