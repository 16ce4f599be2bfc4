"""Whoever holds a token may send anything at all; the room has to survive it."""

import asyncio
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.media.embedded import h264, sdp
from streams.media.embedded.muxer import Muxer
from streams.media.embedded.window import Window
from tests.streams.media.coded import Feed, pictures, sounds

START = b"\x00\x00\x00\x01"
UNITS = st.lists(st.binary(max_size=60), max_size=6).map(lambda nals: START + START.join(nals))


@given(UNITS)
def test_any_bytes_are_a_picture_or_none(data):
    picture = h264.parse_picture(data)

    assert all(picture.nals)
    if picture.config:
        assert all(0 < side <= 8192 for side in h264.picture_size(picture.config.sps))


def test_a_parameter_set_without_a_size_is_left_out():
    key = pictures()[0]
    sps = h264.parse_picture(key).config.sps
    broken = START + sps[:6] + START + b"\x68\xce" + START + b"\x65\x88"

    picture = h264.parse_picture(broken)
    assert picture.is_key
    assert picture.config is None


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_stream_is_muxed_without_an_error(seed):
    chance = random.Random(seed)

    async def feed():
        window = Window(part_seconds=0.5, segment_seconds=1.0)
        muxer = Muxer(window, ask_for_key=lambda: None, wall_origin_ms=0)
        for index, unit in enumerate(pictures(count=60)):
            data = bytearray(unit)
            for _ in range(chance.choice((0, 0, 3))):
                data[chance.randrange(len(data))] = chance.randrange(256)
            muxer.push_picture(h264.parse_picture(bytes(data)), 90_000 + index * 3000)
            opus = bytearray(sounds()[index])
            opus[0] = chance.randrange(256)
            muxer.push_sound(bytes(opus[: chance.randrange(1, len(opus))]), 48_000 + index * 1600)
        muxer.finish()
        Feed(muxer, 60.0).send(pictures(count=45))
        return window

    window = asyncio.run(feed())
    assert window.init is not None
    assert window.playlist().startswith("#EXTM3U")


@given(st.text(max_size=300))
def test_any_text_is_an_offer_or_a_bad_offer(text):
    for offer in (text, "v=0\r\n" + text, "v=0\r\nm=video 9 X 1\r\n" + text):
        try:
            kinds = sdp.media_kinds(offer)
        except sdp.BadOffer:
            continue
        assert set(kinds) <= {"audio", "video"}
