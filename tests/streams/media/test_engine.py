"""End to end: ffmpeg publishes by WHIP, viewers read LL-HLS and WHEP, hosts vanish and return."""

import asyncio
import itertools
import re

import av
import httpx
import pytest
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError

from streams.media.embedded.recorder import read_index
from tests.streams.media.coded import open_media
from tests.streams.media.harness import Role, make_clip, mint, publishing, wait_for


def playlist(role, path, name="stream", **query):
    answer = role.get(f"/{path}/{name}.m3u8", params={"token": mint(path)} | query)
    return answer.text if answer.status_code == 200 else ""


def fetch(role, path, address):
    answer = role.get(f"/{path}/{address}")
    assert answer.status_code == 200, (address, answer.text)
    return answer.content


def parts_of(text):
    return re.findall(r'#EXT-X-PART:DURATION=[\d.]+,URI="([^"]+)"', text)


def last_part(text):
    number, part = re.findall(r'URI="p(\d+)\.(\d+)\.m4s', text)[-1]  # the preload hint
    return int(number), int(part)


def decoded_sizes(data):
    return [(frame.width, frame.height) for frame in open_media(data).decode(video=0)]


def test_parts_of_a_published_clip_can_be_decoded(role, clip):
    with publishing(role, "parts", clip):
        text = wait_for(lambda: (t := playlist(role, "parts")).count("EXT-X-PART:") >= 4 and t)
        init = fetch(role, "parts", re.search(r'MAP:URI="([^"]+)"', text)[1])
        first = fetch(role, "parts", parts_of(text)[0])

        assert len(decoded_sizes(init + first)) == 15
        assert set(decoded_sizes(init + first)) == {(640, 360)}
        assert open_media(init + first).streams.audio[0].codec_context.sample_rate == 48_000


def test_a_blocking_reload_answers_with_the_part_it_waited_for(role, clip):
    with publishing(role, "reload", clip):
        text = wait_for(lambda: playlist(role, "reload"))
        for _ in range(3):
            number, part = last_part(text)
            text = playlist(role, "reload", _HLS_msn=number, _HLS_part=part)
            assert last_part(text) > (number, part)


def test_a_preload_hint_can_be_fetched_before_it_exists(role, clip):
    with publishing(role, "hint", clip):
        text = wait_for(lambda: (t := playlist(role, "hint")).count("EXTINF") and t)
        hinted = re.search(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)[1]
        answer = role.get(f"/hint/{hinted}")
        # it may have become the first part of the next segment instead
        assert answer.status_code in (200, 404)
        number, _ = last_part(playlist(role, "hint"))
        assert fetch(role, "hint", f"p{number}.0.m4s?token={mint('hint')}")


@pytest.mark.parametrize(
    ("query", "status"),
    [("_HLS_msn=x", 400), ("_HLS_msn=99999999999", 400), ("_HLS_msn=1&_HLS_part=y", 400)],
)
def test_a_senseless_reload_is_400(role, clip, query, status):
    with publishing(role, "senseless", clip):
        wait_for(lambda: playlist(role, "senseless"))
        url = f"/senseless/stream.m3u8?token={mint('senseless')}&{query}"
        assert role.get(url).status_code == status


def without_tokens(text):
    """A playlist without the stand-in for its token: a token minted a second later has another."""
    return re.sub(r"token=~\w+", "token=", text)


def test_a_killed_host_comes_back_and_the_playlist_goes_on(role, hooks, clip):
    path = "return"
    with publishing(role, path, clip):
        wait_for(lambda: playlist(role, path).count("EXTINF") >= 1)
    wait_for(lambda: not role.is_online(path))
    away = playlist(role, path)
    number, part = last_part(away)
    media_ms = role.path_info(path)["mediaTimeMs"]

    blocked = role.get(
        f"/{path}/stream.m3u8",
        params={"token": mint(path), "_HLS_msn": number, "_HLS_part": part},
    )
    assert blocked.status_code == 200
    assert without_tokens(blocked.text) == without_tokens(away)
    assert role.path_info(path)["mediaTimeMs"] == media_ms

    with publishing(role, path, clip):
        text = playlist(role, path, _HLS_msn=number, _HLS_part=part)
        text = text if last_part(text) > (number, part) else playlist(role, path, _HLS_msn=number)
        assert f'#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init{number}.mp4' in text
        assert wait_for(lambda: role.path_info(path)["mediaTimeMs"] > media_ms)
        wait_for(lambda: hooks.states_of(path) == [True, False, True])


