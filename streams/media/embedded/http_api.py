"""MediaMTX's control API, as far as the shop needs it, and what operators look at."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from streams.media.embedded.engine import Engine, Session
from streams.media.embedded.gate import Gate
from streams.media.embedded.http_webrtc import error
from streams.media.embedded.publisher import Publisher
from streams.media.embedded.room import Room
from streams.media.embedded.rtmp import RtmpDoor, RtmpSession

Handler = Callable[[Request], Awaitable[Response]]


def routes(engine: Engine, gatekeeper: Gate, door: RtmpDoor) -> list[Route]:
    """Only for this machine itself or for whoever knows the hook secret."""

    def guarded(answer: Handler) -> Handler:
        async def guard(request: Request) -> Response:
            if not is_trusted(request, engine.config.hook_secret):
                return error(401, "authentication failed")
            return await answer(request)

        return guard

    async def list_paths(request: Request) -> Response:
        return JSONResponse(_page([describe_path(engine, r) for r in engine.rooms.values()]))

    async def get_path(request: Request) -> Response:
        room = engine.rooms.get(request.path_params["name"])
        if room is None:
            return error(404, "path not found")
        return JSONResponse(describe_path(engine, room))

    async def list_sessions(request: Request) -> Response:
        return JSONResponse(_page([describe_session(s) for s in engine.sessions.values()]))

    async def kick(request: Request) -> Response:
        path = await engine.kick(request.path_params["id"])
        if path is None:
            return error(404, "session not found")
        gatekeeper.forget(path)
        return JSONResponse({"status": "ok"})

    async def list_encoders(request: Request) -> Response:
        return JSONResponse(_page([describe_encoder(s) for s in door.sessions.values()]))

    async def kick_encoder(request: Request) -> Response:
        path = await door.kick(request.path_params["id"])
        if path is None:
            return error(404, "connection not found")
        gatekeeper.forget(path)
        return JSONResponse({"status": "ok"})

    async def get_recordings(request: Request) -> Response:
        name = request.path_params["name"]
        starts = await engine.recorder.starts(name)
        if starts is None:
            return error(404, "recording not found")
        segments = [{"start": _iso(start / 1000)} for start in starts]
        return JSONResponse({"name": name, "segments": segments})

    async def livez(request: Request) -> Response:
        return JSONResponse({"status": "ok", "role": "media"})

    async def metrics(request: Request) -> Response:
        return PlainTextResponse(render_metrics(engine))

    return [
        Route("/livez", livez),
        Route("/metrics", guarded(metrics)),
        Route("/v3/paths/list", guarded(list_paths)),
        Route("/v3/paths/get/{name:media}", guarded(get_path)),
        Route("/v3/webrtcsessions/list", guarded(list_sessions)),
        Route("/v3/webrtcsessions/kick/{id}", guarded(kick), methods=["POST"]),
        Route("/v3/rtmpconns/list", guarded(list_encoders)),
        Route("/v3/rtmpconns/kick/{id}", guarded(kick_encoder), methods=["POST"]),
        Route("/v3/recordings/get/{name:media}", guarded(get_recordings)),
    ]


def is_trusted(request: Request, secret: str) -> bool:
    """A request that came through a proxy is not local, wherever the proxy runs."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if secret and hmac.compare_digest(given.encode(), secret.encode()):
        return True
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


def describe_path(engine: Engine, room: Room) -> dict[str, Any]:
    """MediaMTX's fields, then ours: media time and what the cockpit shows of the picture."""
    publisher = room.publisher
    init = room.window.init
    readers = [
        {"type": "webRTCSession", "id": session.id}
        for session in engine.sessions.values()
        if session.room is room and not isinstance(session, Publisher)
    ]
    since = _iso(room.online_since) if publisher and room.online_since else None
    track = engine.recorder.tracks.get(room.name)
    return {
        "name": room.name,
        "confName": "all_others",
        "source": {"type": "webRTCSession", "id": publisher.id} if publisher else None,
        "ready": room.is_online,
        "readyTime": since,
        "available": room.is_online,
        "availableTime": since,
        "online": room.is_online,
        "onlineTime": since,
        "tracks": publisher.tracks if publisher else [],
        "bytesReceived": sum(t.octets for t in publisher.taps.values()) if publisher else 0,
        "bytesSent": 0,
        "readers": readers,
        "mediaTimeMs": room.muxer.media_ms,
        "width": init.width if init else None,
        "height": init.height if init else None,
        "bitsPerSecond": room.window.bits_per_second,
        "recording": engine.recorder.is_enabled and not (track and track.error),
        "recordingError": (track.error or None) if track else None,
    }


def describe_session(session: Session) -> dict[str, Any]:
    taps = session.taps.values() if isinstance(session, Publisher) else ()
    return {
        "id": session.id,
        "created": _iso(session.created),
        "peerConnectionEstablished": session.connection.connectionState == "connected",
        "localCandidate": "",
        "remoteCandidate": "",
        "state": session.state,
        "path": session.room.name,
        "query": "",
        "user": "",
        "bytesReceived": sum(tap.octets for tap in taps),
        "bytesSent": 0,
        "rtpPacketsReceived": sum(tap.packets for tap in taps),
        "rtpPacketsLost": sum(tap.lost for tap in taps),
    }


def describe_encoder(session: RtmpSession) -> dict[str, Any]:
    return {
        "id": session.id,
        "created": _iso(session.created),
        "remoteAddr": session.remote,
        "state": session.state,
        "path": session.path,
        "query": "",
        "user": "",
        "bytesReceived": session.octets,
        "bytesSent": 0,
    }


def render_metrics(engine: Engine) -> str:
    """Prometheus text, MediaMTX's names where it has them."""
    viewers = sum(not isinstance(session, Publisher) for session in engine.sessions.values())
    lines = [
        f'paths{{name="{room.name}",state="{"ready" if room.is_online else "notReady"}"}} 1'
        for room in engine.rooms.values()
    ]
    lines.append(f'webrtc_sessions{{state="read"}} {viewers}')
    lines.append(f'webrtc_sessions{{state="publish"}} {len(engine.sessions) - viewers}')
    for name, track in engine.recorder.tracks.items():
        lines.append(f'recording_bytes{{name="{name}"}} {track.octets}')
        lines.append(f'recording_stopped{{name="{name}"}} {int(bool(track.error))}')
    return "\n".join(lines) + "\n"


def _page(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"itemCount": len(items), "pageCount": 1, "items": items}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
