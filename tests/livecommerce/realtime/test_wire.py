import json

import pytest

from livecommerce.realtime import frame
from livecommerce.realtime.wire import DirectWire, PortableWire
from tests.livecommerce.realtime.stage import serving


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 200_000])
def test_frame_holds_its_payload(size):
    payload = b"x" * size
    assert frame.payload_of(frame.text_frame(payload)) == payload


def test_envelope_is_json_around_events_that_are_json_already():
    framed = frame.envelope(7, "abcd", [b'{"t":"a"}', b'{"t":"b"}'], {"likes": 3})
    assert json.loads(frame.payload_of(framed)) == {
        "v": 1,
        "s": 7,
        "ep": "abcd",
        "e": [{"t": "a"}, {"t": "b"}],
        "a": {"likes": 3},
    }


def test_envelope_without_news_says_where_the_room_stands():
    assert frame.payload_of(frame.envelope(7, "abcd", [])) == b'{"v":1,"s":7,"ep":"abcd","e":[]}'


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("protocol", "wire", "is_direct"),
    [
        ("livecommerce.realtime.wire:RoomProtocol", DirectWire, True),
        ("websockets-sansio", PortableWire, False),
    ],
)
async def test_frames_of_every_size_arrive_in_order(room, protocol, wire, is_direct):
    """Guards what we assume of uvicorn: if it changes, the direct way must not fail silently."""
    async with serving(ws=protocol) as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        [member] = stage.hub.rooms[room].members
        assert type(member.wire) is wire
        assert (member.fd >= 0) is is_direct
        sizes = [1, 100, 126, 70_000, 2, 300_000, 3]
        for number, size in enumerate(sizes):
            member.send(frame.control(n=number, text="好" * size))
        await visitor.until(lambda me: [f for f in me.frames if f.get("n") == len(sizes) - 1])
        got = [(f["n"], len(f["text"])) for f in visitor.frames if "n" in f]
        assert got == list(enumerate(sizes))


@pytest.mark.asyncio
async def test_frames_cross_commands_of_uvicorn_without_mixing(room):
    """Its pongs and our frames share a transport, also while that has a backlog."""
    async with serving() as stage, stage.visit(room) as visitor:
        await visitor.greeted()
        [member] = stage.hub.rooms[room].members
        for number in range(50):
            member.send(frame.control(n=number, text="x" * 20_000))
            if number % 10 == 0:
                pong = await visitor.connection.ping()
                await pong
        await visitor.until(lambda me: len([f for f in me.frames if "n" in f]) == 50)
        assert [f["n"] for f in visitor.frames if "n" in f] == list(range(50))
