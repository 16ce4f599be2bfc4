"""Who somebody is in a show: its host, an assistant, a moderator, or one of the public."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.curation import may_curate
from officials.models import Assistant
from streams.models import Broadcast, RoomRole

STAFF_RANK = 4


@dataclass(frozen=True)
class Standing:
    """What a person may do in one show."""

    is_host: bool = False
    is_assistant: bool = False
    is_moderator: bool = False
    is_curator: bool = False
    """Of the show's prefecture; a superuser is everywhere."""

    @property
    def may_publish(self) -> bool:
        """Send the show's picture."""
        return self.is_host or self.is_assistant

    @property
    def may_run(self) -> bool:
        """Use the console: go live, pin, announce."""
        return self.is_host or self.is_assistant

    @property
    def may_moderate(self) -> bool:
        """Hide chat, end a show that must not go on."""
        return self.is_host or self.is_assistant or self.is_moderator or self.is_curator

    @property
    def may_cancel(self) -> bool:
        return self.is_host or self.is_assistant or self.is_curator

    @property
    def rank(self) -> int:
        """Moderation reaches only those of a lower rank."""
        if self.is_curator:
            return STAFF_RANK
        return 3 if self.is_host else 2 if self.is_assistant else int(self.is_moderator)

    @property
    def badge(self) -> str:
        if self.is_host:
            return "host"
        if self.is_assistant:
            return "assistant"
        return "moderator" if self.is_moderator or self.is_curator else ""


PUBLIC = Standing()


def standing_of(user: User | None, broadcast: Broadcast) -> Standing:
    """The person's rights in this show. A suspended official's room has no host and no
    assistants. Two queries for somebody who is not the host, more for staff; give a broadcast
    with `host` and `region` already loaded."""
    if user is None or not user.is_authenticated or not user.is_active:
        return PUBLIC
    host = broadcast.host
    if host.is_verified and host.user_id == user.pk:
        return Standing(is_host=True)
    roles = set(
        RoomRole.objects.filter(Q(broadcast=broadcast) | Q(broadcast=None), user=user).values_list(
            "role", flat=True
        )
    )
    is_named = Assistant.objects.filter(official=host, user=user).exists()
    return Standing(
        is_assistant=host.is_verified and (is_named or RoomRole.Role.ASSISTANT in roles),
        is_moderator=RoomRole.Role.MODERATOR in roles,
        is_curator=user.is_staff and may_curate(user, broadcast.region),
    )


def require_run(user: User | None, broadcast: Broadcast) -> Standing:
    """Raise DomainError `not_your_show` (403) for everyone but the host and assistants."""
    standing = standing_of(user, broadcast)
    if not standing.may_run:
        raise DomainError(
            "not_your_show", _("Only the host and their assistants may do this."), status=403
        )
    return standing


def require_moderate(user: User | None, broadcast: Broadcast) -> Standing:
    """Raise DomainError `not_moderator` (403) for everyone without a role in this show."""
    standing = standing_of(user, broadcast)
    if not standing.may_moderate:
        raise DomainError(
            "not_moderator", _("Only the host and moderators may do this."), status=403
        )
    return standing
