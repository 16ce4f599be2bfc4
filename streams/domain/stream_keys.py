"""Stream keys: what a host pastes into an encoder that speaks RTMP.

One is good for one show until it is revoked or the show is over, and only for sending. It is
shown once; what is stored is its SHA-256 (24 random bytes need no slower digest).
"""

import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from streams.domain import engine, roles
from streams.models import Broadcast, StreamKey

MARK = "sk_"


def is_offered() -> bool:
    """Whether this installation takes RTMP at all."""
    return bool(settings.MEDIA_RTMP_PORT or settings.MEDIA_RTMP_PUBLIC_URL)


def key_of(broadcast: Broadcast) -> StreamKey | None:
    """The key that opens this show now, as far as it may be shown."""
    return StreamKey.objects.filter(broadcast=broadcast, revoked_at=None).first()


def make_key(*, broadcast: Broadcast, by: User) -> str:
    """A new key, in plain text for this once; the one before is good no more.

    Raises DomainError: not_your_show (403), no_rtmp (409), show_over (409).
    """
    roles.require_run(by, broadcast)
    if not is_offered():
        raise DomainError("no_rtmp", _("This site takes no RTMP."), status=409)
    if broadcast.is_over:
        raise DomainError("show_over", _("This show has ended."), status=409)
    plain = MARK + secrets.token_urlsafe(24)
    with transaction.atomic():
        Broadcast.objects.select_for_update().get(pk=broadcast.pk)  # two presses, one key
        replaced = _revoke(broadcast)
        StreamKey.objects.create(
            broadcast=broadcast, digest=_digest(plain), ending=plain[-4:], made_by=by
        )
    if replaced:
        engine.disconnect(broadcast)
    return plain


def revoke_key(*, broadcast: Broadcast, by: User) -> None:
    """The key opens nothing any more, and who is sending with it is cut off. Raises as above."""
    roles.require_run(by, broadcast)
    if _revoke(broadcast):
        engine.disconnect(broadcast)


def looks_like_one(token: str) -> bool:
    return token.startswith(MARK)


def opens(*, path: str, key: str) -> bool:
    """Whether this key may send this show's picture now. The maker's rights count, not only the
    key: a suspended host's encoder is refused."""
    found = (
        StreamKey.objects.filter(broadcast__public_id=path, revoked_at=None)
        .select_related("broadcast__host", "made_by")
        .first()
    )
    # Compared even if there is none: an answer must not tell by its time which shows have keys.
    known = found.digest if found else _digest("")
    is_same = constant_time_compare(_digest(key), known)
    if found is None or not is_same or found.broadcast.is_over:
        return False
    if not roles.standing_of(found.made_by, found.broadcast).may_publish:
        return False
    StreamKey.objects.filter(pk=found.pk).update(used_at=timezone.now())
    return True


def _revoke(broadcast: Broadcast) -> int:
    open_keys = StreamKey.objects.filter(broadcast=broadcast, revoked_at=None)
    return open_keys.update(revoked_at=timezone.now())


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
