"""The socket of a festival's wall: it listens, and has nothing to say."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.urls import path

from livecommerce.accounts.models import User
from livecommerce.realtime.consumer import Answer, Command, Limit, RoomConsumer, Scope
from livecommerce.realtime.membership import Membership
from orders.domain.festival_screen import room_of
from orders.domain.festival_screen_access import may_look, screen_for
from products.models import Festival

MOST_SCREENS = 200
"""Of one festival and process. A wall is looked at by many, but opened by few."""


class ScreenConsumer(RoomConsumer):
    limits: ClassVar[dict[str, Limit | None]] = {}
    connects_per_address: ClassVar[Limit] = Limit(rate=120, per=60, burst=120)
    sockets_per_person: ClassVar[int] = 8
    sockets_per_address: ClassVar[int] = 100

    async def authorize(self, scope: Scope) -> Membership | None:
        slug = scope["url_route"]["kwargs"]["slug"]
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        key = query.get("key", [""])[0]
        festival = await database_sync_to_async(screen_for)(
            slug=slug, key=key, user=scope.get("user")
        )
        if festival is None:
            return None
        return await self.membership(room_of(festival), festival=festival.pk, key=key)

    async def handle(self, membership: Membership, command: Command) -> Answer | None:
        return None

    async def _is_crowded(self) -> bool:
        """Also if this festival has as many screens as one process shows."""
        return self._screens() >= MOST_SCREENS or await super()._is_crowded()

    def _screens(self) -> int:
        """Open ones, whatever the festival: there is rarely more than one."""
        rooms = [room for key, room in self.hub.rooms.items() if key.startswith("f:")]
        return sum(len(room.members) for room in rooms)

    @classmethod
    async def recheck(cls, memberships: Sequence[Membership]) -> Iterable[Membership]:
        shut: list[Membership] = await database_sync_to_async(_shut_out)(memberships)
        return shut


def _shut_out(memberships: Sequence[Membership]) -> list[Membership]:
    """Those for whom the wall was closed or got another key. Two queries for any number."""
    ids = {one.state["festival"] for one in memberships}
    festivals = Festival.objects.select_related("screen").in_bulk(ids)
    users = User.objects.in_bulk({one.user_id for one in memberships if one.user_id})
    return [
        one
        for one in memberships
        if one.state["festival"] not in festivals
        or not may_look(
            festivals[one.state["festival"]],
            key=one.state["key"],
            user=users.get(one.user_id or 0),
        )
    ]


websocket_urlpatterns: list[Any] = [
    path("ws/screens/<slug:slug>", ScreenConsumer.as_asgi()),  # type: ignore[arg-type]
]