def test_another_encoder_with_a_token_takes_over_and_one_without_does_not(role, hooks, clip):
    path = "takeover"
    with publishing(role, path, clip):
        wait_for(lambda: role.is_online(path))
        first = role.path_info(path)["source"]["id"]
        with publishing(role, path, clip, token=mint(path, "read")) as refused:
            assert refused.wait(30) != 0
            assert b"401" in refused.stderr.read()
        assert role.path_info(path)["source"]["id"] == first
        with publishing(role, path, clip):
            wait_for(lambda: role.path_info(path)["source"]["id"] != first)
            sessions = role.get("/v3/webrtcsessions/list").json()["items"]
            assert sum(s["path"] == path for s in sessions) == 1
            assert hooks.states_of(path) == [True]


def test_a_kicked_host_is_off_the_air(role, hooks, clip):
    path = "kicked"
    with publishing(role, path, clip):
        source = wait_for(lambda: (role.path_info(path) or {}).get("source"))
        wait_for(lambda: hooks.states_of(path)[:1] == [True])  # or there is nothing to leave
        url = f"{role.base}/v3/webrtcsessions/kick/{source['id']}"
        assert httpx.post(url, timeout=30).json() == {"status": "ok"}

        assert not role.is_online(path)
        assert role.path_info(path)["source"] is None
        wait_for(lambda: hooks.states_of(path)[-1:] == [False])


def test_a_clip_without_sound_gets_silence(role, tmp_path):
    clip = make_clip(tmp_path / "mute.mkv", seconds=3, sound=False)
    with publishing(role, "mute", clip):
        text = wait_for(lambda: (t := playlist(role, "mute")).count("EXTINF") and t)
        init = fetch(role, "mute", re.search(r'MAP:URI="([^"]+)"', text)[1])
        media = open_media(init + fetch(role, "mute", re.search(r"\n(s\d+\.m4s\S+)", text)[1]))

        assert media.streams.audio[0].codec_context.name == "aac"
        assert sum(p.size > 0 for p in media.demux(audio=0)) > 40


def test_the_recording_holds_what_was_shown(role, clip):
    path = "kept"
    with publishing(role, path, clip):
        folder = role.recordings / path
        wait_for(lambda: len(list(read_index(folder))) >= 3)
    entries = list(read_index(folder))
    init = (folder / entries[0]["file"]).read_bytes()
    segments = [entry for entry in entries if entry["type"] == "segment"]

    data = init + b"".join((folder / entry["file"]).read_bytes() for entry in segments)
    seconds = sum(entry["duration_ms"] for entry in segments) / 1000
    assert len(decoded_sizes(data)) == round(seconds * 30)
    assert segments[1]["media_ms"] == segments[0]["duration_ms"]


def test_a_killed_engine_goes_on_with_new_numbers_and_the_old_recording(hooks, clip, tmp_path):
    role = Role(hooks, RECORDINGS_DIR=str(tmp_path))
    path = "restart"

    def segments():
        return [e for e in read_index(tmp_path / path) if e["type"] == "segment"]

    try:
        with publishing(role, path, clip):
            wait_for(segments)
            role.stop(kill=True)
        before = segments()
        role.start()
        assert role.path_info(path) is None
        with publishing(role, path, clip):
            wait_for(lambda: role.is_online(path))
            assert last_part(wait_for(lambda: playlist(role, path)))[0] > before[-1]["n"]
            wait_for(lambda: len(segments()) > len(before))
        after = segments()[len(before) :]
        assert after[0]["discontinuity"]
        assert after[0]["media_ms"] == before[-1]["media_ms"] + before[-1]["duration_ms"]
    finally:
        role.stop()


# ---- WHEP


