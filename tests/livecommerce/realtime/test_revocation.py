"""Sockets end with the rights they were opened with."""

import asyncio

import pytest
from allauth.usersessions.models import UserSession
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client

from livecommerce import redis_client
from livecommerce.accounts.devices import end_others
from livecommerce.accounts.models import User
from livecommerce.realtime import revocation
from livecommerce.realtime.signing_in import SigningIn
from tests.livecommerce.realtime.stage import Doorman, serving

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


class SignedIn(Doorman):
    async def authorize(self, scope):
        return await self.membership(scope["query_string"].decode().split("=")[1])


@pytest.fixture(params=[SigningIn, AuthMiddlewareStack])
def app(request):
    return request.param(SignedIn.as_asgi())


@pytest.fixture
def quick_check(monkeypatch):
    monkeypatch.setattr(revocation, "CHECK_SECONDS", 0.1)


@database_sync_to_async
def sign_in():
    user = User.objects.create_user("wei@example.com", "mango-mango-9", display_name="Wei")
    client = Client()
    client.force_login(user)
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"}
    return user, client, cookie


async def test_account_is_the_person(room, app):
    user, _, cookie = await sign_in()
    async with serving(app) as stage, stage.visit(room, headers=cookie) as visitor:
        await visitor.greeted()
        [member] = stage.hub.rooms[room].members
        assert member.membership.person == f"u{user.pk}"
        assert member.membership.user_id == user.pk
        assert member.membership.session_key


async def test_sign_out_closes_the_socket_at_once(room, app):
    _, client, cookie = await sign_in()
    async with serving(app) as stage, stage.visit(room, headers=cookie) as visitor:
        await visitor.greeted()
        await database_sync_to_async(client.logout)()
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401
        async with stage.visit(room, headers=cookie) as again:
            await again.greeted()
            [member] = stage.hub.rooms[room].members
            assert member.membership.user_id is None


async def test_a_device_signed_out_from_another_closes_its_socket_at_once(room, app):
    user, client, cookie = await sign_in()
    async with serving(app) as stage, stage.visit(room, headers=cookie) as visitor:
        await visitor.greeted()
        key = client.session.session_key
        known = UserSession(user=user, session_key=key, ip="127.0.0.1", user_agent="Firefox")
        await database_sync_to_async(known.save)()
        await database_sync_to_async(end_others)(user=user, session_key="of another device")
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401


async def test_ended_session_is_found_by_the_regular_check(room, app, quick_check):
    _, client, cookie = await sign_in()
    async with serving(app) as stage, stage.visit(room, headers=cookie) as visitor:
        await visitor.greeted()
        await database_sync_to_async(client.session.delete)()
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401


@pytest.mark.parametrize("change", ["password", "closed"])
async def test_changed_account_is_found_by_the_regular_check(room, app, quick_check, change):
    user, _, cookie = await sign_in()
    async with serving(app) as stage, stage.visit(room, headers=cookie) as visitor:
        await visitor.greeted()
        if change == "password":
            user.set_password("another-mango-9")
        else:
            user.is_active = False
        await user.asave()
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401


async def test_standing_session_stays(room, app, quick_check):
    _, _, cookie = await sign_in()
    async with serving(app) as stage, stage.visit(room, headers=cookie) as visitor:
        await visitor.greeted()
        await asyncio.sleep(0.5)
        assert visitor.closed_with is None


async def test_changed_role_is_found_by_the_apps_own_check(room, quick_check):
    async with (
        serving() as stage,
        stage.visit(room, who="moderator") as moderator,
        stage.visit(room, who="viewer") as viewer,
    ):
        await moderator.greeted()
        await viewer.greeted()
        Doorman.stale = {"moderator"}
        await moderator.until(lambda me: me.closed_with)
        assert (moderator.closed_with, viewer.closed_with) == (4401, None)


async def test_an_app_whose_check_stumbles_keeps_no_stale_socket_open(room, quick_check):
    class Stumbling(SignedIn):
        @classmethod
        async def recheck(cls, memberships):
            raise KeyError("a show that was deleted")

    user, _, cookie = await sign_in()
    app = SigningIn(Stumbling.as_asgi())
    async with serving(app) as stage, stage.visit(room, headers=cookie) as visitor:
        await visitor.greeted()
        user.is_active = False
        await user.asave()
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401


async def test_a_garbled_revocation_deafens_nobody(room):
    async with serving() as stage, stage.visit(room, who="banned") as visitor:
        await visitor.greeted()
        client = redis_client.aio()
        await client.spublish(revocation._channel(), b"no json")
        await database_sync_to_async(revocation.revoke)(person="banned", room=room)
        await visitor.until(lambda me: me.closed_with)
        assert visitor.closed_with == 4401


async def test_revoked_person_is_closed_in_that_room_only(room):
    async with (
        serving() as stage,
        stage.visit(room, who="banned") as here,
        stage.visit(f"{room}x", who="banned") as elsewhere,
        stage.visit(room, who="other") as other,
    ):
        for visitor in (here, elsewhere, other):
            await visitor.greeted()
        await database_sync_to_async(revocation.revoke)(person="banned", room=room)
        await here.until(lambda me: me.closed_with)
        assert here.closed_with == 4401
        assert (elsewhere.closed_with, other.closed_with) == (None, None)


async def test_revoking_nobody_in_particular_is_a_mistake():
    with pytest.raises(ValueError, match="whose"):
        revocation.revoke()
