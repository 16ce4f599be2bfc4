"""Rooms spread over a real Redis Cluster: each on one node, heard there, moved and missed."""

import asyncio

import pytest
from channels.db import database_sync_to_async

from livecommerce import health
from livecommerce.realtime import presence, publish, retry, revocation, rooms, shards
from livecommerce.realtime.cluster import LOOK_SECONDS
from livecommerce.realtime.hub import hub
from tests.livecommerce.realtime.rooms_cluster import Cluster
from tests.livecommerce.realtime.stage import (
    Said,
    Stocked,
    another_process,
    eventually,
    serving,
)
from tests.stripe_server import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def _cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(_cluster, settings):
    settings.ROOMS_REDIS_URL = _cluster.url
    yield _cluster
    shards._cluster(_cluster.url).close()
    shards._cluster.cache_clear()


@pytest.fixture
def far_apart(cluster, room):
    """One room on each node."""
    found = {}
    for number in range(1000):
        name = f"{room}{number}"
        found.setdefault(cluster.node_of(rooms.keys(name).channel), name)
        if len(found) == 3:
            return [found[node] for node in cluster.nodes]
    raise AssertionError


def stock(version):
    return {"t": "test.stock", "left": 0, "version": version}


async def announce(room, version):
    await database_sync_to_async(publish.publish)(room, Stocked(left=0, version=version))


@pytest.mark.asyncio
async def test_rooms_on_three_nodes_are_heard_in_two_processes(cluster, far_apart):
    with another_process() as other:
        async with serving() as stage:
            visitors = [
                await place.enter(room, who=f"{number}-{room}")
                for number, place in enumerate((stage, other))
                for room in far_apart
            ]
            for visitor in visitors:
                await visitor.greeted()
            for number, room in enumerate(far_apart):
                await announce(room, number)
                await publish.apublish(room, Said(text=room))
            for visitor, (number, room) in zip(visitors, [*enumerate(far_apart)] * 2, strict=True):
                await visitor.saw(stock(number), {"t": "test.said", "text": room})
                assert len([e for e in visitor.events if e["t"] == "test.stock"]) == 1
                await visitor.until(lambda me: me.counters.get("viewers") == 2)
            figures = await asyncio.to_thread(presence.figures, far_apart[0])
            assert figures["viewers"] == 2
            for visitor in visitors:
                await visitor.leave()
    assert len({cluster.node_of(rooms.keys(room).meta).port for room in far_apart}) == 3


@pytest.mark.asyncio
async def test_a_revocation_reaches_sockets_through_the_cluster(cluster, room):
    async with serving() as stage, stage.visit(room, who="one") as one:
        await one.greeted()
        await eventually(lambda: revocation._channel() in stage.hub._listeners)
        await asyncio.sleep(0.2)  # its channel is confirmed
        await database_sync_to_async(revocation.revoke)(person="one", room=room)
        await one.until(lambda me: me.closed_with)
        assert one.closed_with == revocation.CLOSE_REVOKED


@pytest.mark.asyncio
async def test_a_room_that_moves_to_another_node_is_heard_there_and_misses_nothing(cluster, room):
    channel = rooms.keys(room).channel
    source = cluster.node_of(channel)
    target = next(node for node in cluster.nodes if node is not source)
    async with serving() as stage:
        async with stage.visit(room, who="one") as one:
            await one.greeted()
            await announce(room, 1)
            await one.saw(stock(1))
            await asyncio.to_thread(cluster.move, channel, to=target)
            await announce(room, 2)  # before the hub knows
            await one.saw(stock(2))
            await announce(room, 3)
            await one.saw(stock(3))
            assert one.events == [stock(version) for version in (1, 2, 3)]
            assert len(one.hellos) == 1
        assert cluster.node_of(channel) is target


@pytest.mark.asyncio
async def test_one_node_killed_its_rooms_wait_and_the_others_go_on(cluster, far_apart):
    lost, well, late = far_apart
    node = cluster.node_of(rooms.keys(lost).channel)
    async with (
        serving() as stage,
        stage.visit(lost, who="a") as there,
        stage.visit(well, who="b") as here,
    ):
        for visitor in (there, here):
            await visitor.greeted()
        await announce(lost, 1)
        await there.saw(stock(1))
        node.kill()
        await announce(lost, 2)
        assert retry.must_wait(lost)
        assert not retry.must_wait(well)
        await announce(well, 1)
        await here.saw(stock(1))
        assert await publish.atry_publish(well, Said(text="we go on"))
        await asyncio.sleep(2 * LOOK_SECONDS)  # the cluster is asked again, in its trouble
        async with stage.visit(late, who="c") as newcomer:
            assert (await newcomer.greeted())["ep"]
            await announce(late, 1)
            await newcomer.saw(stock(1))
            await newcomer.until(lambda me: me.counters.get("viewers") == 1)
        node.start()  # here: it would die with a thread
        await there.saw(stock(2))
        await announce(lost, 3)
        await there.saw(stock(3))
        assert there.events == [stock(version) for version in (1, 2, 3)]
        assert there.closed_with is here.closed_with is None
        await eventually(lambda: not retry.must_wait(lost))


def test_a_cluster_of_which_nothing_answers_is_said(cluster, settings):
    assert health.look_at_valkey().is_up

    settings.ROOMS_REDIS_URL = f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{free_port()}"

    assert "of the rooms" in health.look_at_valkey().problem


@pytest.mark.asyncio
async def test_a_closed_room_is_no_longer_listened_to(cluster, room):
    channel = rooms.keys(room).channel
    async with serving() as stage:
        async with stage.visit(room, who="one") as one:
            await one.greeted()
            node = cluster.node_of(channel)
            assert node.say("PUBSUB", "SHARDNUMSUB", channel)[1] == 1
        await eventually(lambda: node.say("PUBSUB", "SHARDNUMSUB", channel)[1] == 0)
        assert hub().rooms == {}
