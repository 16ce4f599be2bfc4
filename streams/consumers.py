"""The room's WebSocket: who comes in, and what may be said there."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.urls import path
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.consumer import Answer, Command, Limit, RoomConsumer, Scope
from livecommerce.realtime.membership import Membership
from livecommerce.realtime.presence import address_of, device_of
from livecommerce.realtime.signing_in import threads
from livecommerce.realtime.together import Together
from streams.domain import (
    chat,
    cockpit_clicks,
    cockpit_health,
    entrance,
    likes,
    media_clock,
    rehearsals,
    roles,
)
from streams.domain.chat_buyers import ahas_bought
from streams.domain.moderation_sanctions import banned_people
from streams.models import Broadcast
from streams.models.broadcasts import is_rehearsal_id


class ShowConsumer(RoomConsumer):
    """Anyone may watch a public show; saying something needs an account."""

    limits: ClassVar[dict[str, Limit | None]] = {
        "say": Limit(rate=20, per=20, burst=10),
        "like": None,
        "health": Limit(rate=30, per=60),
    }
    host_commands: ClassVar[frozenset[str]] = frozenset({"health"})

    async def authorize(self, scope: Scope) -> Membership | None:
        public_id = scope["url_route"]["kwargs"]["public_id"]
        device = device_of(scope)
        user = scope.get("user") or AnonymousUser()
        entry = await _entrance.ask(entrance.Arrival(public_id, user, device))
        if entry is None:
            return None
        broadcast, standing = entry.broadcast, entry.standing
        bought = user.pk is not None and await ahas_bought(public_id=public_id, user_id=user.pk)
        return await self.membership(
            broadcast.room,
            roles=standing.marks,
            keep_chat=bool(standing.badge) or bought,  # a crowd's lines, all of them
            sees_private=standing.may_moderate,
            sees_figures=standing.may_see_figures,
            public_id=public_id,
            host=broadcast.host_id,
            device=device,
            is_banned=entry.is_banned,
        )

    async def joined(self, membership: Membership) -> None:
        if not membership.roles:  # those who make the show do not watch it
            await cockpit_clicks.note_watcher(
                public_id=membership.state["public_id"],
                person=membership.person,
                device=membership.state["device"],
            )

    async def handle(self, membership: Membership, command: Command) -> Answer | None:
        if command["t"] == "like":
            return await self._like(membership, command)
        if command["t"] == "health":
            await database_sync_to_async(_tell_health)(membership.state, self.scope, command)
            return None
        answer: Answer = await database_sync_to_async(_say)(
            membership.state, self.scope.get("user"), command
        )
        return answer

    async def _like(self, membership: Membership, command: Command) -> Answer | None:
        if membership.state["is_banned"]:
            raise DomainError("banned", _("You cannot take part here."), status=403)
        amount = command.get("n")
        if type(amount) is not int:
            amount = 1
        counted = await likes.count_likes(
            room=membership.room,
            person=membership.person,
            address=address_of(self.scope),
            amount=amount,
        )
        if counted:
            self.hub.count(membership.room, "likes", counted)
        return {"n": counted} if "k" in command else None

    @classmethod
    async def recheck(cls, memberships: Sequence[Membership]) -> Iterable[Membership]:
        stale: list[Membership] = await database_sync_to_async(_with_stale_roles)(memberships)
        return stale


_entrance = Together(entrance.admit, threads=threads)


def _say(room: dict[str, Any], user: User | None, command: Command) -> Answer:
    text, answered = command.get("text"), command.get("reply")
    broadcast = Broadcast.objects.select_related("host").get(public_id=room["public_id"])
    message = chat.say(
        broadcast=broadcast,
        user=user,
        text=text if isinstance(text, str) else "",
        key=command.get("k", ""),
        media_ms=media_clock.media_ms(broadcast),
        device=room["device"],
        reply_to=answered if type(answered) is int and 0 < answered < 2**63 else None,
    )
    return {"id": message.pk, "seen": message.visibility}


def _tell_health(room: dict[str, Any], scope: Scope, command: Command) -> None:
    """Only from whoever may send the picture; from anybody else it is a lie."""
    broadcast = Broadcast.objects.select_related("host").get(public_id=room["public_id"])
    roles.require_run(scope.get("user"), broadcast)
    cockpit_health.tell_health(broadcast=broadcast, said=command)


def _with_stale_roles(memberships: Sequence[Membership]) -> list[Membership]:
    """Those who came in with a role that they no longer have, and those who were banned
    since (lifted: with the next connection). Looks at people with roles, and at who is banned."""
    banned = banned_people()
    changed = [
        one
        for one in memberships
        if not (one.roles or one.state["is_banned"]) and _is_among(banned, one)
    ]
    return [*changed, *_with_lost_roles(memberships), *_uninvited(memberships)]


def _is_among(banned: set[tuple[int, int | None]], one: Membership) -> bool:
    user, host = one.user_id or 0, one.state["host"]
    return (user, host) in banned or (user, None) in banned


def _uninvited(memberships: Sequence[Membership]) -> list[Membership]:
    """Guests of a rehearsal who are none any more. Few people, and none in the rooms of shows."""
    guests = [
        one for one in memberships if not one.roles and is_rehearsal_id(one.state["public_id"])
    ]
    users = User.objects.in_bulk({one.user_id for one in guests}) if guests else {}
    shows = Broadcast.objects.select_related("host").in_bulk(
        {one.state["public_id"] for one in guests}, field_name="public_id"
    )
    return [
        one
        for one in guests
        if (show := shows.get(one.state["public_id"])) is None
        or not rehearsals.may_enter(users.get(one.user_id or 0), show)
    ]


def _with_lost_roles(memberships: Sequence[Membership]) -> list[Membership]:
    holders = [one for one in memberships if one.roles and one.user_id]
    if not holders:
        return []
    users = User.objects.in_bulk({one.user_id for one in holders})
    names = {one.state["public_id"] for one in holders}
    shows = {
        show.public_id: show
        for show in Broadcast.objects.select_related("host").filter(public_id__in=names)
    }
    return [
        one
        for one in holders
        if (show := shows.get(one.state["public_id"])) is None  # deleted meanwhile
        or roles.standing_of(users.get(one.user_id or 0), show).marks != one.roles
    ]


websocket_urlpatterns: list[Any] = [
    path("ws/rooms/<slug:public_id>", ShowConsumer.as_asgi()),  # type: ignore[arg-type]
]
