"""What both engines do alike: addresses, headers, the questions they ask, the words of the API.

`door` is one of them, running: `base` takes WHIP and WHEP, `hls` the viewers, `get` asks the
control API. The embedded engine keeps it in test_contract.py, MediaMTX in real_mediamtx.py.
"""

import asyncio
import re
from datetime import datetime, timedelta

import httpx
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

from tests.streams.media.harness import mint, publishing, wait_for

PATH_FIELDS = {
    *("name", "confName", "source", "ready", "readyTime", "online", "onlineTime", "tracks"),
    *("available", "availableTime", "bytesReceived", "bytesSent", "readers"),
}
SESSION_FIELDS = {
    *("id", "created", "peerConnectionEstablished", "state", "path", "bytesReceived"),
    *("localCandidate", "remoteCandidate", "query", "user", "bytesSent"),
}


async def _offer():
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video", direction="sendonly")
    connection.addTransceiver("audio", direction="sendonly")
    await connection.setLocalDescription(await connection.createOffer())
    sdp = connection.localDescription.sdp
    await connection.close()
    return sdp


def make_offer() -> str:
    return asyncio.run(_offer())


def post(door, path, body, *, token=None, kind="whip", content_type="application/sdp"):
    headers = {"Content-Type": content_type}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.post(f"{door.base}/{path}/{kind}", content=body, headers=headers, timeout=30)


