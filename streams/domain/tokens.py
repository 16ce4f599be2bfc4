"""Short-lived tokens for the media engine: who may send or receive which show's picture.

The token names a person and a show; the engine asks us at each use (`authorize_media`), and
rights are looked up anew then. So a suspended host or an ended show is refused at once, however
long the token would still have been good.
"""

import time

from django.conf import settings
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from streams.domain import rehearsals, replay_queries, roles, senders, stream_keys
from streams.media.tokens import (
    Action,
    Claims,
    InvalidToken,
    check_token,
    derive_key,
    mint_token,
)
from streams.models import Broadcast

PUBLISH_SECONDS = 10 * 60
ENCODER_SECONDS = 12 * 3600
"""For an encoder such as OBS, which connects again by itself with what was pasted once."""
WATCH_SECONDS = 12 * 3600
PUBLIC = "public"


def _mint(broadcast: Broadcast, *, action: Action, sub: str, seconds: int) -> str:
    key = derive_key(settings.SECRET_KEY)
    return mint_token(key=key, path=broadcast.public_id, action=action, sub=sub, seconds=seconds)


def issue_publish_token(*, user: User, broadcast: Broadcast, seconds: int = PUBLISH_SECONDS) -> str:
    """A token with which `user` may send this show's picture. Raises DomainError 403 / 409."""
    roles.require_run(user, broadcast)
    if broadcast.is_over:
        raise DomainError("show_over", _("This show has ended."), status=409)
    return _mint(broadcast, action="publish", sub=str(user.pk), seconds=seconds)


def issue_watch_token(*, broadcast: Broadcast, user: User | None = None) -> str:
    """A token to watch a public show once it is live. The same for everybody within an hour, so
    that a cache in front of the engine can serve them all. Of a rehearsal: for `user` alone."""
    if broadcast.is_rehearsal:
        sub = str(user.pk) if user is not None else PUBLIC
        return _mint(broadcast, action="read", sub=sub, seconds=WATCH_SECONDS)
    to_next_hour = 3600 - int(time.time()) % 3600
    return _mint(broadcast, action="read", sub=PUBLIC, seconds=to_next_hour + WATCH_SECONDS)


def issue_replay_token(*, user: User, broadcast: Broadcast) -> str:
    """A token to watch a replay that is not public, for those who look after the show."""
    return _mint(broadcast, action="read", sub=str(user.pk), seconds=WATCH_SECONDS)


def authorize_media(*, path: str, action: str, token: str) -> None:
    """Raise DomainError (401) unless the token allows the engine's `action` on `path`.

    `action` is the engine's word: publish, read (live) or playback (a recording). A publisher's
    token also reads, for the preview before the show. A public replay needs no token.
    """
    if action == "playback" and _is_public_replay(path):
        return
    if stream_keys.looks_like_one(token):
        if action == "publish" and stream_keys.opens(path=path, key=token):
            senders.claim_for_encoder(path)
            return
        raise _refusal()
    wanted = "read" if action == "playback" else action
    try:
        key = derive_key(settings.SECRET_KEY)
        claims = check_token(token, key=key, path=path, action=wanted)
    except InvalidToken as error:
        raise _refusal() from error
    broadcast = Broadcast.objects.select_related("host").filter(public_id=path).first()
    if broadcast is None or not _allows(claims, broadcast, action):
        raise _refusal()


def _allows(claims: Claims, broadcast: Broadcast, action: str) -> bool:
    if action == "playback":
        return replay_queries.replay_for(broadcast, _person(claims)) is not None
    if broadcast.is_over:
        return False
    if claims.sub == PUBLIC:
        return action == "read" and broadcast.is_live
    user = User.objects.filter(pk=claims.sub, is_active=True).first()
    if broadcast.is_rehearsal and action == "read":
        return rehearsals.may_enter(user, broadcast)
    return roles.standing_of(user, broadcast).may_publish


def _is_public_replay(path: str) -> bool:
    broadcast = Broadcast.objects.filter(public_id=path).first()
    return broadcast is not None and replay_queries.replay_for(broadcast, None) is not None


def _person(claims: Claims) -> User | None:
    if not claims.sub.isdecimal():
        return None
    return User.objects.filter(pk=claims.sub, is_active=True).first()


def _refusal() -> DomainError:
    return DomainError("bad_token", _("This token does not open this room."), status=401)
