"""Rooms as browsers see them: real uvicorn, real Valkey, real sockets."""

import asyncio
import uuid

import pytest

from livecommerce.realtime.publish import apublish
from tests.livecommerce.realtime.stage import Said, Stocked, serving

pytestmark = pytest.mark.asyncio


@pytest.fixture
def room():
    return uuid.uuid4().hex[:8]


async def test_commerce_event_reaches_every_socket_of_the_room_and_no_other(room):
    async with serving() as stage:
        async with (
            stage.visit(room) as one,
            stage.visit(room) as two,
            stage.visit("x" + room) as out,
        ):
            for visitor in (one, two, out):
                await visitor.greeted()
            await apublish(room, Stocked(left=3, version=1))
            await one.saw({"t": "test.stock", "left": 3, "version": 1})
            await two.saw({"t": "test.stock", "left": 3, "version": 1})
            assert out.events == []
