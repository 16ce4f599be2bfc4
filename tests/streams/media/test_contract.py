"""The embedded engine keeps the contract of both, and does some things its own way."""

import asyncio
import json
import re
from datetime import datetime

import httpx
import pytest

from streams.media.embedded.config import IceServer, MediaConfig
from streams.media.role import create_app
from tests.streams.media.contract import PATH_FIELDS, EngineContract, make_offer, post
from tests.streams.media.harness import SECRET, mint, publishing, wait_for


@pytest.fixture(scope="module")
def offer():
    return make_offer()


@pytest.fixture(scope="module")
def on_air(role, clip):
    with publishing(role, "contract", clip):
        wait_for(lambda: role.is_online("contract"))
        yield "contract"


@pytest.fixture(scope="module")
def door(role):
    return role


class TestEmbedded(EngineContract):
    pass


# ---- WHIP and WHEP


def test_a_session_takes_trickled_candidates_and_ends_by_delete(role, offer):
    opened = post(role, "trickle", offer, token=mint("trickle", "publish"))
    assert "VP8/90000" not in opened.text
    session = role.base + opened.headers["location"]
    fragment = "a=mid:0\r\na=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n"
    headers = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}

    assert httpx.patch(session, content=fragment, headers=headers).status_code == 204
    assert httpx.patch(session, content=fragment).status_code == 400
    assert httpx.patch(session, content="a=candidate:x", headers=headers).status_code == 400
    assert httpx.patch(session + "x", content=fragment, headers=headers).status_code == 404
    assert httpx.delete(session).status_code == 200
    assert httpx.delete(session).status_code == 404


def test_a_session_belongs_to_its_path(role, offer):
    opened = post(role, "mine", offer, token=mint("mine", "publish"))
    elsewhere = opened.headers["location"].replace("/mine/", "/other/")

    assert httpx.delete(role.base + elsewhere).status_code == 404


LINK = (
    '<stun:stun.example:3478>; rel="ice-server", <turns:turn.example>; rel="ice-server"; '
    'username="u"; credential="c"; credential-type="password"'
)


def test_ice_servers_are_told_in_the_link_header():
    servers = (IceServer("stun:stun.example:3478"), IceServer("turns:turn.example", "u", "c"))
    app = create_app(MediaConfig(ice_servers=servers))

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.options("/room/whip", headers={"Origin": "https://shop.example"})

    answer = asyncio.run(ask())
    assert answer.headers["link"] == LINK
    assert "Link" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "not an SDP offer"),
        ("garbage", "not an SDP offer"),
        ("v=0\r\n", "neither audio nor video"),
        ("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n", "neither H264 nor VP8"),
        (
            "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 H264/90000\r\n",
            "cannot be used",
        ),
        ("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", "no video"),
        (b"v=0\r\n\xff\xfe", "utf-8"),
    ],
)
def test_a_malformed_offer_is_400_with_words(role, body, words):
    answer = post(role, "garbage", body, token=mint("garbage", "publish"))

    assert answer.status_code == 400
    assert answer.json()["status"] == "error"
    assert words in answer.json()["error"]
    assert role.get("/livez").status_code == 200


def test_a_huge_offer_is_413_and_another_type_400(role, offer):
    token = mint("huge", "publish")

    assert post(role, "huge", "v=0\r\n" + "a" * 70_000, token=token).status_code == 413
    assert post(role, "huge", offer, token=token, content_type="text/plain").status_code == 400


@pytest.mark.parametrize("path", ["a/b", "a%20b", "%2e%2e", "x" * 65])
def test_a_path_that_cannot_be_is_404(role, offer, path):
    assert post(role, path, offer, token=mint(path, "publish")).status_code == 404


# ---- who may


@pytest.mark.parametrize("file", ["index.m3u8", "stream.m3u8", "init1.mp4", "s1.m4s", "p1.0.m4s"])
def test_hls_without_a_token_is_401_and_scripts_may_see_it(role, on_air, file):
    answer = role.get(f"/{on_air}/{file}", headers={"Origin": "https://shop.example"})

    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "*"


def test_hls_takes_the_token_in_the_query_or_as_a_bearer(role, on_air):
    token = mint(on_air)

    assert role.get(f"/{on_air}/index.m3u8?token={token}").status_code == 200
    bearer = {"Authorization": f"Bearer {token}"}
    plain = role.get(f"/{on_air}/index.m3u8", headers=bearer)
    assert plain.status_code == 200
    assert "token=" not in plain.text


# ---- the control API


def test_paths_are_listed_with_mediamtxs_fields(role, on_air):
    listed = role.get("/v3/paths/list").json()

    assert listed["pageCount"] == 1
    assert listed["itemCount"] == len(listed["items"])
    (path,) = [item for item in listed["items"] if item["name"] == on_air]
    assert set(path) >= PATH_FIELDS
    assert path == role.get(f"/v3/paths/get/{on_air}").json() | {
        key: path[key] for key in ("bytesReceived", "mediaTimeMs", "bitsPerSecond")
    }
    assert path["ready"] is path["online"] is True
    assert path["tracks"] == ["H264", "Opus"]
    assert path["source"]["type"] == "webRTCSession"
    assert path["bytesReceived"] > 0
    assert datetime.fromisoformat(path["readyTime"]).tzinfo is not None


def test_recordings_of_nobody_are_404(role):
    assert role.get("/v3/recordings/get/unknown").status_code == 404


def test_recordings_have_a_start_each(role, on_air):
    answer = wait_for(lambda: _recording(role, on_air))

    assert answer["name"] == on_air
    assert datetime.fromisoformat(answer["segments"][0]["start"]).tzinfo is not None


def _recording(role, path):
    answer = role.get(f"/v3/recordings/get/{path}")
    return answer.json() if answer.status_code == 200 else None


@pytest.mark.parametrize(
    "url", ["/v3/paths/list", "/v3/paths/get/x", "/v3/webrtcsessions/list", "/metrics"]
)
def test_the_api_is_closed_to_whoever_comes_through_a_proxy(role, url):
    forwarded = {"X-Forwarded-For": "203.0.113.9"}

    assert role.get(url, headers=forwarded).status_code == 401
    wrong = forwarded | {"Authorization": "Bearer guess"}
    assert role.get(url, headers=wrong).status_code == 401
    right = forwarded | {"Authorization": f"Bearer {SECRET}"}
    assert role.get(url, headers=right).status_code in (200, 404)


def test_metrics_are_prometheus_text(role, on_air):
    text = role.get("/metrics").text

    assert f'paths{{name="{on_air}",state="ready"}} 1' in text
    assert re.search(r'webrtc_sessions\{state="publish"\} \d', text)


def test_errors_are_json_that_says_what_happened(role, offer):
    answer = post(role, "secure", offer)

    assert json.loads(answer.text) == {"status": "error", "error": "authentication failed"}