class WhepViewer:
    """aiortc as a browser: it decodes what the engine passed through."""

    async def __aenter__(self):
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        return self

    async def __aexit__(self, *error):
        await self.connection.close()

    async def watch(self, role, path):
        for kind in ("video", "audio"):
            self.connection.addTransceiver(kind, direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(
                f"{role.base}/{path}/whep?token={mint(path)}",
                content=self.connection.localDescription.sdp,
                headers={"Content-Type": "application/sdp"},
            )
        if answer.status_code == 201:
            description = RTCSessionDescription(answer.text, "answer")
            await self.connection.setRemoteDescription(description)
        return answer

    async def frames(self, kind, count):
        receiver = next(t.receiver for t in self.connection.getTransceivers() if t.kind == kind)
        found = []
        while len(found) < count:
            try:
                found.append(await asyncio.wait_for(receiver.track.recv(), 30))
            except MediaStreamError:
                break
        return found


def test_a_whep_viewer_gets_picture_and_sound(role, clip):
    async def watch():
        async with WhepViewer() as viewer:
            answer = await viewer.watch(role, "whep")
            assert answer.status_code == 201
            assert answer.headers["location"].startswith("/whep/whep/")
            pictures = await viewer.frames("video", 20)
            sounds = await viewer.frames("audio", 20)
            return pictures, sounds

    with publishing(role, "whep", clip):
        wait_for(lambda: role.is_online("whep"))
        pictures, sounds = asyncio.run(watch())
    assert {(p.width, p.height) for p in pictures} == {(640, 360)}
    times = [picture.pts for picture in pictures]
    assert times == sorted(times)
    assert any(max(bytes(sound.planes[0])) for sound in sounds)


def test_too_many_whep_viewers_are_503_and_a_place_freed_is_given_again(role, clip):
    async def crowd():
        async with WhepViewer() as one, WhepViewer() as two, WhepViewer() as three:
            answers = [await each.watch(role, "crowd") for each in (one, two, three)]
            assert [answer.status_code for answer in answers] == [201, 201, 503]
            assert answers[2].headers["retry-after"]
            async with httpx.AsyncClient() as client:
                await client.delete(role.base + answers[0].headers["location"])
            async with WhepViewer() as four:
                assert (await four.watch(role, "crowd")).status_code == 201

    with publishing(role, "crowd", clip):
        wait_for(lambda: role.is_online("crowd"))
        asyncio.run(crowd())


def test_a_whep_viewer_without_a_token_is_401(role, clip):
    with publishing(role, "closed", clip):
        wait_for(lambda: role.is_online("closed"))
        answer = httpx.post(f"{role.base}/closed/whep", content="v=0")
        assert answer.status_code == 401


def test_a_whep_viewer_stays_when_the_host_vanishes_and_returns(role, clip):
    async def watch():
        async with WhepViewer() as viewer:
            with publishing(role, "stay", clip):
                await asyncio.to_thread(wait_for, lambda: role.is_online("stay"))
                assert (await viewer.watch(role, "stay")).status_code == 201
                before = await viewer.frames("video", 10)
            await asyncio.to_thread(wait_for, lambda: not role.is_online("stay"))
            with publishing(role, "stay", clip):
                return before, await viewer.frames("video", 40)

    before, after = asyncio.run(watch())
    times = [frame.pts for frame in (*before, *after)]
    assert times == sorted(times)
    assert max(b - a for a, b in itertools.pairwise(times)) > 90_000  # the gap is kept


# ---- a browser without H.264


class Painting(VideoStreamTrack):
    """A moving picture from aiortc's own clock."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(320, 240, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([pts // 3000 % 200]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


def test_a_host_without_h264_is_transcoded(role):
    path = "vp8"

    async def publish():
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = connection.addTransceiver(Painting(), direction="sendonly")
        codecs = RTCRtpSender.getCapabilities("video").codecs
        transceiver.setCodecPreferences([codec for codec in codecs if codec.name == "VP8"])
        try:
            await connection.setLocalDescription(await connection.createOffer())
            async with httpx.AsyncClient(timeout=30) as client:
                answer = await client.post(
                    f"{role.base}/{path}/whip",
                    content=connection.localDescription.sdp,
                    headers={
                        "Content-Type": "application/sdp",
                        "Authorization": f"Bearer {mint(path, 'publish')}",
                    },
                )
            assert answer.status_code == 201, answer.text
            description = RTCSessionDescription(answer.text, "answer")
            await connection.setRemoteDescription(description)
            return await asyncio.to_thread(
                wait_for, lambda: (t := playlist(role, path)).count("EXT-X-PART:") >= 3 and t
            )
        finally:
            await connection.close()

    text = asyncio.run(publish())
    init = fetch(role, path, re.search(r'MAP:URI="([^"]+)"', text)[1])
    sizes = decoded_sizes(init + fetch(role, path, parts_of(text)[0]))
    assert set(sizes) == {(320, 240)}
    assert open_media(init).streams.video[0].codec_context.name == "h264"
    assert 'CODECS="avc1.' in playlist(role, path, "index")


def test_a_host_that_tries_again_and_again_keeps_three_attempts(role):
    offer = asyncio.run(_offer())
    url = f"{role.base}/tries/whip"
    headers = {
        "Content-Type": "application/sdp",
        "Authorization": f"Bearer {mint('tries', 'publish')}",
    }
    for _ in range(5):
        assert httpx.post(url, content=offer, headers=headers, timeout=30).status_code == 201

    sessions = role.get("/v3/webrtcsessions/list").json()["items"]
    assert sum(session["path"] == "tries" for session in sessions) == 3


async def _offer():
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video", direction="sendonly")
    await connection.setLocalDescription(await connection.createOffer())
    await connection.close()
    return connection.localDescription.sdp
