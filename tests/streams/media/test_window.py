import asyncio
import re

import pytest

from streams.media.embedded.muxer import Muxer
from streams.media.embedded.window import Window
from tests.streams.media.coded import Feed, pictures

pytestmark = pytest.mark.asyncio


def fed(*batches, length=7):
    window = Window(part_seconds=0.5, segment_seconds=2.0, length=length, first_number=100)
    muxer = Muxer(window, ask_for_key=lambda: None, wall_origin_ms=1_700_000_000_000)
    feed = Feed(muxer)
    for batch in batches:
        feed.send(batch)
    return window, muxer, feed


def value(playlist, tag):
    return re.search(rf"#{tag}:(.*)", playlist)[1]


async def test_a_low_latency_playlist_says_what_players_need():
    window, _, _ = fed(pictures(count=150))

    playlist = window.playlist()
    assert playlist.startswith("#EXTM3U\n#EXT-X-VERSION:9\n")
    assert value(playlist, "EXT-X-PART-INF") == "PART-TARGET=0.50000"
    assert "CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.500" in playlist
    assert value(playlist, "EXT-X-MEDIA-SEQUENCE") == "100"
    assert value(playlist, "EXT-X-MAP") == 'URI="init100.mp4"'
    assert value(playlist, "EXT-X-PROGRAM-DATE-TIME") == "2023-11-14T22:13:21.000Z"
    assert "#EXTINF:2.00000,\ns100.m4s\n" in playlist
    assert '#EXT-X-PART:DURATION=0.50000,URI="p100.0.m4s",INDEPENDENT=YES' in playlist
    assert "#EXT-X-ENDLIST" not in playlist


async def test_the_preload_hint_names_the_part_that_comes_next():
    window, _, _ = fed(pictures(count=100))

    last = window.playlist().strip().splitlines()[-1]
    listed = re.findall(r'URI="p(\d+)\.(\d+)\.m4s"', window.playlist())[:-1]
    number, part = listed[-1]
    assert last == f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p{number}.{int(part) + 1}.m4s"'


async def test_target_duration_covers_every_listed_segment():
    window, muxer, _ = fed(pictures(count=130, every=130), pictures(count=60))
    muxer.finish()

    longest = max(float(d) for d in re.findall(r"#EXTINF:([\d.]+)", window.playlist()))
    assert longest > 4
    assert int(value(window.playlist(), "EXT-X-TARGETDURATION")) >= round(longest)


async def test_old_segments_leave_and_their_discontinuities_are_counted():
    window, muxer, _ = fed(pictures(count=60), pictures(180, 320, 60), pictures(count=60), length=2)
    muxer.finish()

    playlist = window.playlist()
    assert value(playlist, "EXT-X-MEDIA-SEQUENCE") == "101"
    assert "#EXT-X-DISCONTINUITY-SEQUENCE" not in playlist  # the first one was none
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 2
    assert playlist.count("#EXT-X-MAP") == 2

    window, muxer, _ = fed(
        *(pictures(*size, 60) for size in ((320, 180), (180, 320)) * 2), length=2
    )
    muxer.finish()
    assert value(window.playlist(), "EXT-X-DISCONTINUITY-SEQUENCE") == "1"


async def test_the_plain_playlist_has_whole_segments_only():
    window, _, _ = fed(pictures(count=150))

    playlist = window.playlist(kind="plain")
    assert "PART" not in playlist
    assert playlist.count("#EXTINF") == 2


async def test_every_address_carries_the_token():
    window, _, _ = fed(pictures(count=90))

    for text in (window.playlist("?token=abc"), window.master("?token=abc")):
        addresses = re.findall(r'URI="([^"]+)"', text)
        addresses += [line for line in text.splitlines() if line and line[0] != "#"]
        assert addresses
        assert all(address.endswith("?token=abc") for address in addresses)


async def test_master_names_codecs_and_size_once_there_is_media():
    window, _muxer, feed = fed()
    assert window.master() is None
    feed.send(pictures(count=60))

    assert 'CODECS="avc1.42C00D,mp4a.40.2",RESOLUTION=320x180' in window.master()


async def test_wait_ends_when_the_part_is_there():
    window, _, feed = fed(pictures(count=60))
    waiting = asyncio.ensure_future(window.wait(101, 0, 5))
    await asyncio.sleep(0)
    assert not waiting.done()
    feed.send(pictures(count=60))

    assert await waiting is True
    assert window.has(101, 0)


async def test_wait_for_an_absent_host_ends_with_the_old_playlist():
    window, _, _ = fed(pictures(count=60))
    before = window.playlist()

    assert await window.wait(102, 0, 0.1) is False
    assert window.playlist() == before


async def test_a_client_that_went_away_is_forgotten():
    window, _, feed = fed(pictures(count=60))
    waiting = asyncio.ensure_future(window.wait(101, 0, 5))
    await asyncio.sleep(0)
    waiting.cancel()
    feed.send(pictures(count=60))

    assert await window.wait(101, 0, 1) is True


async def test_a_request_far_ahead_is_a_mistake():
    window, _, _ = fed(pictures(count=60))

    assert not window.is_too_far(window.next_number + 1)
    assert window.is_too_far(window.next_number + 2)


async def test_maps_stay_as_long_as_a_segment_needs_them():
    window, muxer, _ = fed(pictures(count=60), pictures(180, 320, 60), length=1)
    assert window.init_map(100) is not None
    muxer.finish()

    assert window.init_map(100) is None
    assert window.init_map(101).height == 320
