"""The way out that every e-mail carries: a signed link for one person and one kind (RFC 8058).

Whoever has the link can switch that kind of mail off, and nothing else; it works without signing
in, for as long as SECRET_KEY lives.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from livecommerce.accounts.models import User
from livecommerce.notifications import choices
from livecommerce.notifications.models import Channel, Kind

SALT = "notifications.unsubscribe"


def link_for(user: User, kind: str) -> str:
    """The whole address; empty for kinds that cannot be switched off."""
    if kind not in choices.OFFERED:
        return ""
    address = reverse("notifications:unsubscribe_mail", args=[token_for(user, kind)])
    return settings.PUBLIC_URL + address


def token_for(user: User, kind: str) -> str:
    """Always the same, so that a link in an old mail is as good as one in a new one."""
    return signing.Signer(salt=SALT).sign_object([user.pk, str(kind)])


def headers_for(user: User, kind: str) -> dict[str, str]:
    """What mail programs show as their own "unsubscribe" button."""
    link = link_for(user, kind)
    if not link:
        return {}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read(token: str) -> tuple[User, Kind] | None:
    """Whom and what a link is for; None for one that we did not make, or of somebody gone."""
    try:
        pk, kind = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not isinstance(pk, int) or kind not in choices.OFFERED:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return (user, Kind(kind)) if user is not None else None


def unsubscribe(*, user: User, kind: Kind) -> None:
    """Twice is once."""
    choices.switch_off(user=user, kind=kind, channel=Channel.EMAIL)