class EngineContract:
    """`TestX(EngineContract)` in a module with a fixture `door`."""

    @pytest.fixture(scope="class")
    @classmethod
    def offer(cls):
        return make_offer()

    @pytest.fixture(scope="class")
    @classmethod
    def on_air(cls, door, clip):
        with publishing(door, "shared", clip):
            wait_for(lambda: door.is_online("shared"))
            yield "shared"

    # ---- WHIP and WHEP

    def test_whip_answers_201_with_the_headers_of_the_standard(self, door, offer):
        answer = post(door, "headers", offer, token=mint("headers", "publish"))

        assert answer.status_code == 201, answer.text
        assert answer.headers["content-type"] == "application/sdp"
        assert answer.headers["etag"]
        assert answer.headers["accept-patch"] == "application/trickle-ice-sdpfrag"
        assert re.fullmatch(r"/headers/whip/[\w-]{20,}", answer.headers["location"])
        assert "Location" in answer.headers["access-control-expose-headers"]
        assert answer.text.startswith("v=0")
        assert "H264/90000" in answer.text

    def test_a_session_takes_trickled_candidates_and_ends_by_delete(self, door, offer):
        opened = post(door, "trickle", offer, token=mint("trickle", "publish"))
        session = door.base + opened.headers["location"]
        ufrag = re.search(r"a=ice-ufrag:(\S+)", offer)[1]
        pwd = re.search(r"a=ice-pwd:(\S+)", offer)[1]
        fragment = (
            f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\n"
            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"
            f"a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host ufrag {ufrag}\r\n"
        )
        headers = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}

        assert httpx.patch(session, content=fragment, headers=headers).status_code == 204
        assert httpx.patch(session, content=fragment).status_code == 400
        assert httpx.patch(session + "x", content=fragment, headers=headers).status_code >= 400
        assert httpx.delete(session).status_code == 200
        assert httpx.delete(session).status_code == 404

    def test_a_browser_may_ask_from_the_shops_pages_and_who_may_publish_for_ice_servers(self, door):
        asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}

        preflight = httpx.options(f"{door.base}/x/whip", headers=asked)
        assert preflight.status_code in (200, 204)
        assert preflight.headers["access-control-allow-origin"] == "*"
        assert {"PATCH", "OPTIONS"} <= set(
            preflight.headers["access-control-allow-methods"].split(", ")
        )
        bearer = {"Authorization": f"Bearer {mint('asking', 'publish')}"}
        assert httpx.options(f"{door.base}/asking/whip", headers=bearer).status_code == 204

    def test_whep_of_a_path_without_a_host_is_404(self, door, offer):
        answer = post(door, "nobody", offer, kind="whep", token=mint("nobody"))

        assert answer.status_code == 404
        assert answer.json()["error"] == "no stream is available on path 'nobody'"

    # ---- who may

    @pytest.mark.parametrize("token", [None, "forged", "read", "other"])
    def test_a_publisher_without_a_token_for_the_path_is_401(self, door, offer, token):
        given = {"read": mint("secure", "read"), "other": mint("other", "publish")}.get(
            token, token
        )
        answer = post(door, "secure", offer, token=given)

        assert answer.status_code == 401
        assert answer.json()["status"] == "error"
        assert door.path_info("secure") is None

    def test_a_publisher_without_any_is_told_what_to_bring(self, door, offer):
        assert "www-authenticate" in post(door, "secure", offer).headers

    def test_the_hook_is_asked_as_mediamtx_asks_it(self, door, offer):
        token = mint("asked", "publish")
        post(door, "asked", offer, token=token)

        (question,) = [q for q in door.hooks.questions if q["path"] == "asked"]
        assert isinstance(question["id"], str | None)
        assert question | {"userAgent": "", "id": None} == {
            "ip": "127.0.0.1",
            "user": "",
            "password": "",
            "token": token,
            "action": "publish",
            "path": "asked",
            "protocol": "webrtc",
            "id": None,
            "query": "",
            "userAgent": "",
        }

    def test_a_bearer_with_one_colon_is_user_and_password(self, door, offer):
        post(door, "colon", offer, token="me:pass")

        (question,) = [q for q in door.hooks.questions if q["path"] == "colon"]
        assert (question["user"], question["password"]) == ("me", "pass")

    def test_a_token_of_hls_arrives_in_the_query(self, door, on_air):
        token = mint(on_air)
        answer = httpx.get(f"{door.hls}/{on_air}/index.m3u8?token={token}", follow_redirects=True)
        assert answer.status_code == 200
        question = [q for q in door.hooks.questions if q["path"] == on_air][-1]
        assert (question["action"], question["protocol"]) == ("read", "hls")
        assert token in question["query"] or token == question["token"]

    @pytest.mark.parametrize("file", ["index.m3u8", "init1.mp4"])
    def test_hls_without_a_token_is_401_and_scripts_may_see_it(self, door, on_air, file):
        url, origin = f"{door.hls}/{on_air}/{file}", {"Origin": "https://shop.example"}
        answer = httpx.get(url, headers=origin, follow_redirects=True)

        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == "*"

    # ---- the control API

    def test_paths_are_listed_with_mediamtxs_fields(self, door, on_air):
        listed = door.get("/v3/paths/list?itemsPerPage=100&page=0").json()

        assert listed["pageCount"] == 1
        assert listed["itemCount"] == len(listed["items"])
        (path,) = [item for item in listed["items"] if item["name"] == on_air]
        assert set(path) >= PATH_FIELDS
        assert path["ready"] is path["online"] is True
        assert set(path["tracks"]) == {"H264", "Opus"}
        assert path["source"]["type"] == "webRTCSession"
        assert path["bytesReceived"] > 0
        assert datetime.fromisoformat(path["readyTime"][:19] + "+00:00")

    def test_an_unknown_path_is_404_with_an_error(self, door):
        answer = door.get("/v3/paths/get/unknown")

        assert answer.status_code == 404
        assert answer.json() == {"status": "error", "error": "path not found"}

    def test_sessions_are_listed_with_mediamtxs_fields(self, door, on_air):
        listed = door.get("/v3/webrtcsessions/list").json()
        (session,) = [item for item in listed["items"] if item["path"] == on_air]

        assert set(session) >= SESSION_FIELDS
        assert (session["state"], session["peerConnectionEstablished"]) == ("publish", True)
        assert session["id"] == door.path_info(on_air)["source"]["id"]

    def test_kicking_nobody_is_404(self, door):
        nobody = "00000000-0000-4000-8000-000000000000"
        answer = httpx.post(f"{door.api}/v3/webrtcsessions/kick/{nobody}", timeout=30)

        assert answer.status_code == 404
        assert answer.json()["error"] == "session not found"

    # ---- what the shop asks (streams/media/protocol.py)

    def test_the_adapter_reads_status_and_recordings(self, door, on_air, tmp_path):
        engine = door.engine()
        status = wait_for(lambda: (s := engine.status(on_air)) and s.media_ms and s)

        assert status.is_online
        assert (set(status.tracks), status.width, status.height) == ({"H264", "Opus"}, 640, 360)
        assert engine.online_paths() >= {on_air}
        assert engine.status("unknown") is None
        assert engine.recordings("unknown") == []
        engine.collect_recording("unknown", tmp_path)
        assert not (tmp_path / "unknown").exists()
        began = wait_for(lambda: engine.recordings(on_air))[0]
        assert abs(began - status.online_since) < timedelta(seconds=5)
        assert engine.recording_errors() == {}

    def test_media_time_runs_while_the_host_is_on_air(self, door, on_air):
        engine = door.engine()
        before = engine.status(on_air).media_ms

        assert wait_for(lambda: engine.status(on_air).media_ms > before)

    def test_the_state_hook_tells_who_comes_and_goes(self, door, clip):
        with publishing(door, "hooked", clip):
            wait_for(lambda: door.hooks.states_of("hooked") == [True])
            # two shells of MediaMTX must not overtake each other within the clock's second
        wait_for(lambda: door.hooks.states_of("hooked") == [True, False])
        times = [one["at"] for one in door.hooks.states if one["path"] == "hooked"]
        assert all(isinstance(at, int) for at in times)
        assert abs(times[0] / 1000 - datetime.now().timestamp()) < 60  # noqa: DTZ005

    def test_a_second_publisher_takes_the_path_over(self, door, clip):
        with publishing(door, "taken", clip):
            wait_for(lambda: door.is_online("taken"))
            first = door.path_info("taken")["source"]["id"]
            with publishing(door, "taken", clip):
                wait_for(lambda: _source(door, "taken") not in (None, first))
                assert door.is_online("taken")

    def test_a_kick_ends_the_publisher(self, door, clip):
        engine = door.engine()
        assert engine.kick("kicked") == 0
        with publishing(door, "kicked", clip) as encoder:
            wait_for(lambda: door.is_online("kicked"))
            assert engine.kick("kicked") == 1
            wait_for(lambda: not door.is_online("kicked"))
            assert "kicked" not in engine.online_paths()
            encoder.kill()


def _source(door, path):
    info = door.path_info(path)
    return info["source"]["id"] if info and info["source"] else None
