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
SHOW_RIGHTS = frozenset((RoomRole.Role.CHAT, RoomRole.Role.PINS, RoomRole.Role.DRAWS))
"""What somebody can be named for in one show; a show's rehearsals go by the same rows."""


@dataclass(frozen=True)
class Standing:
    """What a person may do in one show.

    `rights` are what the host has named somebody for in this one show (`RoomRole.Role` chat, pins,
    draws); an assistant of the host may do everything and needs none.
    """

    is_host: bool = False
    is_assistant: bool = False
    is_moderator: bool = False
    is_curator: bool = False
    """Of the show's prefecture; a superuser is everywhere."""
    rights: frozenset[str] = frozenset()

    @property
    def may_publish(self) -> bool:
        """Send the show's picture."""
        return self.is_host or self.is_assistant

    @property
    def may_run(self) -> bool:
        """Everything the console offers: go live, announce, hand over."""
        return self.is_host or self.is_assistant

    @property
    def may_name(self) -> bool:
        """Name assistants for this show."""
        return self.is_host

    @property
    def may_pin(self) -> bool:
        return self.may_run or RoomRole.Role.PINS in self.rights

    @property
    def may_draw(self) -> bool:
        """Run draws and polls."""
        return self.may_run or RoomRole.Role.DRAWS in self.rights

    @property
    def may_moderate(self) -> bool:
        """Hide chat, end a show that must not go on."""
        return (
            self.may_run
            or self.is_moderator
            or self.is_curator
            or RoomRole.Role.CHAT in self.rights
        )

    @property
    def may_see_console(self) -> bool:
        """Open it; what is on it goes by the rights above."""
        return self.may_run or bool(self.rights)

    @property
    def may_see_figures(self) -> bool:
        """The cockpit, with the money in it."""
        return self.may_run or self.is_curator

    @property
    def may_end(self) -> bool:
        """End a live show: who runs it, and who must be able to stop it."""
        return self.may_run or self.is_moderator or self.is_curator

    @property
    def may_cancel(self) -> bool:
        return self.is_host or self.is_assistant or self.is_curator

    @property
    def rank(self) -> int:
        """Moderation reaches only those of a lower rank."""
        if self.is_curator:
            return STAFF_RANK
        if self.is_host or self.is_assistant:
            return 3 if self.is_host else 2
        return int(self.is_moderator or bool(self.rights))

    @property
    def badge(self) -> str:
        if self.is_host:
            return "host"
        if self.is_assistant or self.rights:
            return "assistant"
        return "moderator" if self.is_moderator or self.is_curator else ""

    @property
    def marks(self) -> frozenset[str]:
        """All that a socket was let in with: one that changes closes the socket."""
        marks = {self.badge, "figures" if self.may_see_figures else ""} | self.rights
        return frozenset(marks - {""})

    @property
    def sorted_marks(self) -> list[str]:
        """The same in one order, for a page to name them."""
        return sorted(self.marks)


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
        RoomRole.objects.filter(
            Q(broadcast=broadcast.rehearsal_of_id or broadcast.pk) | Q(broadcast=None), user=user
        ).values_list("role", flat=True)
    )
    is_named = Assistant.objects.filter(official=host, user=user).exists()
    rights = roles & SHOW_RIGHTS if host.is_verified else set()
    return Standing(
        rights=frozenset(rights),
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


def require_pin(user: User | None, broadcast: Broadcast) -> Standing:
    """Raise DomainError `not_your_show` (403) for whoever may not pin products."""
    return _require(user, broadcast, "may_pin")


def require_draw(user: User | None, broadcast: Broadcast) -> Standing:
    """Raise DomainError `not_your_show` (403) for whoever may not run draws and polls."""
    return _require(user, broadcast, "may_draw")


def require_end(user: User | None, broadcast: Broadcast) -> Standing:
    """Raise DomainError `not_moderator` (403) for whoever may not end the show."""
    return _require(user, broadcast, "may_end", code="not_moderator")


def require_console(user: User | None, broadcast: Broadcast, may: str = "") -> Standing:
    """The standing of somebody at the console. Raises DomainError `no_such_show` (404) for those
    whose show it is not, and `not_your_part` (403) for an assistant without the claim `may`
    (`may_run`, `may_name`, …)."""
    standing = standing_of(user, broadcast)
    if not (standing.may_see_console or standing.is_curator):
        raise DomainError("no_such_show", _("There is no such show of yours."), status=404)
    if may and not getattr(standing, may):
        raise DomainError(
            "not_your_part", _("The host has not given you this part of the show."), status=403
        )
    return standing


def _require(
    user: User | None, broadcast: Broadcast, may: str, code: str = "not_your_show"
) -> Standing:
    standing = standing_of(user, broadcast)
    if not getattr(standing, may):
        raise DomainError(code, _("You have not been given this part of the show."), status=403)
    return standing


def require_moderate(user: User | None, broadcast: Broadcast) -> Standing:
    """Raise DomainError `not_moderator` (403) for everyone without a role in this show."""
    standing = standing_of(user, broadcast)
    if not standing.may_moderate:
        raise DomainError(
            "not_moderator", _("Only the host and moderators may do this."), status=403
        )
    return standing
