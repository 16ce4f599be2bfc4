"""The browsers that somebody wants to be told in."""

import base64
import binascii
import hashlib

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.models import PushSubscription
from livecommerce.notifications.push_addresses import require_address

MOST_BROWSERS = 10
"""A person's; the oldest makes room."""


def subscribe(
    *, user: User, endpoint: str, p256dh: str, auth: str, browser: str = ""
) -> PushSubscription:
    """Remember a browser. The same browser again, also under another account, is one row: whoever
    uses it now is told. Raises DomainError: push_address, push_keys (422)."""
    address = require_address(endpoint)
    _require_keys(p256dh, auth)
    values = {
        "user": user,
        "endpoint": address,
        "p256dh": p256dh,
        "auth": auth,
        "browser": browser[:60],
    }
    with transaction.atomic():
        row, _is_new = PushSubscription.objects.update_or_create(
            endpoint_hash=_hash(address), defaults=values
        )
        theirs = PushSubscription.objects.filter(user=user).order_by("-pk")
        surplus = theirs.values_list("pk", flat=True)[MOST_BROWSERS:]
        PushSubscription.objects.filter(pk__in=list(surplus)).delete()
    return row


def unsubscribe(*, user: User, endpoint: str) -> bool:
    """Forget one's own browser; False if it was not known."""
    rows = PushSubscription.objects.filter(user=user, endpoint_hash=_hash(endpoint))
    return bool(rows.delete()[0])


def forget(*, user: User, pk: int) -> None:
    """Raises DomainError `no_such_browser` (404) for another's."""
    if not PushSubscription.objects.filter(user=user, pk=pk).delete()[0]:
        raise DomainError("no_such_browser", _("This browser is not in the list."), status=404)


def is_subscribed(*, user: User, endpoint: str) -> bool:
    return PushSubscription.objects.filter(user=user, endpoint_hash=_hash(endpoint)).exists()


def decode(text: str) -> bytes:
    """base64url, padded or not. Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error


def _require_keys(p256dh: str, auth: str) -> None:
    """A point of the curve and sixteen bytes: nothing else can be encrypted to."""
    try:
        if len(p256dh) > 100 or len(auth) > 40 or len(decode(auth)) != 16:
            raise ValueError("wrong length")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(p256dh))
    except ValueError as error:
        raise DomainError("push_keys", _("This browser's keys could not be read.")) from error


def _hash(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
