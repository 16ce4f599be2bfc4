"""The sound alone: a playlist of its own over the same segments, at a fraction of the bytes."""

import gzip
import io
import itertools

import av
import httpx
import pytest

from streams.media.embedded import h264
from streams.media.embedded.muxer import Muxer
from streams.media.embedded.window import Window
from tests.streams.media.coded import pictures, sounds
from tests.streams.media.harness import mint, publishing, wait_for


@pytest.fixture(scope="module")
def on_air(role, clip):
    with publishing(role, "heard", clip):
        wait_for(lambda: role.is_online("heard"))
        yield "heard"


def muxed(seconds=6, units=None, with_sound=True):
    window = Window(part_seconds=0.5, segment_seconds=2.0)
    muxer = Muxer(window, ask_for_key=lambda: None, wall_origin_ms=0)
    sound = itertools.cycle(sounds())
    heard = 1.0
    picked = itertools.cycle(units or pictures(every=30))
    for index in range(seconds * 30):
        at = 1.0 + index / 30
        while with_sound and heard <= at + 0.1:
            muxer.push_sound(next(sound), round(heard * 48000))
            heard += 0.02
        muxer.push_picture(h264.parse_picture(next(picked)), round(at * 90000))
    muxer.finish()
    return window


def listed(window, kind):
    return [line for line in window.playlist("?token=t", kind).splitlines() if line[:1] != "#"]


def decoded(data):
    with av.open(io.BytesIO(data), format="mp4") as media:
        kinds = [stream.type for stream in media.streams]
        seconds = sum(frame.samples for frame in media.decode(audio=0)) / 48000
    return kinds, seconds


def test_sound_has_the_same_segments_under_names_of_its_own():
    window = muxed()

    both, alone = listed(window, "stream"), listed(window, "sound")
    assert alone == ["a" + name for name in both]
    text = window.playlist("?token=t", "sound")
    parts = [line for line in text.splitlines() if line.startswith("#EXT-X-PART:")]
    assert parts
    assert all(line.endswith(",INDEPENDENT=YES") for line in parts)
    assert 'URI="ap' in parts[0]
    assert '#EXT-X-MAP:URI="ainit' in text
    assert '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="ap' in text
    assert "CAN-BLOCK-RELOAD=YES" in text


def test_sound_plays_by_itself_without_a_hole():
    window = muxed()
    first = window._complete[0]
    data = first.init.sound + b"".join(segment.sound for segment in window._complete)

    kinds, seconds = decoded(data)

    assert kinds == ["audio"]
    assert seconds == pytest.approx(6.0, abs=0.15)


def test_a_host_without_a_microphone_is_silence_not_a_hole():
    window = muxed(with_sound=False)
    data = window._complete[0].init.sound + b"".join(s.sound for s in window._complete)

    assert decoded(data)[1] == pytest.approx(6.0, abs=0.15)


def test_a_part_without_a_frame_of_sound_keeps_its_place():
    """A changed picture may cut a part after one thirtieth of a second."""
    units = [*pictures(every=30)[:31], *pictures(width=160, height=90, every=30)[:30]]
    window = muxed(seconds=2, units=units)

    for segment in window._complete:
        assert all(part.sound[4:8] == b"moof" for part in segment.parts)
        if segment.seconds > 0.2:
            assert decoded(segment.init.sound + segment.sound)[1] > 0


def test_lists_are_packed_once_for_everybody_and_anew_with_each_part():
    window = muxed()
    packed = window.packed("?token=t", "sound")

    assert window.packed("?token=t", "sound") is packed
    assert gzip.decompress(packed).decode() == window.playlist("?token=t", "sound")
    assert len(packed) * 3 < len(window.playlist("?token=t", "sound"))
    window._changed()
    assert window.packed("?token=t", "sound") is not packed


def test_sound_costs_a_fraction_over_http(role, on_air):
    token = mint(on_air)
    head = {"Accept-Encoding": "gzip"}
    listing = wait_for(lambda: _list_with_segments(role, on_air, token, head))

    assert listing.headers["content-encoding"] == "gzip"
    assert listing.headers["timing-allow-origin"] == "*"
    name = next(line for line in listing.text.splitlines() if line.startswith("as"))
    sound = httpx.get(f"{role.base}/{on_air}/{name}")
    whole = httpx.get(f"{role.base}/{on_air}/{name[1:]}")
    assert sound.status_code == whole.status_code == 200
    assert len(sound.content) * 2 < len(whole.content)
    start = listing.text.split('#EXT-X-MAP:URI="')[1].split('"')[0]
    init = httpx.get(f"{role.base}/{on_air}/{start}")
    assert decoded(init.content + sound.content)[0] == ["audio"]


def test_lists_come_plain_to_whoever_asks_so(role, on_air):
    answer = role.get(
        f"/{on_air}/sound.m3u8?token={mint(on_air)}", headers={"Accept-Encoding": "identity"}
    )

    assert "content-encoding" not in answer.headers
    assert answer.text.startswith("#EXTM3U")


@pytest.mark.parametrize("file", ["sound.m3u8", "ainit1.mp4", "as1.m4s", "ap1.0.m4s"])
def test_sound_asks_for_a_token_as_the_picture_does(role, on_air, file):
    assert role.get(f"/{on_air}/{file}").status_code == 401


def _list_with_segments(role, path, token, headers):
    answer = role.get(f"/{path}/sound.m3u8?token={token}", headers=headers)
    return answer if answer.status_code == 200 and "\nas" in answer.text else None
